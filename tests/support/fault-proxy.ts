import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Transform } from 'node:stream';

/** One request as it passed. */
export interface Exchange {
  /** As S3 calls it: "UploadPart". */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly partNumber: number | null;
  readonly headers: IncomingHttpHeaders;
  /** How many requests of the operation came before, this one not counted. */
  readonly before: number;
  /** Bytes of the body that the client sent. */
  bodyBytes: number;
  /** What the client was answered; null when nothing. */
  status: number | null;
}

export type Fault =
  /** The server is not asked. */
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is cut when so many bytes of the body have come. */
  | { readonly kind: 'drop'; readonly afterBytes: number }
  /** Nothing is forwarded and nothing answered. */
  | { readonly kind: 'hold' }
  /** One bit of this byte of the body is turned over. */
  | { readonly kind: 'corrupt'; readonly at: number }
  /** The server does what was asked; its answer is lost and the connection cut. */
  | { readonly kind: 'swallow' }
  /** The connection is cut when so many bytes of the answer's body have passed. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

export const s3ErrorReply = (status: number, code: string, message = `Injected ${code}.`): Fault => ({
  kind: 'reply',
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

/** Stands between an S3 client and its server on loopback, writes down what passes, and breaks what it is told to. */
export interface FaultProxy {
  readonly endpoint: string;
  readonly log: readonly Exchange[];
  /** Asked for each request when its head has come. A promise holds the request until something else is done. */
  fault: (exchange: Exchange) => Fault | null | Promise<null>;
  count(operation: string): number;
  /** Numbers of the parts that were sent whole, in order. */
  partsSent(): readonly number[];
  /** Resolves as soon as it holds for the log; asked after each change. */
  until(condition: (log: readonly Exchange[]) => boolean): Promise<void>;
  forget(): void;
  close(): Promise<void>;
}

export async function startFaultProxy(target: { readonly port: number }): Promise<FaultProxy> {
  const log: Exchange[] = [];
  const waiting = new Set<() => void>();
  const changed = () => waiting.forEach((check) => check());

  const server = createServer((incoming, outgoing) => {
    const exchange = describe(incoming, log);
    log.push(exchange);
    const decided = proxy.fault(exchange);
    changed();
    // Cut connections are what this proxy is for.
    incoming.on('error', () => {});
    outgoing.on('error', () => {});
    const answered = (status: number) => {
      exchange.status = status;
      changed();
    };
    const pass = (fault: Fault | null) => {
      if (fault?.kind === 'hold') return;
      if (fault?.kind === 'reply') reply(incoming, outgoing, exchange, fault, answered);
      else forward(incoming, outgoing, exchange, fault, target.port, answered);
    };
    if (decided instanceof Promise) void decided.then(pass);
    else pass(decided);
  });
  // Uploads in tests are held for as long as a test takes.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${address.port}`,
    log,
    fault: () => null,
    count: (operation) => log.filter((exchange) => exchange.operation === operation).length,
    partsSent: () =>
      log
        .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
        .map(({ partNumber }) => partNumber ?? 0)
        .sort((a, b) => a - b),
    until: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition(log)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    forget: () => {
      log.length = 0;
      proxy.fault = () => null;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function describe({ method = '', url = '', headers }: IncomingMessage, log: readonly Exchange[]): Exchange {
  const { pathname, searchParams: query } = new URL(url, 'http://proxy');
  const isObject = pathname.split('/').filter((segment) => segment !== '').length > 1;
  const operation = operationOf(method, query, isObject);
  return {
    operation,
    method,
    path: pathname,
    partNumber: query.has('partNumber') ? Number(query.get('partNumber')) : null,
    headers,
    before: log.filter((exchange) => exchange.operation === operation).length,
    bodyBytes: 0,
    status: null,
  };
}

function operationOf(method: string, query: URLSearchParams, isObject: boolean): string {
  switch (method) {
    case 'PUT':
      return query.has('partNumber') ? 'UploadPart' : 'PutObject';
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'HEAD':
      return isObject ? 'HeadObject' : 'HeadBucket';
    default:
      if (query.has('uploads')) return 'ListMultipartUploads';
      if (query.has('uploadId')) return 'ListParts';
      return isObject ? 'GetObject' : 'ListObjectsV2';
  }
}

function reply(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  exchange: Exchange,
  { status, headers = {}, body = '' }: Extract<Fault, { kind: 'reply' }>,
  answered: (status: number) => void,
): void {
  incoming.on('data', (piece: Buffer) => (exchange.bodyBytes += piece.byteLength));
  incoming.on('end', () => {
    outgoing.writeHead(status, headers);
    outgoing.end(incoming.method === 'HEAD' ? '' : body, () => answered(status));
  });
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  exchange: Exchange,
  fault: Exclude<Fault, { kind: 'reply' | 'hold' }> | null,
  port: number,
  answered: (status: number) => void,
): void {
  const { expect: _, ...headers } = incoming.headers;
  const upstream = request(
    { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers, agent: false },
    (answer) => {
      const status = answer.statusCode ?? 0;
      if (fault?.kind === 'swallow') {
        answer.resume();
        answer.on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(status, answer.rawHeaders);
      let passed = 0;
      answer.on('data', (piece: Buffer) => {
        passed += piece.byteLength;
        outgoing.write(piece);
        if (fault?.kind === 'cut' && passed > fault.afterBytes) incoming.socket.destroy();
      });
      // Written down before the client can know: a test may then kill it at once.
      answer.on('end', () => {
        answered(status);
        outgoing.end();
      });
    },
  );
  upstream.on('error', () => incoming.socket.destroy());
  incoming.on('close', () => {
    if (!incoming.complete) upstream.destroy();
  });
  incoming
    .pipe(
      new Transform({
        transform(piece: Buffer, _encoding, done) {
          const start = exchange.bodyBytes;
          exchange.bodyBytes += piece.byteLength;
          if (fault?.kind === 'corrupt' && fault.at >= start && fault.at < exchange.bodyBytes)
            piece[fault.at - start] = (piece[fault.at - start] ?? 0) ^ 1;
          if (fault?.kind === 'drop' && exchange.bodyBytes > fault.afterBytes) incoming.socket.destroy();
          else done(null, piece);
        },
      }),
    )
    .pipe(upstream);
}
