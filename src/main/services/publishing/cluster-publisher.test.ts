import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClusterPublisher, type ClusterPublisher } from './cluster-publisher.ts';
import { FakeClusterWorld, Killed } from './fake-cluster.fixture.ts';
import { InMemoryPublishing } from './in-memory-publishing.fixture.ts';
import { footprintRow } from './log.fixture.ts';
import type { ImportTotals } from './ports.ts';
import { createPublisher } from './publisher.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const row = (branch: string, day: string, cents: number) =>
  footprintRow({ branch, day, rows: 1, cents, cost: null });
const NEVER = new AbortController().signal;
const JANUARY = '2024-01';
const FEBRUARY = '2024-02';

describe('the publisher of a cluster', () => {
  let folder: string;
  let store: InMemoryPublishing;
  let world: FakeClusterWorld;
  let measured: Map<string, readonly ImportTotals[]>;

  /** As after a start of the program: everything that is not stored is new. */
  async function open(): Promise<ClusterPublisher> {
    const unused = () => Promise.reject(new Error('not used by the publisher'));
    const measure = (path: string) => measured.get(path) ?? [];
    const local = createPublisher({
      dataset: 'sales_analytics',
      registry: store,
      publication: store,
      builder: {
        build: async (parts, path) => {
          const built = await store.build(parts, path);
          if (built.path !== null) measured.set(built.path, built.byImport);
          return built;
        },
        footprint: unused,
        measure: unused,
        equalRows: unused,
      },
      canonicalPath: (importId, chunk) => Promise.resolve(`${importId}/${chunk}`),
      folder: join(folder, 'derived'),
      log,
    });
    await local.start();
    const publisher = createClusterPublisher({
      dataset: 'sales_analytics',
      datasource: 'sales',
      registry: store,
      local,
      builder: { measure: (path) => Promise.resolve(measure(path)) },
      cluster: world.cluster,
      publication: world.publication,
      leases: world.leases,
      objects: world.partStore,
      writer: world.writer(measure),
      tempFolder: join(folder, 'tmp'),
      maxTasks: null,
      now: () => new Date(0),
      log,
      pollMs: 1,
    });
    await publisher.start();
    return publisher;
  }

  const amounts = (chunk: string) =>
    (world.served.get(chunk)?.rows ?? []).map(({ importId, totals }) => `${importId} ${totals.grossRevenue}`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mauzo-cluster-'));
    store = new InMemoryPublishing();
    world = new FakeClusterWorld();
    measured = new Map();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('publishes every dirty month once, replaces corrected ones and empties those without rows', async () => {
    const publisher = await open();
    store.activate('one', [row('A', '2024-01-01', 100), row('A', '2024-02-01', 200)]);
    await publisher.publish(NEVER);
    expect([amounts(JANUARY), amounts(FEBRUARY)]).toEqual([['one 1'], ['one 2']]);
    expect(publisher.current()).toMatchObject({ dataVersion: 2, chunks: [{ rows: 1 }, { rows: 1 }] });
    expect(publisher.isPublishing()).toBe(false);
    await publisher.publish(NEVER);
    expect(world.tasks.size).toBe(2);

    store.activate('two', [row('B', '2024-02-05', 500)]);
    await publisher.publish(NEVER);
    expect([...amounts(FEBRUARY)].sort()).toEqual(['one 2', 'two 5']);
    expect(world.tasks.size).toBe(3);

    store.undo('one');
    await publisher.publish(NEVER);
    expect(world.served.has(JANUARY)).toBe(false);
    expect(amounts(FEBRUARY)).toEqual(['two 5']);
    expect(publisher.current().chunks.map(({ chunk }) => chunk)).toEqual([FEBRUARY]);
    expect([...world.tasks.values()].every(({ load }) => load.inputs.length > 0)).toBe(true);
  });

  it('ends in the same state wherever it is killed on the way', async () => {
    store.activate('zero', [row('A', '2024-01-01', 900)]);
    await (await open()).publish(NEVER);
    const base = world.calls;
    store.activate('one', [row('A', '2024-01-02', 100), row('A', '2024-02-01', 200)]);
    store.undo('zero');
    await (await open()).publish(NEVER);
    const steps = world.calls - base;
    expect(steps).toBeGreaterThan(40);
    for (let at = 1; at <= steps; at += 1) {
      store = new InMemoryPublishing();
      world = new FakeClusterWorld();
      measured = new Map();
      await rm(join(folder, 'derived'), { recursive: true, force: true });
      store.activate('zero', [row('A', '2024-01-01', 900)]);
      await (await open()).publish(NEVER);
      store.activate('one', [row('A', '2024-01-02', 100), row('A', '2024-02-01', 200)]);
      store.undo('zero');
      world.killAtCall = base + at;
      await (await open()).publish(NEVER).then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        },
      );
      world.restart();
      await (await open()).publish(NEVER);
      expect([at, amounts(JANUARY), amounts(FEBRUARY)]).toEqual([at, ['one 1'], ['one 2']]);
      expect([...world.chunks.values()].map(({ generation }) => generation)).toEqual([
        store.desired.get(JANUARY),
        store.desired.get(FEBRUARY),
      ]);
      // A task that came through is never given a second one for the same generation.
      const months = [...world.tasks.values()].filter(({ state }) => state === 'succeeded');
      expect([at, months.length]).toEqual([at, 3]);
    }
  });

  it('takes a finished task whose history is gone for what its rows say', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    const publication = world.publication.adopt;
    Object.assign(world.publication, { adopt: () => Promise.reject(new Killed()) });
    await expect((await open()).publish(NEVER)).rejects.toThrow(Killed);
    Object.assign(world.publication, { adopt: publication });
    world.restart();
    world.tasks.clear();
    await (await open()).publish(NEVER);
    expect(world.tasks.size).toBe(0);
    expect(world.chunks.get(JANUARY)).toMatchObject({ generation: 1, rows: 1 });
  });

  it('never adopts a generation that the log has left behind', async () => {
    const publisher = await open();
    store.activate('one', [row('A', '2024-01-01', 100)]);
    world.whileRunning = () => {
      world.whileRunning = () => undefined;
      store.activate('two', [row('B', '2024-01-02', 300)]);
    };
    const adopted: number[] = [];
    publisher.onChange(() => adopted.push(world.chunks.get(JANUARY)?.generation ?? 0));
    await publisher.publish(NEVER);
    expect(world.chunks.get(JANUARY)).toMatchObject({ generation: 2, rows: 2 });
    expect(adopted).not.toContain(1);
  });

  it.each([
    ['a task that read other rows', (rows: readonly ImportTotals[]) => rows.slice(1), 'druid.rows_lost'],
    [
      'a sum that differs in the last digit',
      (rows: readonly ImportTotals[]) =>
        rows.map((item) => ({ ...item, totals: { ...item.totals, grossRevenue: '0.9999' } })),
      'druid.ledger_differs',
    ],
  ])('adopts nothing of %s', async (_, change, code) => {
    const publisher = await open();
    store.activate('one', [row('A', '2024-01-01', 100)]);
    world.onFinish = change;
    await expect(publisher.publish(NEVER)).rejects.toMatchObject({ code });
    expect(world.chunks.size).toBe(0);
    expect(publisher.isPublishing()).toBe(true);
    world.onFinish = (rows) => rows;
    await publisher.publish(NEVER);
    expect(world.chunks.get(JANUARY)).toMatchObject({ rows: 1 });
  });

  it('writes nothing to a datasource that holds rows of others', async () => {
    const publisher = await open();
    store.activate('one', [row('A', '2024-01-01', 100)]);
    world.foreign = 'sales';
    await expect(publisher.publish(NEVER)).rejects.toMatchObject({ code: 'druid.foreign_rows' });
    expect([world.tasks.size, world.objects.size]).toEqual([0, 0]);
  });

  it('lets one of two installations work on a month and the other find it done', async () => {
    store.activate('one', [row('A', '2024-01-01', 100)]);
    const [left, right] = [await open(), await open()];
    const waiting: string[] = [];
    for (const publisher of [left, right]) publisher.onProgress(({ stage }) => waiting.push(stage));
    await Promise.all([left.publish(NEVER), right.publish(NEVER)]);
    expect(world.tasks.size).toBe(1);
    expect(waiting).toContain('waiting-for-others');
    expect([left.current().dataVersion, right.current().dataVersion]).toEqual([1, 1]);
  });
});
