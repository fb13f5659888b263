// node proxy.js STORE PORT: serves gRPC-Web over HTTP/1.1 on a port of this machine, before the
// store at that address, as anybody would with npm's connect-node.
import { createServer } from 'node:http';
import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { HistoryService } from './generated/users/v1/history_service_pb.js';
import { UserService } from './generated/users/v1/user_service_pb.js';

const [store, port] = process.argv.slice(2);
const transport = createGrpcTransport({ baseUrl: `http://${store}` });
const users = createClient(UserService, transport);
const history = createClient(HistoryService, transport);

const handler = connectNodeAdapter({
  routes: (router) =>
    router
      .service(UserService, { getUser: (request) => users.getUser(request) })
      .service(HistoryService, { streamHistory: (request) => history.streamHistory(request) }),
});
createServer(handler).listen(Number(port), '127.0.0.1');
