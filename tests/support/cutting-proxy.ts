import { connect, createServer, type Server, type Socket } from 'node:net';

/** When the connection is cut: before the text reaches the server, or once the server has answered and nobody hears it. */
export type Cut = 'before' | 'after';

export interface CuttingProxy {
  readonly port: number;
  /** Cuts the next connection on which a client sends this text; resolves when it did. */
  cutOnce(text: string, when: Cut): Promise<void>;
  /** Lets nobody in and cuts everybody off, until it is opened again. */
  shut(): void;
  open(): void;
  /** Takes connections and says nothing, as a firewall that drops packets. */
  swallow(yes: boolean): void;
  close(): Promise<void>;
}

/** A TCP proxy on loopback that breaks connections at a chosen moment of the conversation. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let rule: { text: string; when: Cut; done: () => void } | null = null;
  let isShut = false;
  let swallows = false;

  const server: Server = createServer((client) => {
    track(client);
    if (isShut) {
      client.destroy();
      return;
    }
    if (swallows) {
      client.resume();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    track(upstream);
    let deaf: (() => void) | null = null;
    const cut = (done: () => void) => {
      client.destroy();
      upstream.destroy();
      done();
    };
    client.on('data', (piece) => {
      if (rule && piece.includes(rule.text)) {
        const { when, done } = rule;
        rule = null;
        if (when === 'before') {
          cut(done);
          return;
        }
        deaf = done;
      }
      upstream.write(piece);
    });
    upstream.on('data', (piece) => {
      if (deaf) cut(deaf);
      else client.write(piece);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Broken connections are what it is for.
    socket.on('error', () => undefined);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cutOnce: (text, when) =>
      new Promise((done) => {
        rule = { text, when, done };
      }),
    shut() {
      isShut = true;
      for (const socket of sockets) socket.destroy();
    },
    open() {
      isShut = false;
    },
    swallow(yes) {
      swallows = yes;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
