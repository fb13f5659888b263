import { create } from '@bufbuild/protobuf';
import {
  type SimpleRequest,
  SimpleRequestSchema,
  type StreamingOutputCallRequest,
  StreamingOutputCallRequestSchema,
} from './generated/grpc/testing/messages_pb.ts';

// As a status: the call stays open until it is cancelled.
export const FOR_EVER = -1;

export function ask(responseSize: number): SimpleRequest {
  return create(SimpleRequestSchema, { responseSize });
}

export function askStatus(code: number, message = ''): SimpleRequest {
  return create(SimpleRequestSchema, { responseStatus: { code, message } });
}

export function askStream(sizes: number[], code = 0): StreamingOutputCallRequest {
  return create(StreamingOutputCallRequestSchema, {
    responseParameters: sizes.map((size) => ({ size })),
    responseStatus: { code, message: '' },
  });
}
