import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { HttpHost } from '../../src/main/hosts/http/index.ts';
import { connectSocket, emptyEngine, send, signIn, startHost, type Answer } from './http-fixture.ts';
import { createProbe, type ProbeContract } from './probe-suite.ts';
import { createStubDispatcher } from './stub-engine.fixture.ts';

let host: HttpHost;
let cookie: string;
beforeAll(async () => {
  host = await startHost(emptyEngine(createStubDispatcher()));
  cookie = await signIn(host);
});
afterAll(() => host.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  send(host.port, path, { method, headers });

/** Status with which an upgrade is answered; 101 when it succeeds. */
function upgrade(headers: Record<string, string>, path = '/api/rpc'): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_, response) => {
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
}

/** Whether a connection to this address is taken. */
const isOpen = (address: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: address, port: host.port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

describe('who may talk to the browser host', () => {
  it('listens on 127.0.0.1 only', async () => {
    expect(await isOpen('127.0.0.1')).toBe(true);
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap((address) => (address && address.address !== '127.0.0.1' ? [address] : []))
      .map((address) => (address.scopeid ? `${address.address}%${address.scopeid}` : address.address));
    for (const address of others) expect(await isOpen(address)).toBe(false);
  });

  it('exchanges a link once for a cookie that scripts and other sites never see, and cleans the address', async () => {
    const link = new URL(host.newLink());
    const path = link.pathname + link.search;
    const first = await get(path);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(first.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^mauzo-${host.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect((await get(path)).status).toBe(403);
    expect((await get(path)).headers['set-cookie']).toBeUndefined();
    // Whoever is signed in may follow a used link, and gets a clean address again.
    expect((await get(path, { cookie })).headers.location).toBe('/');
  });

  it('never redirects to another host', async () => {
    for (const path of [
      '/x/..//evil.example/?token=a',
      '//evil.example/?token=a',
      '/\\evil.example/?token=a',
    ]) {
      const { headers } = await get(path, { cookie });
      expect(headers.location).toMatch(/^\/(?!\/)/);
    }
  });

  it.each([
    '/',
    '/import',
    '/assets/main-abc123.js',
    '/api/download/x',
    '/metrics',
    '/?token=',
    '/?token=wrong',
  ])('answers %s only to a window that was opened with a link', async (path) => {
    expect((await get(path)).status).toBe(403);
    expect((await get(path, { cookie: `mauzo-${host.port}=wrong` })).status).toBe(403);
    expect((await get(path, { cookie: cookie.slice(0, -1) })).status).toBe(403);
  });

  it('tells a person without a valid link what to do, and a program the code', async () => {
    expect((await get('/', { accept: 'text/html' })).body).toContain('Open Mauzo again with a new link');
    expect(JSON.parse((await get('/')).body)).toMatchObject({ error: { code: 'hosts.forbidden' } });
  });

  it.each([
    'evil.example',
    'evil.example:80',
    'localhost',
    '127.0.0.1',
    '127.0.0.1.evil.example',
    '[::1]:80',
  ])('refuses the foreign Host %j (DNS rebinding)', async (foreign) => {
    expect((await get('/', { cookie, host: foreign })).status).not.toBe(200);
    expect(await upgrade({ cookie, host: foreign, origin: `http://${foreign}` })).not.toBe(101);
  });

  it('refuses a request that names no Host at all', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: host.port });
      let text = '';
      socket.on('data', (data) => (text += data.toString('utf8')));
      socket.on('close', () => resolve(text));
      socket.write(`GET / HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('takes both names of this machine, each with its own origin', async () => {
    const localhost = `localhost:${host.port}`;
    expect((await get('/', { cookie, host: localhost })).status).toBe(200);
    expect(await upgrade({ cookie, host: localhost, origin: `http://${localhost}` })).toBe(101);
    expect(await upgrade({ cookie, host: localhost, origin: host.origin })).toBe(403);
  });

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1', 'file://'])(
    'refuses the foreign Origin %j on requests and on WebSockets',
    async (origin) => {
      expect((await get('/', { cookie, origin })).status).toBe(403);
      expect((await get('/api/upload?name=x', { cookie, origin }, 'PUT')).status).toBe(403);
      expect(await upgrade({ cookie, origin })).toBe(403);
    },
  );

  it('wants an Origin where something is changed or a WebSocket is opened', async () => {
    expect((await get('/api/upload?name=x', { cookie }, 'PUT')).status).toBe(403);
    expect(await upgrade({ cookie })).toBe(403);
    expect(await upgrade({ cookie, origin: host.origin })).toBe(101);
  });

  it('refuses what a page of another site or port asks for, but for plain navigation', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect((await get('/', { cookie, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' })).status).toBe(
        403,
      );
      expect((await get('/', { cookie, 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })).status).toBe(
        200,
      );
    }
    expect((await get('/', { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('opens WebSockets for signed-in windows at one address only', async () => {
    expect(await upgrade({ origin: host.origin })).toBe(403);
    expect(await upgrade({ origin: host.origin, cookie: `mauzo-${host.port}=wrong` })).toBe(403);
    expect(await upgrade({ origin: host.origin, cookie }, '/')).toBe(403);
    expect(await upgrade({ origin: host.origin, cookie }, '/api/rpc?x=1')).toBe(403);
  });

  it('gives the metrics to a scraper with the bearer token, and nothing else', async () => {
    const authorization = `Bearer ${host.metricsToken}`;
    const answer = await get('/metrics', { authorization });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(answer.body).toMatch(/^mauzo_data_version 7$/m);
    expect(answer.body).toMatch(/^mauzo_windows 0$/m);
    expect((await get('/metrics', { authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await get('/', { authorization })).status).toBe(403);
    expect((await get('/metrics', { cookie })).status).toBe(200);
  });
});

describe('what the browser host answers', () => {
  const everywhere: [string, () => Promise<Answer>][] = [
    ['the page', () => get('/', { cookie })],
    ['a route of the page', () => get('/dashboard', { cookie })],
    ['a script', () => get('/assets/main-abc123.js', { cookie })],
    ['a refusal', () => get('/')],
    ['a refusal in words', () => get('/', { accept: 'text/html' })],
    ['a redirect', () => get(`/${new URL(host.newLink()).search}`)],
    ['something missing', () => get('/assets/none.js', { cookie })],
    ['the metrics', () => get('/metrics', { cookie })],
    ['a preflight', () => get('/', { cookie, origin: host.origin }, 'OPTIONS')],
  ];
  it.each(everywhere)('carries every security header and no CORS header: %s', async (_, ask) => {
    const { headers } = await ask();
    expect(headers['content-security-policy']).toBe(
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/import', 'text/html; charset=utf-8', 'no-cache'],
    ['/import?job=1', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/main-abc123.js', 'text/javascript; charset=utf-8', 'private, max-age=31536000, immutable'],
    ['/assets/main-abc123.css', 'text/css; charset=utf-8', 'private, max-age=31536000, immutable'],
  ])('serves %s as %s', async (path, type, caching) => {
    const answer = await get(path, { cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers['cache-control']).toBe(caching);
    expect((await get(path, { cookie }, 'HEAD')).body).toBe('');
  });

  it.each([
    '/../package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/hosts.txt',
    '/.secret.js',
    '/assets//etc/passwd.txt',
    '/assets/main.js%00.png',
    '/assets\\..\\x.js',
    '/api/none',
    '/api/download/../../x.js',
    '/api/download/none',
  ])('finds nothing at %s', async (path) => {
    const answer = await get(path, { cookie });
    expect([403, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('hidden');
  });

  it('takes no other methods', async () => {
    const own = { cookie, origin: host.origin };
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await get('/', own, method)).status).toBe(405);
    }
    expect((await get('/api/upload?name=x', own, 'POST')).status).toBe(405);
  });

  it('closes a socket that sends no JSON or binary, and lives', async () => {
    for (const [data, code] of [
      ['{', 1007],
      [Buffer.from('{}'), 1003],
    ] as const) {
      const { socket } = await connectSocket(host);
      const closed = new Promise<number>((resolve) => {
        socket.once('close', resolve);
      });
      socket.send(data);
      expect(await closed).toBe(code);
    }
    expect((await get('/', { cookie })).status).toBe(200);
  });

  it('answers a JSON text that is no request with an error', async () => {
    for (const text of [
      'null',
      '7',
      '[]',
      '{}',
      '{"type":"call","id":-1}',
      '{"type":"call","id":1,"name":"x","input":{},"y":1}',
    ]) {
      const { socket, close } = await connectSocket(host);
      const reply = new Promise<string>((resolve) => {
        socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
      });
      socket.send(text);
      expect(JSON.parse(await reply)).toMatchObject({
        type: 'error',
        error: { code: 'app.invalid_request' },
      });
      await close();
    }
  });
});

describe('connections', () => {
  it('lets go of a client that does not read, and keeps its memory bounded', async () => {
    const probe = createProbe();
    const own = await startHost(emptyEngine(probe.dispatcher), { maxBufferedBytes: 1_000_000 });
    const slow = await connectSocket<ProbeContract>(own);
    const closed = new Promise((resolve) => {
      slow.socket.once('close', resolve);
    });
    slow.socket.pause();
    for (let index = 0; index < 20; index++) {
      void slow.client.call('probe.big', { bytes: 4_000_000 }).catch(() => undefined);
    }
    // Whoever reads is still served while the other does not.
    const reader = await connectSocket<ProbeContract>(own);
    expect(await reader.client.call('probe.echo', { text: 'here' })).toEqual({ text: 'here' });
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 20; index++) await reader.client.call('probe.big', { bytes: 1_000 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
    slow.socket.resume();
    await closed;
    await reader.close();
    await own.close();
  });

  it('ends a connection that does not answer a ping', async () => {
    const probe = createProbe();
    const own = await startHost(emptyEngine(probe.dispatcher), { pingIntervalMs: 30 });
    const { client, socket } = await connectSocket<ProbeContract>(own);
    client.open('probe.count', { to: 1 }, { onEvent: () => undefined });
    await client.call('probe.echo', { text: '' });
    socket.pause();
    await expect(probe.stopped).resolves.toBeUndefined();
    socket.terminate();
    await own.close();
  });

  it('says when the port is taken or the page is not built', async () => {
    const engine = emptyEngine(createStubDispatcher());
    await expect(startHost(engine, { port: host.port })).rejects.toMatchObject({ code: 'hosts.port_in_use' });
    await expect(startHost(engine, { rendererFolder: '/none' })).rejects.toMatchObject({
      code: 'hosts.page_missing',
    });
  });

  it('closes with windows open', async () => {
    const own = await startHost(emptyEngine(createStubDispatcher()));
    const { socket } = await connectSocket(own);
    const closed = new Promise<number>((resolve) => {
      socket.once('close', resolve);
    });
    await own.close();
    expect([1001, 1006]).toContain(await closed);
  });
});
