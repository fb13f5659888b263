// The part of XMLHttpRequest that grpc-web needs, for node.
declare module 'xhr2' {
  const XMLHttpRequest: new () => unknown;
  export default XMLHttpRequest;
}
