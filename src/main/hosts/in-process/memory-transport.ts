import { AppError } from '#shared/errors/app-error';
import {
  errorReply,
  MAX_REQUEST_BYTES,
  type ClientTransport,
  type Reply,
  type Request,
  type ServerTransport,
  type Transport,
} from '#shared/rpc/envelope';

interface End<Out, In> {
  readonly transport: Transport<Out, In>;
  deliver(message: In): void;
  closed(): void;
}

function createEnd<Out, In>(send: (message: Out) => void, close: () => void): End<Out, In> {
  const messageListeners = new Set<(message: In) => void>();
  const closeListeners = new Set<() => void>();
  return {
    transport: {
      send,
      close,
      onMessage(listener) {
        messageListeners.add(listener);
        return () => messageListeners.delete(listener);
      },
      onClose(listener) {
        closeListeners.add(listener);
        return () => closeListeners.delete(listener);
      },
    },
    deliver(message) {
      for (const listener of messageListeners) listener(message);
    },
    closed() {
      for (const listener of closeListeners) listener();
    },
  };
}

/**
 * Two ends of a pipe in one process. Messages travel as JSON text and later than they are sent, as on a wire: neither
 * side can change what the other holds, and what works here works over every host.
 */
export function createMemoryTransports(): { client: ClientTransport; server: ServerTransport } {
  let open = true;
  const later = (run: () => void) =>
    queueMicrotask(() => {
      if (open) run();
    });
  const close = () => {
    if (!open) return;
    open = false;
    queueMicrotask(() => {
      client.closed();
      server.closed();
    });
  };
  const client: End<Request, Reply> = createEnd<Request, Reply>((message) => {
    if (!open) return;
    const text = JSON.stringify(message);
    if (text.length > MAX_REQUEST_BYTES) {
      const details = { sizeBytes: text.length, limitBytes: MAX_REQUEST_BYTES };
      const error = new AppError('hosts.request_too_large', 'limit', details);
      later(() => client.deliver(errorReply(message.id, error)));
      return;
    }
    later(() => server.deliver(JSON.parse(text) as Request));
  }, close);
  const server: End<Reply, Request> = createEnd<Reply, Request>((message) => {
    if (!open) return;
    const text = JSON.stringify(message);
    later(() => client.deliver(JSON.parse(text) as Reply));
  }, close);
  return { client: client.transport, server: server.transport };
}
