import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canonicalKey, rawKey, type ObjectStore } from '../../services/imports/ports.ts';

export const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
export const failure = (code: string): unknown => expect.objectContaining({ code });
export const never = new AbortController().signal;

/** A store under test. Each call of `open` answers a new instance over the same objects. */
export interface StoreUnderTest {
  open(): ObjectStore;
  /** Something that is another after an object was written again. */
  stamp(key: string): Promise<unknown>;
  /** Unfinished writes that lie about. */
  rests(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What every object store must do, whatever it is made of. To be called inside `describe`. */
export function objectStoreContract(start: () => Promise<StoreUnderTest>, content: Buffer): void {
  const sha256 = sha256Of(content);
  const key = rawKey('sales_analytics', sha256);
  let subject: StoreUnderTest;
  let folder: string;
  let source: string;
  beforeEach(async () => {
    subject = await start();
    folder = mkdtempSync(join(tmpdir(), 'mauzo-source-'));
    source = join(folder, 'source');
    writeFileSync(source, content);
  });
  afterEach(async () => {
    await subject.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const put = (as: string) => subject.open().putFile(as, source, { sha256, signal: never });
  const keys = async (prefix: string) => {
    const found: string[] = [];
    for await (const object of subject.open().list(prefix)) found.push(object.key);
    return found;
  };

  it('stores a file under its key and attests its bytes', async () => {
    const store = subject.open();
    const progress: number[] = [];
    await store.putFile(key, source, { sha256, signal: never, onProgress: (done) => progress.push(done) });
    expect(await store.head(key)).toEqual({ sizeBytes: content.byteLength, sha256 });
    expect(readFileSync(await store.localPath(key)).equals(content)).toBe(true);
    expect(progress.at(-1)).toBe(content.byteLength);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(readFileSync(source).equals(content)).toBe(true);
  });

  it('keeps an equal object that is there already', async () => {
    await put(key);
    const before = await subject.stamp(key);
    await put(key);
    expect(await subject.stamp(key)).toEqual(before);
  });

  it('stores one object when two writers come with the same file at the same time', async () => {
    const store = subject.open();
    const twice = [store, store, subject.open()].map((each) =>
      each.putFile(key, source, { sha256, signal: never }),
    );
    await Promise.all(twice);
    expect(await keys('')).toEqual([key]);
    expect(await store.head(key)).toEqual({ sizeBytes: content.byteLength, sha256 });
    expect(await subject.rests()).toEqual([]);
  });

  it('never overwrites another object', async () => {
    await put('reports/march.pdf');
    const before = await subject.stamp('reports/march.pdf');
    writeFileSync(source, 'other');
    const other = { sha256: sha256Of('other'), signal: never };
    await expect(subject.open().putFile('reports/march.pdf', source, other)).rejects.toEqual(
      failure('objects.exists'),
    );
    expect(await subject.stamp('reports/march.pdf')).toEqual(before);
  });

  it('stores nothing when the bytes are not those that were promised, or when it is cancelled', async () => {
    const store = subject.open();
    const wrong = { sha256: sha256Of('other'), signal: never };
    await expect(store.putFile(key, source, wrong)).rejects.toEqual(failure('objects.altered'));
    const cancelled = { sha256, signal: AbortSignal.abort() };
    await expect(store.putFile(key, source, cancelled)).rejects.toEqual(failure('app.cancelled'));
    expect(await store.head(key)).toBeNull();
    expect(await subject.rests()).toEqual([]);
  });

  it('stores a file without a byte', async () => {
    writeFileSync(source, '');
    const store = subject.open();
    await store.putFile('reports/empty', source, { sha256: sha256Of(''), signal: never });
    expect(await store.head('reports/empty')).toEqual({ sizeBytes: 0, sha256: sha256Of('') });
    expect(readFileSync(await store.localPath('reports/empty'))).toHaveLength(0);
  });

  it('says what is missing', async () => {
    const store = subject.open();
    expect(await store.head(key)).toBeNull();
    await expect(store.localPath(key)).rejects.toEqual(failure('objects.missing'));
    await expect(store.verify(key, sha256, never)).rejects.toEqual(failure('objects.missing'));
    const nowhere = store.putFile(key, join(folder, 'none'), { sha256, signal: never });
    await expect(nowhere).rejects.toEqual(failure('objects.failed'));
  });

  it('reads an object again when asked', async () => {
    await put(key);
    await subject.open().verify(key, sha256, never);
    await expect(subject.open().verify(key, sha256Of('other'), never)).rejects.toMatchObject({
      code: expect.stringMatching(/\.(object_)?altered$/),
      details: { key, found: sha256, expected: sha256Of('other') },
    });
  });

  it.each(['', '../x', 'a/../b', '/etc/passwd', 'a//b', 'a/.hidden', 'a\nb', 'a\\b', 'a/', 'C:/x'])(
    'refuses the key %j',
    async (bad) => {
      await expect(put(bad)).rejects.toEqual(failure('objects.bad_key'));
      await expect(subject.open().head(bad)).rejects.toEqual(failure('objects.bad_key'));
    },
  );

  it('lists by prefix, in order', async () => {
    expect(await keys('')).toEqual([]);
    const all = [
      'canonical/s/2024-02/x.parquet',
      canonicalKey('s', '2024-03', sha256),
      'raw/s/1',
      'raw/sx/2',
    ];
    for (const one of all) await put(one);
    expect(await keys('')).toEqual(all);
    expect(await keys('canonical/s/2024-03')).toEqual([all[1]]);
    expect(await keys('raw/s/')).toEqual(['raw/s/1']);
    expect(await keys('reports/')).toEqual([]);
  });
}
