// Runs in the browser: what chromium.test.ts asks of a page.
import { createClient } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { GrpcWebClientBase } from 'grpc-web';
import { TestService } from './generated/grpc/testing/test_pb.ts';
import { streaming } from './methods.ts';
import { FOR_EVER, ask, askStream } from './requests.ts';

const client = (url: string) => createClient(TestService, createGrpcWebTransport({ baseUrl: url }));

const clients = {
  // The sizes of the messages that have come so far, of each stream.
  received: [] as number[][],

  // connect-web: binary, over fetch. The stream stays open.
  openBinary(url: string, sizes: number[]): void {
    const mine: number[] = [];
    this.received.push(mine);
    void (async () => {
      for await (const answer of client(url).streamingOutputCall(askStream(sizes, FOR_EVER))) {
        mine.push(answer.payload?.body.length ?? 0);
      }
    })();
  },

  // grpc-web: text, over XMLHttpRequest. The stream stays open.
  openText(url: string, sizes: number[]): void {
    const mine: number[] = [];
    this.received.push(mine);
    const method = `${url}${streaming.getName()}`;
    new GrpcWebClientBase({ format: 'text' })
      .serverStreaming(method, askStream(sizes, FOR_EVER), {}, streaming)
      .on('data', (answer) => mine.push(answer.payload?.body.length ?? 0));
  },

  async call(url: string, size: number): Promise<number> {
    return (await client(url).unaryCall(ask(size))).payload?.body.length ?? 0;
  },
};

declare global {
  interface Window {
    clients: typeof clients;
  }
}
window.clients = clients;
