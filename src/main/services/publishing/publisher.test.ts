import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerTotals } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import { InMemoryPublishing } from './in-memory-publishing.fixture.ts';
import { footprintRow } from './log.fixture.ts';
import { createPublisher, type Publisher } from './publisher.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const row = (branch: string, day: string, cents: number) =>
  footprintRow({ branch, day, rows: 1, cents, cost: null });

describe('the publisher', () => {
  let folder: string;
  let store: InMemoryPublishing;
  let publisher: Publisher;
  const open = () => {
    const unused = () => Promise.reject(new Error('not used by the publisher'));
    return createPublisher({
      dataset: 'sales_analytics',
      registry: store,
      publication: store,
      builder: {
        build: (parts, path) => store.build(parts, path),
        footprint: unused,
        measure: unused,
        equalRows: unused,
      },
      canonicalPath: (importId, chunk) => Promise.resolve(`${importId}/${chunk}`),
      folder,
      log,
    });
  };
  const files = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => name.includes('.')).sort();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mauzo-publisher-'));
    store = new InMemoryPublishing();
    publisher = open();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('publishes every dirty month together, and drops a month that has no rows any more', async () => {
    await publisher.start();
    store.activate('one', [row('A', '2024-01-01', 100), row('A', '2024-02-01', 200)]);
    publisher.markDirty();
    expect(publisher.isPublishing()).toBe(true);
    await publisher.publish();
    expect(publisher.isPublishing()).toBe(false);
    expect(publisher.current()).toMatchObject({ dataVersion: 1, chunks: [{ rows: 1 }, { rows: 1 }] });
    store.undo('one');
    publisher.markDirty();
    await publisher.publish();
    expect(publisher.current()).toEqual({ dataVersion: 2, chunks: [] });
    expect(await files()).toEqual([]);
  });

  it.each([
    ['removed', (path: string) => rm(path)],
    ['emptied', (path: string) => writeFile(path, '')],
  ])('builds a month anew whose file was %s, and no other', async (_, damage) => {
    store.activate('one', [row('A', '2024-01-01', 100), row('A', '2024-02-01', 200)]);
    await publisher.publish();
    const before = publisher.current();
    const january = before.chunks.find(({ chunk }) => chunk === '2024-01')?.path ?? '';
    await damage(january);
    publisher = open();
    expect(await publisher.start()).toBe(true);
    expect(publisher.isPublishing()).toBe(true);
    await publisher.publish();
    expect(publisher.isPublishing()).toBe(false);
    expect(publisher.current().chunks).toEqual(before.chunks);
    expect(store.builds.slice(2)).toEqual([january]);
    expect((await readFile(january, 'utf8')).length).toBeGreaterThan(0);
    expect(await open().start()).toBe(false);
  });

  it('never adopts a generation that is not the desired one any more', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    store.onBuild = (built) => {
      // Another import joins the month while the first is being built.
      store.onBuild = (next) => next;
      store.activate('two', [row('B', '2024-01-01', 250)]);
      return built;
    };
    await publisher.publish();
    expect(store.builds).toHaveLength(2);
    expect(publisher.current()).toMatchObject({ dataVersion: 1, chunks: [{ generation: 2, rows: 2 }] });
    expect(await files()).toHaveLength(1);
  });

  it('builds everything anew for another registry, and serves nothing of the one before', async () => {
    store.activate('one', [row('A', '2024-01-01', 100), row('A', '2024-02-01', 200)]);
    await publisher.publish();
    const before = publisher.current();
    // The same import at the same generation, of another registry: here only January.
    store.id = 'another';
    store.entries = [];
    store.desired.clear();
    store.activate('one', [row('A', '2024-01-01', 100)]);
    publisher = open();
    expect(await publisher.start()).toBe(true);
    expect(publisher.current()).toEqual(before);
    expect(publisher.isPublishing()).toBe(true);
    await publisher.publish();
    expect(publisher.current()).toMatchObject({ dataVersion: 2, chunks: [{ chunk: '2024-01', rows: 1 }] });
    expect(publisher.current().chunks[0]?.path).not.toBe(before.chunks[0]?.path);
    expect(publisher.isPublishing()).toBe(false);
    expect(await open().start()).toBe(false);
  });

  it('serves nothing when the other registry is empty', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    store.id = 'another';
    store.entries = [];
    store.desired.clear();
    await publisher.publish();
    expect(publisher.current()).toEqual({ dataVersion: 2, chunks: [] });
    expect(await open().start()).toBe(false);
  });

  it('says that figures are behind while it builds what another installation changed', async () => {
    await publisher.start();
    store.activate('one', [row('A', '2024-01-01', 100)]);
    const said: boolean[] = [];
    publisher.onChange(() => said.push(publisher.isPublishing()));
    await publisher.publish();
    expect(said).toEqual([true, false]);
  });

  it('settles on one state of the log, also when somebody else changes it in between', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    const log = store.log;
    store.log = () => {
      const entries = store.entries;
      // Right after the log was read, another installation counts another file.
      store.log = log;
      store.activate('two', [row('B', '2024-01-01', 250)]);
      return Promise.resolve(entries);
    };
    await publisher.whenSettled(async ({ manifest, resolved }) => {
      expect(manifest.chunks).toMatchObject([{ rows: 2 }]);
      expect(resolved.all.rows).toBe(2);
      return Promise.resolve();
    });
  });

  it('starts while the registry cannot be asked, with the figures of before and a word about it', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    const id = store.registryId;
    store.registryId = () => Promise.reject(new AppError('postgres.refused', 'unavailable'));
    publisher = open();
    expect(await publisher.start()).toBe(true);
    expect(publisher.current().chunks).toHaveLength(1);
    expect(publisher.isPublishing()).toBe(true);
    await expect(publisher.publish()).rejects.toThrow('postgres.refused');
    store.registryId = id;
    await publisher.publish();
    expect(publisher.isPublishing()).toBe(false);
    store.registryId = () => Promise.reject(new AppError('store.corrupt', 'unavailable'));
    await expect(open().start()).rejects.toThrow('store.corrupt');
  });

  it.each<[string, { rows?: number; totals?: Partial<LedgerTotals> }]>([
    ['a row less', { rows: 0 }],
    ['a ten-thousandth more', { totals: { grossRevenue: '1.0001' } }],
    ['0 for unknown', { totals: { totalCost: '0' } }],
  ])('adopts nothing when a month comes out with %s', async (_, change) => {
    store.activate('one', [row('A', '2024-01-01', 100), row('A', '2024-02-01', 100)]);
    publisher.markDirty();
    store.onBuild = (built) => ({
      ...built,
      byImport: built.byImport.map((part) => ({
        ...part,
        ...change,
        totals: { ...part.totals, ...change.totals },
      })),
    });
    await expect(publisher.publish()).rejects.toThrow('publishing.chunk_differs');
    expect(publisher.current()).toEqual({ dataVersion: 0, chunks: [] });
    expect(publisher.isPublishing()).toBe(true);
    store.onBuild = (built) => built;
    await publisher.publish();
    expect(publisher.current().chunks).toHaveLength(2);
    expect(publisher.isPublishing()).toBe(false);
  });

  it('keeps the files of a query in flight until it is done with them', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    const release = publisher.retain(publisher.current());
    store.activate('two', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    expect(await files()).toHaveLength(2);
    release();
    await publisher.exclusive(() => Promise.resolve());
    expect(await files()).toHaveLength(1);
  });

  it('takes up after a crash: sweeps what was half built and says that something waits', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    store.activate('two', [row('A', '2024-03-01', 100)]);
    await mkdir(join(folder, '2024-03'));
    await writeFile(join(folder, '2024-03', '1-half.parquet.77-1.tmp'), 'half');
    const next = open();
    expect(await next.start()).toBe(true);
    expect(await files()).toHaveLength(1);
    expect(next.current().chunks).toHaveLength(1);
    expect(next.isPublishing()).toBe(true);
    await next.publish();
    expect(next.current().chunks.map((chunk) => chunk.chunk)).toEqual(['2024-01', '2024-03']);
    expect(await open().start()).toBe(false);
  });

  it('finds its files again when the data folder was moved', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    await publisher.publish();
    const moved = join(folder, 'moved');
    const [before] = publisher.current().chunks;
    folder = moved;
    const next = open();
    await next.start();
    expect(next.current().chunks[0]?.path.startsWith(moved)).toBe(true);
    expect(before?.path.startsWith(moved)).toBe(false);
    folder = join(moved, '..');
  });
});
