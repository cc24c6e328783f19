import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawKey } from '../../services/imports/ports.ts';
import { createLocalObjectStore } from './index.ts';
import { failure, never, objectStoreContract, sha256Of } from './object-store.fixture.ts';

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

const incoming = () => join(root, 'objects', '.incoming');
const store = () => createLocalObjectStore({ folder: join(root, 'objects') });
const put = (as: string) => store().putFile(as, source, { sha256, signal: never });

describe('objects in a local folder', () => {
  objectStoreContract(
    async () => ({
      open: store,
      stamp: async (as) => {
        const { ino, mtimeNs } = statSync(await store().localPath(as), { bigint: true });
        return [ino, mtimeNs];
      },
      rests: async () => readdirSync(incoming()),
      close: async () => {},
    }),
    content,
  );
});

describe('the folder below', () => {
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

  it('stores nothing when it is cancelled in the middle', async () => {
    const controller = new AbortController();
    const options = { sha256, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(store().putFile(key, source, options)).rejects.toEqual(failure('app.cancelled'));
    expect(await store().head(key)).toBeNull();
    expect(readdirSync(incoming())).toEqual([]);
  });

  it('replaces a copy as a whole, or not at all', async () => {
    async function* pieces(...texts: string[]) {
      for (const text of texts) yield Buffer.from(text);
    }
    const replace = (text: string, ...texts: string[]) =>
      store().replace('reports/a', pieces(...texts), { sha256: sha256Of(text), sizeBytes: 1, signal: never });
    await replace('one', 'on', 'e');
    await replace('two', 'two');
    expect(readFileSync(await store().localPath('reports/a'), 'utf8')).toBe('two');
    await expect(replace('three', 'thr')).rejects.toEqual(failure('objects.altered'));
    expect(readFileSync(await store().localPath('reports/a'), 'utf8')).toBe('two');
    expect(readdirSync(incoming())).toEqual([]);
  });

  it('sweeps unfinished writes and never lists them', async () => {
    const temp = join(incoming(), `.tmp-${process.pid}-0123456789abcdef`);
    mkdirSync(dirname(temp), { recursive: true });
    writeFileSync(temp, 'x');
    const listed = [];
    for await (const object of store().list('')) listed.push(object.key);
    expect(listed).toEqual([]);
    expect(await store().sweep()).toBe(1);
    expect(await store().sweep()).toBe(0);
  });
});
