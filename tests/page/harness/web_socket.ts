// For our own client of NATS: Node has a WebSocket only from 22 on.
import { WebSocket } from 'ws';

Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? WebSocket });
