import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { HostEngine } from '../../src/main/hosts/host-engine.ts';
import { startHttpHost, type HttpHost } from '../../src/main/hosts/http/index.ts';
import { createRpcClient, type RpcClient } from '../../src/shared/rpc/client.ts';
import type { Contract } from '../../src/shared/rpc/define.ts';
import type { Dispatcher } from '../../src/shared/rpc/dispatcher.ts';
import { replySchema, type ClientTransport } from '../../src/shared/rpc/envelope.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request exactly as it is given: no header is added that a test did not ask for, but `Host`. */
export function send(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** A page folder as the build writes it. */
export function writePage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mauzo-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Mauzo</title>');
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'main-abc123.css'), 'body{}');
  writeFileSync(join(folder, '.secret.js'), 'hidden');
  return folder;
}

export const emptyEngine = (dispatcher: Dispatcher): HostEngine => ({
  dispatcher,
  stageUpload: () => Promise.reject(new Error('no uploads here')),
  download: () => Promise.resolve(null),
  metricsText: () => Promise.resolve('mauzo_data_version 7\n'),
});

/** Opens the link as a browser does; answers the cookie. */
export async function signIn(host: HttpHost): Promise<string> {
  const link = new URL(host.newLink());
  const answer = await send(host.port, link.pathname + link.search);
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

export interface SocketClient<C extends Contract> {
  readonly client: RpcClient<C>;
  readonly socket: WebSocket;
  close(): Promise<void>;
}

export async function connectSocket<C extends Contract>(host: HttpHost): Promise<SocketClient<C>> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/api/rpc`, {
    headers: { cookie: await signIn(host), origin: host.origin },
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // A host that closes while we send: the close event tells it.
  socket.on('error', () => socket.terminate());
  const transport: ClientTransport = {
    send: (message) => socket.send(JSON.stringify(message), () => undefined),
    onMessage(listener) {
      const handle = (data: Buffer) => listener(replySchema.parse(JSON.parse(data.toString('utf8'))));
      socket.on('message', handle);
      return () => socket.off('message', handle);
    },
    onClose(listener) {
      socket.on('close', listener);
      return () => socket.off('close', listener);
    },
    close: () => socket.close(),
  };
  return {
    client: createRpcClient<C>(transport),
    socket,
    close: () =>
      new Promise((resolve) => {
        if (socket.readyState === socket.CLOSED) return resolve();
        socket.once('close', () => resolve());
        return socket.close();
      }),
  };
}

export const startHost = (engine: HostEngine, options: Partial<Parameters<typeof startHttpHost>[0]> = {}) =>
  startHttpHost({ engine, rendererFolder: writePage(), port: 0, ...options });
