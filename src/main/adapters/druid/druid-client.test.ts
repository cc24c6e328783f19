import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createDruidClient, type DruidClientOptions } from './druid-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that does what the test says. */
class Server {
  url = '';
  seen: { method: string; path: string; authorization: string | undefined; body: string }[] = [];
  handler: Handler = (_, response) => response.end('{}');
  readonly #server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      const { authorization } = request.headers;
      this.seen.push({ method: request.method ?? '', path: request.url ?? '', authorization, body });
      this.handler(request, response, body);
    });
  });

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.url = `http://127.0.0.1:${address.port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const server = new Server();
const other = new Server();
beforeAll(() => Promise.all([server.open(), other.open()]));
afterAll(() => Promise.all([server.close(), other.close()]));
beforeEach(() => {
  server.seen = [];
  other.seen = [];
});

const open = (changes: Partial<DruidClientOptions> & { username?: string; url?: string } = {}) => {
  const url = changes.url ?? server.url;
  return createDruidClient({
    connection: { coordinatorUrl: url, brokerUrl: url, username: changes.username ?? null },
    password: changes.password,
    http: { retryDelayMs: 1, ...changes.http },
    ...(changes.queryTimeoutMs === undefined ? {} : { queryTimeoutMs: changes.queryTimeoutMs }),
  });
};
const any = z.unknown();
const status =
  (code: number, text = '', headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(code, headers).end(text);

it('asks again what can be asked twice, and sends a task once', async () => {
  let answers = 0;
  server.handler = (_, response) => response.writeHead((answers += 1) < 3 ? 503 : 200).end('[1]');
  expect(await open().coordinator.get('/x', any)).toEqual([1]);
  expect(server.seen).toHaveLength(3);
  answers = 0;
  await expect(open().coordinator.post('/x', {}, any)).rejects.toMatchObject({ code: 'druid.refused' });
  expect(server.seen).toHaveLength(4);
});

it('a connection that breaks is asked again for reads only', async () => {
  server.handler = (request) => request.socket.destroy();
  await expect(open().coordinator.get('/x', any)).rejects.toMatchObject({ code: 'druid.unreachable' });
  expect(server.seen).toHaveLength(3);
  await expect(open().coordinator.exchange('POST', '/x', {})).rejects.toMatchObject({
    code: 'druid.unreachable',
    retryable: true,
  });
  expect(server.seen).toHaveLength(4);
});

it('sends user and password, and never to another origin', async () => {
  const client = open({ username: 'amina', password: 'sésame' });
  server.handler = (request, response) =>
    request.url === '/moved'
      ? response.end('[]')
      : response
          .writeHead(307, { Location: `${request.url === '/here' ? server.url : other.url}/moved` })
          .end();
  expect(await client.coordinator.get('/here', any)).toEqual([]);
  expect(server.seen.at(-1)?.authorization).toBe(`Basic ${Buffer.from('amina:sésame').toString('base64')}`);
  await expect(client.coordinator.get('/there', any)).rejects.toMatchObject({
    code: 'druid.redirected',
    details: { target: `${other.url}/moved` },
  });
  expect(other.seen).toEqual([]);
  other.handler = status(200, '[2]');
  expect(await open().coordinator.get('/there', any)).toEqual([2]);
  expect(other.seen).toMatchObject([{ authorization: undefined }]);
});

it('follows a leader with the whole request, and a login page not at all', async () => {
  other.handler = status(200, '[3]');
  server.handler = status(307, '', { Location: `${other.url}/leader` });
  expect(await open().coordinator.post('/x', { a: 1 }, any)).toEqual([3]);
  expect(other.seen).toMatchObject([{ method: 'POST', path: '/leader', body: '{"a":1}' }]);
  server.handler = status(302, '', { Location: `${other.url}/login` });
  await expect(open().coordinator.post('/x', {}, any)).rejects.toMatchObject({ code: 'druid.redirected' });
  server.handler = status(307, '', { Location: '/x' });
  await expect(open().coordinator.get('/x', any)).rejects.toMatchObject({ code: 'druid.redirected' });
});

it.each([
  [status(401), 'druid.unauthorized'],
  [status(403), 'druid.forbidden'],
  [status(404, 'no'), 'druid.not_druid'],
  [status(200, '<html>Sign in</html>'), 'druid.not_druid'],
  [status(200, '{"a":1'), 'druid.not_druid'],
  [status(200, '["b"]'), 'druid.not_druid'],
  [status(400, '{"error":"why"}'), 'druid.refused'],
  [status(500, '{"error":"why"}'), 'druid.refused'],
])('names the answer %#', async (handler, code) => {
  server.handler = handler;
  await expect(open().coordinator.get('/x', z.object({ a: z.number() }))).rejects.toMatchObject({ code });
});

it('the whole text of a refusal is in its details', async () => {
  server.handler = status(400, `{"error":"${'long '.repeat(300)}"}`);
  await expect(open().coordinator.get('/x', any)).rejects.toMatchObject({
    details: { status: 400, answer: `{"error":"${'long '.repeat(300)}"}` },
  });
});

it('is bounded in bytes and in time, and ends at an abort', async () => {
  server.handler = status(200, `"${'x'.repeat(10_000)}"`);
  const small = open({ http: { maxAnswerBytes: 5_000, retryDelayMs: 1 } });
  await expect(small.coordinator.get('/x', any)).rejects.toMatchObject({ code: 'druid.answer_too_large' });
  server.handler = (_, response) => void response.write('[');
  const impatient = open({ http: { timeoutMs: 50, retries: 0 } });
  await expect(impatient.coordinator.get('/x', any)).rejects.toMatchObject({ code: 'druid.timeout' });
  const stop = new AbortController();
  server.handler = () => stop.abort();
  await expect(open().coordinator.get('/x', any, stop.signal)).rejects.toMatchObject({
    code: 'app.cancelled',
  });
  await expect(open().coordinator.get('/x', any, stop.signal)).rejects.toMatchObject({
    code: 'app.cancelled',
  });
});

it('tells http from https, and a closed port', async () => {
  const secure = open({ url: server.url.replace('http:', 'https:'), http: { retries: 0 } });
  await expect(secure.coordinator.get('/x', any)).rejects.toMatchObject({ code: 'druid.wrong_scheme' });
  const reserved = open({ url: 'http://127.0.0.1:1', http: { retries: 0 } });
  await expect(reserved.coordinator.get('/x', any)).rejects.toMatchObject({ code: 'druid.reserved_port' });
  const gone = new Server();
  await gone.open();
  await gone.close();
  const closed = open({ url: gone.url, http: { retries: 0 } });
  await expect(closed.coordinator.get('/x', any)).rejects.toMatchObject({
    code: 'druid.unreachable',
    details: { reason: expect.stringContaining('ECONNREFUSED') },
  });
});

it('an address with a path and a slash at its end is what requests begin with', async () => {
  server.handler = status(200, '[]');
  await open({ url: `${server.url}/druid-proxy/` }).coordinator.get('/status', any);
  expect(server.seen[0]?.path).toBe('/druid-proxy/status');
});

it('SQL answers rows under their columns; longs keep their digits', async () => {
  server.handler = status(200, '[["a","b"],[9007199254740993,null],[1.5,"x"]]\n');
  const answer = await open({ queryTimeoutMs: 7_000 }).broker.sql(
    'SELECT ?',
    [{ type: 'VARCHAR', value: 'v' }],
    {
      sqlTimeZone: 'UTC',
    },
  );
  expect(answer).toEqual({
    columns: ['a', 'b'],
    rows: [
      [9_007_199_254_740_993n, null],
      [1.5, 'x'],
    ],
  });
  expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
    query: 'SELECT ?',
    parameters: [{ type: 'VARCHAR', value: 'v' }],
    resultFormat: 'array',
    header: true,
    context: { timeout: 7_000, sqlTimeZone: 'UTC', sqlQueryId: expect.any(String) },
  });
});

it('an answer that breaks off is no answer', async () => {
  server.handler = status(200, '[["a"],[1],[2');
  await expect(open().broker.sql('x')).rejects.toMatchObject({ code: 'druid.not_druid' });
});

it.each([
  [
    400,
    { error: 'Plan validation failed', errorMessage: "Object 'x' not found", errorClass: 'V' },
    'druid.query_refused',
  ],
  [400, { error: 'Resource limit exceeded', errorMessage: 'no' }, 'druid.query_limit'],
  [504, { error: 'Query timeout', errorMessage: 'no' }, 'druid.query_timeout'],
  [504, { error: 'druidException', category: 'TIMEOUT', errorMessage: 'no' }, 'druid.query_timeout'],
  [429, { error: 'Query capacity exceeded', errorMessage: 'no' }, 'druid.busy'],
  [405, {}, 'druid.no_sql'],
  [500, { error: 'Unknown exception', errorMessage: 'no' }, 'druid.query_failed'],
])('names a failed query: %i %j', async (code, body, expected) => {
  server.handler = status(code, JSON.stringify(body));
  await expect(open().broker.sql('x')).rejects.toMatchObject({ code: expected });
});

it('an aborted query is ended in Druid too', async () => {
  const stop = new AbortController();
  server.handler = (request, response) => {
    if (request.method === 'DELETE') response.end();
    else stop.abort();
  };
  await expect(open().broker.sql('x', [], {}, stop.signal)).rejects.toMatchObject({ code: 'app.cancelled' });
  const { context } = z
    .object({ context: z.object({ sqlQueryId: z.string() }) })
    .parse(JSON.parse(server.seen[0]?.body ?? ''));
  expect(server.seen[1]).toMatchObject({ method: 'DELETE', path: `/druid/v2/sql/${context.sqlQueryId}` });
});
