import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createStagingArea } from '../../src/main/adapters/local-files/index.ts';
import type { HostEngine } from '../../src/main/hosts/host-engine.ts';
import type { HttpHost } from '../../src/main/hosts/http/index.ts';
import { emptyEngine, send, signIn, startHost } from './http-fixture.ts';
import { createStubDispatcher } from './stub-engine.fixture.ts';

const MIB = 1024 * 1024;
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let host: HttpHost;
let headers: Record<string, string>;
let names: string[];
let settled: PromiseWithResolvers<unknown>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mauzo-upload-'));
  names = [];
  settled = Promise.withResolvers();
  const staging = createStagingArea({ folder, limitBytes: 64 * MIB });
  writeFileSync(join(folder, 'export.csv'), 'a,b\n');
  const engine: HostEngine = {
    ...emptyEngine(createStubDispatcher()),
    async stageUpload(source, meta, signal) {
      names.push(meta.fileName);
      const staged = staging.stageStream(source, { signal, sizeBytes: meta.sizeBytes });
      staged.then(settled.resolve, settled.resolve);
      return { uploadId: (await staged).sha256 };
    },
    download: (id) =>
      Promise.resolve(
        id === 'd1' ? { path: join(folder, 'export.csv'), fileName: 'Ñandú "März"\r\n; x.csv' } : null,
      ),
  };
  host = await startHost(engine);
  headers = { cookie: await signIn(host), origin: host.origin };
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const staged = () => readdirSync(folder).filter((name) => name !== 'export.csv');
const upload = (path: string, body: Buffer, extra: Record<string, string> = {}) =>
  send(host.port, path, { method: 'PUT', headers: { ...headers, ...extra }, body });

it('streams an upload into staging, with its name as nothing but a name', async () => {
  const body = Buffer.alloc(5 * MIB + 3, 'Kisumu,');
  const name = '../../Ñ 🌍\n.csv';
  const answer = await upload(`/api/upload?name=${encodeURIComponent(name)}`, body);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ uploadId: sha256Of(body) });
  expect(names).toEqual([name]);
  expect(readFileSync(join(folder, sha256Of(body))).equals(body)).toBe(true);
});

it('takes an upload of unknown length', async () => {
  const answer = await upload('/api/upload?name=a.csv', Buffer.from('abc'), {
    'transfer-encoding': 'chunked',
  });
  expect(JSON.parse(answer.body)).toEqual({ uploadId: sha256Of(Buffer.from('abc')) });
});

it('refuses an upload without a name, an empty one and one over the limit, in words', async () => {
  const codeOf = async (path: string, body: Buffer) => {
    const answer = await upload(path, body);
    return [answer.status, (JSON.parse(answer.body) as { error: { code: string } }).error.code];
  };
  expect(await codeOf('/api/upload', Buffer.from('x'))).toEqual([400, 'hosts.bad_upload']);
  expect(await codeOf(`/api/upload?name=${'x'.repeat(1_001)}`, Buffer.from('x'))).toEqual([
    400,
    'hosts.bad_upload',
  ]);
  expect(await codeOf('/api/upload?name=a', Buffer.alloc(0))).toEqual([400, 'staging.empty']);
  expect(await codeOf('/api/upload?name=a', Buffer.alloc(65 * MIB))).toEqual([413, 'staging.too_large']);
  expect(staged()).toEqual([]);
  const named = await upload('/api/upload?name=March%202024.csv', Buffer.alloc(0));
  expect(JSON.parse(named.body)).toMatchObject({ error: { details: { fileName: 'March 2024.csv' } } });
});

it('answers a sender that looks at the answer only when it has sent everything, as browsers do', async () => {
  const sizeBytes = 100 * MIB;
  const socket = connect({ host: '127.0.0.1', port: host.port });
  const fields = Object.entries({ ...headers, host: `127.0.0.1:${host.port}`, 'content-length': sizeBytes });
  socket.write(
    `PUT /api/upload?name=a.csv HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  const piece = Buffer.alloc(MIB);
  for (let sent = 0; sent < sizeBytes; sent += MIB) {
    await new Promise<void>((resolve, reject) => {
      socket.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString('utf8')).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
  expect(staged()).toEqual([]);
});

it('leaves nothing of an upload that is broken off', async () => {
  const request = httpRequest({
    host: '127.0.0.1',
    port: host.port,
    path: '/api/upload?name=a.csv',
    method: 'PUT',
    headers: { ...headers, 'content-length': String(10 * MIB) },
  });
  request.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    request.write(Buffer.alloc(2 * MIB), () => resolve());
  });
  // Some bytes must be on the disk before the connection breaks.
  while (staged().length === 0) await new Promise((resolve) => setImmediate(resolve));
  request.destroy();
  expect(await settled.promise).toBeInstanceOf(Error);
  expect(staged()).toEqual([]);
});

it('makes the sender wait while the disk is slower, instead of holding the bytes', async () => {
  await host.close();
  const gate = Promise.withResolvers<void>();
  let received = 0;
  const engine: HostEngine = {
    ...emptyEngine(createStubDispatcher()),
    async stageUpload(source) {
      for await (const piece of source) {
        await gate.promise;
        received += piece.byteLength;
      }
      return { uploadId: 'u' };
    },
  };
  host = await startHost(engine);
  const request = httpRequest({
    host: '127.0.0.1',
    port: host.port,
    path: '/api/upload?name=a.csv',
    method: 'PUT',
    headers: { cookie: await signIn(host), origin: host.origin, 'content-length': String(60 * MIB) },
  });
  const answered = new Promise((resolve) => {
    request.on('response', (response) => {
      response.resume();
      response.on('end', resolve);
    });
  });
  const blocked = new Promise<void>((resolve) => {
    let sent = 0;
    const more = () => {
      while (sent < 60 * MIB) {
        sent += MIB;
        if (!request.write(Buffer.alloc(MIB))) {
          request.once('drain', more);
          // Nothing drains any more: what the sockets hold, and no more, is on its way.
          if (request.socket && request.socket.bytesWritten > 0 && sent > 2 * MIB) resolve();
          return;
        }
      }
      request.end();
    };
    more();
  });
  await blocked;
  expect(received).toBe(0);
  gate.resolve();
  await answered;
  expect(received).toBe(60 * MIB);
});

it('sends a download with a safe name, once more and never a foreign one', async () => {
  const answer = await send(host.port, '/api/download/d1', { headers });
  expect(answer.status).toBe(200);
  expect(answer.body).toBe('a,b\n');
  expect(answer.headers['content-disposition']).toBe(
    `attachment; filename="_and_ _M_rz____ x.csv"; filename*=UTF-8''%C3%91and%C3%BA%20%22M%C3%A4rz%22%0D%0A%3B%20x.csv`,
  );
  rmSync(join(folder, 'export.csv'));
  expect((await send(host.port, '/api/download/d1', { headers })).status).toBe(404);
  expect((await send(host.port, '/api/download/d2', { headers })).status).toBe(404);
});
