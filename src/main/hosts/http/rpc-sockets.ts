import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Dispatcher } from '#shared/rpc/dispatcher';
import { MAX_REQUEST_BYTES } from '#shared/rpc/envelope';
import { createSocketTransport } from './socket-transport.ts';

const PING_INTERVAL_MS = 30_000;
const GOING_AWAY = 1001;

export interface RpcSockets {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  count(): number;
  close(): void;
}

/** WebSockets on `/api/rpc`. A client that does not answer a ping until the next one is gone. */
export function createRpcSockets(
  dispatcher: Dispatcher,
  options: { pingIntervalMs?: number; maxBufferedBytes?: number } = {},
): RpcSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REQUEST_BYTES,
    perMessageDeflate: false,
  });
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const client of server.clients) {
      if (silent.has(client)) client.terminate();
      else {
        silent.add(client);
        client.ping();
      }
    }
  }, options.pingIntervalMs ?? PING_INTERVAL_MS);
  timer.unref();
  return {
    accept(request, socket, head) {
      server.handleUpgrade(request, socket, head, (client) => {
        client.on('pong', () => silent.delete(client));
        // Too large or malformed frames: ws closes the connection itself, and 'close' follows.
        client.on('error', () => client.terminate());
        dispatcher.serve(createSocketTransport(client, options.maxBufferedBytes));
      });
    },
    count: () => server.clients.size,
    close() {
      clearInterval(timer);
      for (const client of server.clients) {
        client.close(GOING_AWAY);
        client.terminate();
      }
      server.close();
    },
  };
}
