import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  failure,
  never,
  objectStoreContract,
  sha256Of,
} from '../../src/main/adapters/local-files/object-store.fixture.ts';
import { canonicalKey, rawKey } from '../../src/main/services/imports/ports.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { randomName, startS3Server, whyNoS3Server, type S3Server } from '../support/s3-server.ts';
import { openStore, PART_BYTES, secretsOf } from '../support/s3-store.ts';

const isLeftOut = whyNoS3Server() !== null;

/** Parts of uploads that the server holds, and states that the store keeps of them. */
function rests(server: S3Server, home: string): readonly string[] {
  const uploads = join(server.folder, server.bucket, '.sgwtmp', 'multipart');
  const states = join(home, 'uploads');
  return [uploads, states].flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' });
    } catch {
      return [];
    }
  });
}

describe.skipIf(isLeftOut)('on a real S3 server', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.stop());
  /** A store of its own below a prefix of its own. */
  const subject = async () => {
    const home = mkdtempSync(join(tmpdir(), 'mauzo-home-'));
    const prefix = `shop/${randomName()}`;
    return {
      open: () => openStore(server.connection({ prefix }), secretsOf(server), home),
      stamp: async (key: string) => {
        const path = join(server.folder, server.bucket, prefix, key);
        const { ino, mtimeNs } = statSync(path, { bigint: true });
        return [ino, mtimeNs];
      },
      rests: async () => rests(server, home),
      close: async () => rmSync(home, { recursive: true, force: true }),
    };
  };
  describe('objects of one request', () => {
    objectStoreContract(subject, Buffer.alloc(2 * 1024 * 1024 + 3, 'abc'));
  });
  describe('objects in parts', () => {
    objectStoreContract(subject, Buffer.alloc(2 * PART_BYTES + 3, 'abc'));
  });
});

