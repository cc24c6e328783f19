import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalKey, rawKey } from '../../services/imports/ports.ts';
import { createLocalObjectStore } from './index.ts';

const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const failure = (code: string) => expect.objectContaining({ code });
const never = new AbortController().signal;
const content = Buffer.alloc(2 * 1024 * 1024 + 3, 'abc');
const sha256 = sha256Of(content);
const key = rawKey('sales_analytics', sha256);

let root: string;
let source: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mauzo-objects-'));
  source = join(root, 'source');
  writeFileSync(source, content);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const store = () => createLocalObjectStore({ folder: join(root, 'objects') });
const put = (as: string) => store().putFile(as, source, { sha256, signal: never });
const keys = async (prefix: string) => {
  const found: string[] = [];
  for await (const object of store().list(prefix)) found.push(object.key);
  return found;
};

describe('objects in a local folder', () => {
  it('stores a file under its key and attests its bytes', async () => {
    const progress: number[] = [];
    await store().putFile(key, source, { sha256, signal: never, onProgress: (done) => progress.push(done) });
    expect(await store().head(key)).toEqual({ sizeBytes: content.byteLength, sha256 });
    expect(readFileSync(await store().localPath(key)).equals(content)).toBe(true);
    expect(progress.at(-1)).toBe(content.byteLength);
    expect(readFileSync(source).equals(content)).toBe(true);
  });

  it('keeps an equal object that is there already', async () => {
    await put(key);
    const before = statSync(await store().localPath(key), { bigint: true });
    await put(key);
    const after = statSync(await store().localPath(key), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it('heals a damaged object whose name is its hash, and refuses to change any other', async () => {
    await put(key);
    writeFileSync(await store().localPath(key), 'damaged');
    expect(await store().head(key)).toEqual({ sizeBytes: 7, sha256: sha256Of('damaged') });
    await put(key);
    expect(await store().head(key)).toEqual({ sizeBytes: content.byteLength, sha256 });
    await put('reports/march.pdf');
    writeFileSync(await store().localPath('reports/march.pdf'), 'other');
    await expect(put('reports/march.pdf')).rejects.toEqual(failure('objects.exists'));
  });

  it('stores nothing when the bytes are not those that were promised, or when it is cancelled', async () => {
    const wrong = { sha256: sha256Of('other'), signal: never };
    await expect(store().putFile(key, source, wrong)).rejects.toEqual(failure('objects.altered'));
    const controller = new AbortController();
    const options = { sha256, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(store().putFile(key, source, options)).rejects.toEqual(failure('app.cancelled'));
    expect(await store().head(key)).toBeNull();
    expect(readdirSync(join(root, 'objects', '.incoming'))).toEqual([]);
  });

  it('says what is missing', async () => {
    expect(await store().head(key)).toBeNull();
    await expect(store().localPath(key)).rejects.toEqual(failure('objects.missing'));
    await expect(store().putFile(key, join(root, 'none'), { sha256, signal: never })).rejects.toEqual(
      failure('objects.failed'),
    );
  });

  it.each(['', '../x', 'a/../b', '/etc/passwd', 'a//b', 'a/.hidden', 'a\nb', 'a\\b', 'a/', 'C:/x'])(
    'refuses the key %j',
    async (bad) => {
      await expect(put(bad)).rejects.toEqual(failure('objects.bad_key'));
      await expect(store().head(bad)).rejects.toEqual(failure('objects.bad_key'));
    },
  );

  it('lists by prefix, in order, without unfinished writes', async () => {
    expect(await keys('')).toEqual([]);
    const all = [
      'canonical/s/2024-02/x.parquet',
      canonicalKey('s', '2024-03', sha256),
      'raw/s/1',
      'raw/sx/2',
    ];
    for (const one of all) await put(one);
    writeFileSync(join(root, 'objects', '.incoming', `.tmp-${process.pid}-0123456789abcdef`), 'x');
    expect(await keys('')).toEqual(all);
    expect(await keys('canonical/s/2024-03')).toEqual([all[1]]);
    expect(await keys('raw/s/')).toEqual(['raw/s/1']);
    expect(await keys('reports/')).toEqual([]);
  });

  it('sweeps unfinished writes', async () => {
    const temp = join(root, 'objects', '.incoming', `.tmp-${process.pid}-0123456789abcdef`);
    mkdirSync(dirname(temp), { recursive: true });
    writeFileSync(temp, 'x');
    expect(await store().sweep()).toBe(1);
    expect(await store().sweep()).toBe(0);
  });
});
