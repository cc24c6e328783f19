import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { HostEngine } from '../host-engine.ts';
import { SECURITY_HEADERS, sendError, sendErrorPage, sendText } from './answers.ts';
import { createHostMetrics, type HostMetrics } from './metrics-text.ts';
import { isOwnRequest } from './request-guard.ts';
import { createRpcSockets, type RpcSockets } from './rpc-sockets.ts';
import { createSessions, type Sessions } from './session.ts';
import { sendPageFile } from './static-files.ts';
import { receiveUpload, sendDownload } from './transfers.ts';

export interface HttpHostOptions {
  readonly engine: HostEngine;
  /** The built page (`out/renderer`). */
  readonly rendererFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told about failures that are answered without their cause. */
  onError?(error: AppError): void;
  readonly pingIntervalMs?: number;
  readonly maxBufferedBytes?: number;
}

export interface HttpHost {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Bearer token for `GET /metrics`. */
  readonly metricsToken: string;
  /** An address that opens the app once: its token is exchanged for a cookie and disappears from the address bar. */
  newLink(): string;
  /** Ends every connection; what was being uploaded is discarded. The engine stays open. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 200;
const HEADERS_TIMEOUT_MS = 10_000;

interface Parts {
  readonly options: HttpHostOptions;
  readonly sessions: Sessions;
  readonly sockets: RpcSockets;
  readonly metrics: HostMetrics;
  readonly port: number;
}

const forbidden = () => new AppError('hosts.forbidden', 'permission');
const isPage = (request: IncomingMessage) => (request.headers.accept ?? '').includes('text/html');

function notAllowed(request: IncomingMessage, url: URL): AppError {
  const details = { method: (request.method ?? '').slice(0, 20), path: url.pathname.slice(0, 200) };
  return new AppError('hosts.method_not_allowed', 'input', details);
}

/** Answers a link with a token: a cookie and a clean address for a fresh one, a refusal for any other. */
function exchangeToken(parts: Parts, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const token = url.searchParams.get('token') ?? '';
  const cookie = parts.sessions.exchange(token);
  if (cookie === null && !parts.sessions.hasCookie(request)) throw forbidden();
  response.writeHead(303, {
    ...SECURITY_HEADERS,
    // One slash: an address that begins with two would name another host.
    Location: `/${url.pathname.replace(/^\/+/, '')}`,
    ...(cookie === null ? {} : { 'Set-Cookie': cookie }),
  });
  response.end();
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse, url: URL) {
  const { engine, rendererFolder } = parts.options;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const { pathname } = url;
  if (pathname === '/metrics') {
    if (!parts.sessions.hasCookie(request) && !parts.sessions.hasBearer(request)) throw forbidden();
    if (!reads) throw notAllowed(request, url);
    const text = (await engine.metricsText()) + parts.metrics.render(parts.sockets.count());
    sendText(response, 200, 'text/plain; version=0.0.4', text);
    return;
  }
  if (url.searchParams.has('token') && request.method === 'GET') {
    exchangeToken(parts, request, response, url);
    return;
  }
  if (!parts.sessions.hasCookie(request)) throw forbidden();
  if (pathname === '/api/upload') {
    if (request.method !== 'PUT') throw notAllowed(request, url);
    await receiveUpload(engine, request, response, url);
  } else if (!reads) {
    throw notAllowed(request, url);
  } else if (pathname.startsWith('/api/download/')) {
    await sendDownload(engine, response, pathname.slice('/api/download/'.length));
  } else if (pathname.startsWith('/api/')) {
    throw new AppError('hosts.not_found', 'notFound', { path: pathname.slice(0, 200) });
  } else {
    await sendPageFile(response, rendererFolder, pathname);
  }
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (!isOwnRequest(request, parts.port, false)) throw forbidden();
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
    if (!url) throw new AppError('hosts.not_found', 'notFound', { path: '' });
    await route(parts, request, response, url);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.kind === 'bug') parts.options.onError?.(error);
    if (isPage(request) && !response.headersSent) sendErrorPage(response, error);
    else sendError(response, error);
    if (!request.complete) request.resume();
  }
}

function upgrade(parts: Parts, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  // A peer that resets while it is refused must not end the process.
  socket.on('error', () => socket.destroy());
  const isRpc = (request.url ?? '') === '/api/rpc';
  if (!isRpc || !isOwnRequest(request, parts.port, true) || !parts.sessions.hasCookie(request)) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  parts.sockets.accept(request, socket, head);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const inUse = 'code' in error && error.code === 'EADDRINUSE';
      reject(inUse ? new AppError('hosts.port_in_use', 'conflict', { port }, { cause: error }) : error);
    });
    // Never another interface: this host is for this machine only.
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new AppError('app.bug', 'bug', { message: 'the server has no port' }));
    });
  });
}

/** Serves an engine and its page to browsers on this machine. Fails with `hosts.port_in_use` or `hosts.page_missing`. */
export async function startHttpHost(options: HttpHostOptions): Promise<HttpHost> {
  if (!existsSync(join(options.rendererFolder, 'index.html'))) {
    throw new AppError('hosts.page_missing', 'unavailable', { folder: options.rendererFolder });
  }
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 });
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options.port);
  const sessions = createSessions(port);
  const sockets = createRpcSockets(options.engine.dispatcher, options);
  const metrics = createHostMetrics();
  const parts: Parts = { options, sessions, sockets, metrics, port };
  server.on('request', (request, response) => void answer(parts, request, response));
  server.on('upgrade', (request, socket, head) => upgrade(parts, request, socket, head));
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    metricsToken: sessions.bearerToken,
    newLink: () => `${origin}/?token=${sessions.issueToken()}`,
    async close() {
      metrics.close();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
