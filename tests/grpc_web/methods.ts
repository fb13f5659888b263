// grpc.testing.TestService for npm's grpc-web.
import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { MethodDescriptor, MethodType } from 'grpc-web';
import {
  SimpleRequestSchema,
  SimpleResponseSchema,
  StreamingOutputCallRequestSchema,
  StreamingOutputCallResponseSchema,
} from './generated/grpc/testing/messages_pb.ts';

function method<I extends DescMessage, O extends DescMessage>(name: string, type: string, input: I, output: O) {
  return new MethodDescriptor<MessageShape<I>, MessageShape<O>>(
    `/grpc.testing.TestService/${name}`,
    type,
    Object as never,
    Object as never,
    (request: MessageShape<I>) => toBinary(input, request),
    (bytes: Uint8Array) => fromBinary(output, bytes),
  );
}

export const unary = method('UnaryCall', MethodType.UNARY, SimpleRequestSchema, SimpleResponseSchema);
export const streaming = method(
  'StreamingOutputCall',
  MethodType.SERVER_STREAMING,
  StreamingOutputCallRequestSchema,
  StreamingOutputCallResponseSchema,
);
