const trailersFlag = 0x80;
const headBytes = 5;

/** A field of a Protobuf message that is text or a message. All of them are short here. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

/** The answer to a call of gRPC-Web that the store refuses for a reason: what it has to say is in the trailers. */
export function refusedCall(status: number, reason: string) {
  const info = Buffer.concat([field(1, 'type.googleapis.com/google.rpc.ErrorInfo'), field(2, field(1, reason))]);
  const details = Buffer.concat([Buffer.from([1 << 3, status]), field(3, info)]).toString('base64');
  const trailers = Buffer.from(`grpc-status:${status}\r\ngrpc-message:refused\r\ngrpc-status-details-bin:${details}\r\n`);
  const head = Buffer.alloc(headBytes);
  head[0] = trailersFlag;
  head.writeUInt32BE(trailers.length, 1);
  return {
    status: 200,
    headers: { 'content-type': 'application/grpc-web+proto', 'access-control-allow-origin': '*' },
    body: Buffer.concat([head, trailers]),
  };
}
