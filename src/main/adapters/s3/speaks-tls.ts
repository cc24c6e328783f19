import { connect } from 'node:tls';

const PATIENCE_MS = 3_000;

/** Whether the server at this address greets as an https server does. Nothing is sent to it but the greeting. */
export function speaksTls(address: string, signal: AbortSignal): Promise<boolean> {
  const { hostname, port } = new URL(address);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve) => {
    // Whose certificate it shows does not matter: that it shows one is the answer.
    const socket = connect({
      host,
      port: Number(port || 80),
      rejectUnauthorized: false,
      timeout: PATIENCE_MS,
    });
    const answer = (speaks: boolean) => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(speaks);
    };
    const stop = () => answer(false);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => answer(true));
    for (const event of ['timeout', 'error', 'close']) socket.once(event, stop);
  });
}
