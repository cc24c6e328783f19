import type { RawData, WebSocket } from 'ws';
import type { Request, ServerTransport } from '#shared/rpc/envelope';

/** What may wait in memory for a client that does not read. Beyond it the client is let go; it connects again. */
export const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;

/** Close codes of RFC 6455. */
const UNSUPPORTED_DATA = 1003;
const INVALID_PAYLOAD = 1007;
const TRY_AGAIN_LATER = 1013;

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

/** The server end of a WebSocket: one JSON text per message. */
export function createSocketTransport(
  socket: WebSocket,
  maxBufferedBytes: number = MAX_BUFFERED_BYTES,
): ServerTransport {
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > maxBufferedBytes) {
        socket.close(TRY_AGAIN_LATER, 'too slow');
        socket.terminate();
        return;
      }
      socket.send(JSON.stringify(message));
    },
    onMessage(listener) {
      const handle = (data: RawData, isBinary: boolean) => {
        if (isBinary) {
          socket.close(UNSUPPORTED_DATA);
          return;
        }
        let message: Request;
        try {
          // The dispatcher checks the form of every message before it uses it.
          message = JSON.parse(textOf(data)) as Request;
        } catch {
          socket.close(INVALID_PAYLOAD);
          return;
        }
        listener(message);
      };
      socket.on('message', handle);
      return () => socket.off('message', handle);
    },
    onClose(listener) {
      socket.on('close', listener);
      return () => socket.off('close', listener);
    },
    close: () => socket.close(),
  };
}