describe.skipIf(isLeftOut)('the bucket', () => {
  let server: S3Server;
  let home: string;
  let source: string;
  const content = Buffer.alloc(PART_BYTES + 11, 'Kisumu,Nakuru\n');
  const sha256 = sha256Of(content);
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'mauzo-home-'));
    source = join(home, 'source');
    writeFileSync(source, content);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const bucket = () => join(server.folder, server.bucket);
  const store = (prefix = '') => openStore(server.connection({ prefix }), secretsOf(server), home);
  const put = (key: string, prefix = '') => store(prefix).putFile(key, source, { sha256, signal: never });
  const keys = async (prefix: string, below = '') => {
    const found: string[] = [];
    for await (const object of store(below).list(prefix)) found.push(object.key);
    return found;
  };

  it('lists page by page, without folders that consoles draw', async () => {
    const folder = join(bucket(), 'pages', 'raw', 's');
    mkdirSync(folder, { recursive: true });
    const all = Array.from({ length: 2_003 }, (_, index) => `raw/s/${String(index).padStart(5, '0')}`);
    for (const key of all) writeFileSync(join(bucket(), 'pages', key), key);
    mkdirSync(join(bucket(), 'pages', 'reports'));
    expect(await keys('', 'pages')).toEqual(all);
  });

  it('keeps what lies beside its prefix out of sight', async () => {
    await put('reports/a', 'one');
    await put('reports/b', 'one-more');
    expect(await keys('', 'one')).toEqual(['reports/a']);
    expect(await store('one').head('reports/b')).toBeNull();
  });

  it('reads an object that others stored without our fingerprint', async () => {
    mkdirSync(join(bucket(), 'foreign', 'reports'), { recursive: true });
    writeFileSync(join(bucket(), 'foreign', 'reports', 'a'), content);
    expect(await store('foreign').head('reports/a')).toEqual({ sizeBytes: content.byteLength, sha256 });
    await put('reports/a', 'foreign');
    writeFileSync(source, 'other');
    await expect(
      store('foreign').putFile('reports/a', source, { sha256: sha256Of('other'), signal: never }),
    ).rejects.toEqual(failure('objects.exists'));
  });

  it('notices an object that was changed later, before anything reads it', async () => {
    const key = rawKey('changed', sha256);
    await put(key);
    const path = join(bucket(), key);
    const changed = Buffer.from(content);
    changed[PART_BYTES] = 0;
    writeFileSync(path, changed);
    // What was said at the upload is still there: only the bytes tell.
    expect(await store().head(key)).toEqual({ sizeBytes: content.byteLength, sha256 });
    const altered = {
      code: 's3.object_altered',
      details: { key, found: sha256Of(changed), expected: sha256 },
    };
    await expect(store().verify(key, sha256, never)).rejects.toMatchObject(altered);
    await expect(store().localPath(key)).rejects.toMatchObject(altered);
    expect(readdirSync(join(home, 'cache', '.incoming'))).toEqual([]);
  });

  it('downloads once, and keeps canonical files without a download', async () => {
    const proxy = await startFaultProxy(server);
    try {
      const through = () =>
        openStore(server.connection({ endpoint: proxy.endpoint, prefix: 'cache' }), secretsOf(server), home);
      const raw = rawKey('s', sha256);
      await through().putFile(raw, source, { sha256, signal: never });
      const one = through();
      const paths = await Promise.all([one.localPath(raw), one.localPath(raw), one.localPath(raw)]);
      expect(new Set(paths).size).toBe(1);
      expect(proxy.count('GetObject')).toBe(1);
      expect(readFileSync(paths[0] ?? '').equals(content)).toBe(true);
      proxy.forget();
      const canonical = canonicalKey('s', '2026-03', sha256);
      await through().putFile(canonical, source, { sha256, signal: never });
      proxy.forget();
      expect(readFileSync(await through().localPath(canonical)).equals(content)).toBe(true);
      expect(await through().localPath(raw)).toBe(paths[0]);
      expect(proxy.log).toEqual([]);
      // A copy that was damaged on this machine is fetched again.
      writeFileSync(paths[0] ?? '', 'damaged');
      expect(readFileSync(await through().localPath(raw)).equals(content)).toBe(true);
      expect(proxy.count('GetObject')).toBe(1);
    } finally {
      await proxy.close();
    }
  });

  it('fetches a report again when the bucket holds another one than the copy', async () => {
    const report = (text: string) => {
      writeFileSync(source, text);
      return { sha256: sha256Of(text), signal: never };
    };
    await store('first').putFile('reports/march', source, report('one'));
    expect(readFileSync(await store('first').localPath('reports/march'), 'utf8')).toBe('one');
    await store('second').putFile('reports/march', source, report('two'));
    expect(readFileSync(await store('second').localPath('reports/march'), 'utf8')).toBe('two');
  });

  it('lets go of a download when it is closed', async () => {
    const key = rawKey('closing', sha256);
    await put(key);
    const proxy = await startFaultProxy(server);
    try {
      proxy.fault = ({ operation }) => (operation === 'GetObject' ? { kind: 'hold' } : null);
      const closing = openStore(server.connection({ endpoint: proxy.endpoint }), secretsOf(server), home);
      const download = closing.localPath(key).catch((error: unknown) => error);
      await proxy.until((log) => log.some(({ operation }) => operation === 'GetObject'));
      closing.close();
      expect(await download).toEqual(failure('app.cancelled'));
    } finally {
      await proxy.close();
    }
  });

  describe('the sweep', () => {
    const DAY_MS = 24 * 60 * 60 * 1_000;
    let proxy: FaultProxy;
    let other: string;
    beforeEach(async () => {
      proxy = await startFaultProxy(server);
      other = mkdtempSync(join(tmpdir(), 'mauzo-other-'));
    });
    afterEach(async () => {
      await proxy.close();
      rmSync(other, { recursive: true, force: true });
      rmSync(uploadsFolder(), { recursive: true, force: true });
    });
    const uploadsFolder = () => join(bucket(), '.sgwtmp', 'multipart');
    const uploads = () =>
      readdirSync(uploadsFolder()).flatMap((object) =>
        readdirSync(join(uploadsFolder(), object)).map((upload) => join(uploadsFolder(), object, upload)),
      );
    const states = () => readdirSync(join(home, 'uploads'));
    const open = (prefix: string, at = home) =>
      openStore(server.connection({ endpoint: proxy.endpoint, prefix }), secretsOf(server), at, {
        parallelParts: 1,
      });
    /** Begins an upload in two parts and breaks off after the first. */
    const begin = async (prefix: string) => {
      const controller = new AbortController();
      proxy.fault = ({ operation, before }) =>
        operation === 'UploadPart' && before > 0 ? { kind: 'hold' } : null;
      const upload = open(prefix).putFile('reports/big', source, { sha256, signal: controller.signal });
      const settled = upload.catch((error: unknown) => error);
      await proxy.until((log) => log.filter(({ operation }) => operation === 'UploadPart').length === 2);
      controller.abort();
      expect(await settled).toEqual(failure('app.cancelled'));
      proxy.forget();
    };
    const age = (days: number) => {
      const then = new Date(Date.now() - days * DAY_MS);
      for (const upload of uploads()) utimesSync(upload, then, then);
    };

    it('ends uploads of other machines after a day, and only those of ours', async () => {
      await begin('theirs');
      age(0.9);
      expect(await open('theirs', other).sweep()).toBe(0);
      age(1.1);
      // Below another prefix; and without one, of another layout.
      expect(await open('elsewhere', other).sweep()).toBe(0);
      expect(await open('', other).sweep()).toBe(0);
      expect(uploads()).toHaveLength(1);
      expect(await open('theirs', other).sweep()).toBe(1);
      expect(uploads()).toEqual([]);
      expect(await open('theirs', other).sweep()).toBe(0);
    });

    it('leaves what this machine can go on with, for a week', async () => {
      await begin('mine');
      age(6.9);
      expect(await open('mine').sweep()).toBe(0);
      await open('mine').putFile('reports/big', source, { sha256, signal: never });
      expect(proxy.partsSent()).toEqual([2]);
      expect(states()).toEqual([]);
      await begin('given-up');
      age(7.1);
      expect(await open('given-up').sweep()).toBe(2);
      expect([...uploads(), ...states()]).toEqual([]);
    });

    it('forgets uploads that are gone, states that cannot be read, and unfinished copies', async () => {
      await begin('gone');
      for (const upload of uploads()) rmSync(upload, { recursive: true });
      writeFileSync(join(home, 'uploads', 'damaged.json'), '{"version":1');
      writeFileSync(join(home, 'uploads', `.tmp-${process.pid}-0123456789abcdef`), 'x');
      mkdirSync(join(home, 'cache', '.incoming'), { recursive: true });
      writeFileSync(join(home, 'cache', '.incoming', `.tmp-${process.pid}-0123456789abcdef`), 'x');
      expect(await open('gone').sweep()).toBe(4);
      expect([...states(), ...readdirSync(join(home, 'cache', '.incoming'))]).toEqual([]);
    });
  });
});
