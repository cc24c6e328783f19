import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import type { ClusterProgress } from './cluster-progress.ts';
import { createClusterPublisher, type ClusterPublisher } from './cluster-publisher.ts';
import { FakeCluster, FakeClusterPublication, FakeLeases, FakeParts } from './fake-cluster.fixture.ts';
import { InMemoryPublishing } from './in-memory-publishing.fixture.ts';
import { footprintRow } from './log.fixture.ts';
import type { ChunkLoad } from './ports.ts';
import { createPublisher } from './publisher.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const row = (day: string, cents: number) => footprintRow({ branch: 'A', day, rows: 1, cents, cost: null });
const never = new AbortController().signal;
const unused = () => Promise.reject(new Error('not used by the publisher'));
const failed = (code: string, retryable: boolean) => () => ({
  state: 'failed' as const,
  error: new AppError(code, 'unavailable', { taskId: 't', answer: 'a' }, { retryable }),
});

describe('the cluster publisher', () => {
  let folder: string;
  let store: InMemoryPublishing;
  let parts: FakeParts;
  let cluster: FakeCluster;
  let publication: FakeClusterPublication;
  let leases: FakeLeases;
  let progress: ClusterProgress[];
  let publisher: ClusterPublisher;

  /** Another run of the app over the same stores and the same cluster. */
  async function open(
    changes: { slotMs?: number; leaseTtlMs?: number; maxTasks?: number } = {},
  ): Promise<void> {
    const local = createPublisher({
      dataset: 'sales_analytics',
      registry: store,
      publication: store,
      builder: {
        build: (list, path) => store.build(list, path),
        footprint: unused,
        measure: unused,
        equalRows: unused,
      },
      canonicalPath: (importId, chunk) => Promise.resolve(`${importId}/${chunk}`),
      folder: join(folder, 'derived'),
      log,
    });
    await local.start();
    publisher = createClusterPublisher({
      dataset: 'sales_analytics',
      datasource: 'sales',
      registry: store,
      local,
      measure: parts.measure,
      cluster,
      publication,
      leases,
      objects: parts,
      writer: parts,
      folder: join(folder, 'ingest'),
      maxTasks: changes.maxTasks ?? null,
      leaseTtlMs: changes.leaseTtlMs ?? 60_000,
      heldPollMs: 1,
      patience: {
        pollMs: 1,
        slotMs: changes.slotMs ?? 60_000,
        noticeMs: 20,
        workerMs: 60,
        outageMs: 60_000,
        ledgerMs: 20,
        retryMs: 1,
      },
      log,
      now: () => new Date(0),
    });
    publisher.onProgress((item) => progress.push(item));
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mauzo-cluster-'));
    store = new InMemoryPublishing();
    parts = new FakeParts();
    store.onBuild = (built) => {
      if (built.path !== null) parts.measures.set(built.path, built.byImport);
      return built;
    };
    cluster = new FakeCluster(parts);
    publication = new FakeClusterPublication();
    leases = new FakeLeases();
    progress = [];
    await open();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const serves = (chunk: string) => cluster.served_.get(chunk)?.byImport.map(({ importId }) => importId);
  const generationOf = (chunk: string) => publication.adopted.get(chunk)?.generation;

  it('is publishing until it has read what the cluster has: nothing read is not nothing there', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    await publisher.start();
    await publisher.publish(never);
    await open();
    expect([publisher.isPublishing(), publisher.current().chunks]).toEqual([true, []]);
    const told: (readonly [boolean, number])[] = [];
    publisher.onChange(() => told.push([publisher.isPublishing(), publisher.current().chunks.length]));
    expect(await publisher.start()).toBe(false);
    expect(told.at(-1)).toEqual([false, 1]);
  });

  it('brings every month to its generation, through parts under keys of their own', async () => {
    store.activate('one', [row('2024-01-01', 100), row('2024-02-01', 200)]);
    expect(await publisher.start()).toBe(true);
    expect(publisher.isPublishing()).toBe(true);
    await publisher.publish(never);
    expect(publisher.isPublishing()).toBe(false);
    expect(cluster.events.toSorted()).toEqual(['ran 2024-01_g1_a1', 'ran 2024-02_g1_a1']);
    expect(publisher.current()).toEqual({
      dataVersion: 2,
      chunks: [
        { chunk: '2024-01', generation: 1, rows: 1, path: '' },
        { chunk: '2024-02', generation: 1, rows: 1, path: '' },
      ],
    });
    expect([...parts.objects.keys()].toSorted()).toEqual([
      expect.stringMatching(/^ingest\/sales_analytics\/2024-01\/1\/part-1-[0-9a-f]{16}\.ndjson\.gz$/),
      expect.stringMatching(/^ingest\/sales_analytics\/2024-02\/1\/part-1-[0-9a-f]{16}\.ndjson\.gz$/),
    ]);
    expect(await publisher.measure('2024-01', never)).toMatchObject([{ importId: 'one', rows: 1 }]);
    expect(await readdir(join(folder, 'ingest'))).toEqual([]);
    await publisher.publish(never);
    expect(cluster.events).toHaveLength(2);
    await open();
    expect(await publisher.start()).toBe(false);
    expect(publisher.current().dataVersion).toBe(2);
  });

  it('replaces a month by all of its rows, empties it without a load of nothing, and builds it again after an undo', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    await publisher.publish(never);
    store.activate('two', [row('2024-01-02', 200)]);
    await publisher.publish(never);
    expect(serves('2024-01')).toEqual(['one', 'two']);
    store.undo('one');
    store.undo('two');
    await publisher.publish(never);
    expect(cluster.events.at(-1)).toBe('emptied 2024-01');
    expect(publication.adopted.get('2024-01')).toMatchObject({ generation: 4, rows: 0, version: null });
    expect(publisher.current().chunks).toEqual([]);
    store.activate('three', [row('2024-01-03', 300)]);
    await publisher.publish(never);
    expect(serves('2024-01')).toEqual(['three']);
  });

  describe('after a crash', () => {
    const crashAt = (point: string) => (what: string) => {
      if (what === point) throw new Error('crash');
    };
    it.each<[point: string, arrange: () => void, events: string[]]>([
      [
        'before the attempt is recorded',
        () => (publication.onWrite = crashAt('before submitting')),
        ['ran 2024-01_g1_a1'],
      ],
      ['after it is recorded', () => (publication.onWrite = crashAt('submitting')), ['ran 2024-01_g1_a2']],
      [
        'after the submit, answer unseen',
        () => (cluster.onRequest = crashAt('submitted')),
        ['ran 2024-01_g1_a1'],
      ],
      ['while the task runs', () => (cluster.onRequest = crashAt('task')), ['ran 2024-01_g1_a1']],
      ['after the task', () => (cluster.onRequest = crashAt('served')), ['ran 2024-01_g1_a1']],
      [
        'after success is recorded',
        () => (publication.onWrite = crashAt('succeeded')),
        ['ran 2024-01_g1_a1'],
      ],
      ['before the adoption', () => (publication.onWrite = crashAt('adopt')), ['ran 2024-01_g1_a1']],
    ])('%s, the next run finishes and loads nothing twice', async (_, arrange, events) => {
      store.activate('one', [row('2024-01-01', 100)]);
      arrange();
      await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'app.bug' });
      expect(generationOf('2024-01')).toBeUndefined();
      publication.onWrite = () => undefined;
      cluster.onRequest = () => undefined;
      await open();
      expect(await publisher.start()).toBe(true);
      await publisher.publish(never);
      expect(cluster.events).toEqual(events);
      expect(serves('2024-01')).toEqual(['one']);
      expect(generationOf('2024-01')).toBe(1);
    });

    it('a task that the cluster has forgotten is judged by the rows', async () => {
      store.activate('one', [row('2024-01-01', 100)]);
      cluster.onRequest = crashAt('served');
      await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'app.bug' });
      cluster.onRequest = () => undefined;
      cluster.tasks.clear();
      await open();
      await publisher.publish(never);
      expect(cluster.events).toEqual(['ran 2024-01_g1_a1']);
      expect(generationOf('2024-01')).toBe(1);
    });

    it('a failure of the run before does not stand in the way of the next', async () => {
      store.activate('one', [row('2024-01-01', 100)]);
      cluster.onRequest = crashAt('task');
      await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'app.bug' });
      cluster.onRequest = () => undefined;
      cluster.onTask = ({ attempt }) => (attempt === 1 ? failed('druid.s3_wrong_secret', false)() : null);
      await open();
      await publisher.publish(never);
      expect(cluster.events).toEqual(['ran 2024-01_g1_a2']);
    });

    it('an old generation that still waits is ended before the new one begins', async () => {
      store.activate('one', [row('2024-01-01', 100)]);
      cluster.onRequest = crashAt('task');
      await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'app.bug' });
      cluster.onRequest = () => undefined;
      store.activate('two', [row('2024-01-02', 200)]);
      await open();
      await publisher.publish(never);
      expect(cluster.events).toEqual(['stopped 2024-01_g1_a1', 'ran 2024-01_g2_a1']);
      expect(serves('2024-01')).toEqual(['one', 'two']);
      store.undo('one');
      store.undo('two');
      cluster.onTask = failed('x.x', false);
      await publisher.publish(never);
      expect(serves('2024-01')).toBeUndefined();
    });
  });

  it('never empties a month of which the local engine knows nothing, though the log does', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    await publisher.publish(never);
    publication.adopted.clear();
    store.manifest = () => Promise.resolve({ dataVersion: 1, chunks: [] });
    await open();
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'app.bug' });
    expect(serves('2024-01')).toEqual(['one']);
  });

  it('never adopts a generation that is not wanted any more', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    const adopted: number[] = [];
    publication.onWrite = (what) => {
      if (what === 'succeeded' && store.entries.length === 1) store.activate('two', [row('2024-01-02', 200)]);
      if (what === 'adopt') adopted.push(store.desired.get('2024-01') ?? 0);
    };
    await publisher.publish(never);
    expect(cluster.events).toEqual(['ran 2024-01_g1_a1', 'ran 2024-01_g2_a1']);
    expect(adopted).toEqual([2]);
    expect(generationOf('2024-01')).toBe(2);
  });

  it('does not submit a generation that went out of date while its rows were stored', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    const putFile = parts.putFile.bind(parts);
    parts.putFile = async (key, path) => {
      await putFile(key, path);
      if (store.entries.length === 1) store.activate('two', [row('2024-01-02', 200)]);
    };
    await publisher.publish(never);
    expect(cluster.events).toEqual(['ran 2024-01_g2_a1']);
  });

  it('waits for a month that somebody else publishes, and says who does', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    leases.held.set('publish:sales:2024-01', 'Amina on till-7');
    publisher.onProgress(({ stage }) => {
      if (stage !== 'held') return;
      leases.held.clear();
      publication.adopted.set('2024-01', {
        chunk: '2024-01',
        generation: 1,
        rows: 1,
        version: 'v',
        publishedAt: '',
      });
      publication.version = 7;
    });
    await publisher.publish(never);
    expect(progress[0]).toMatchObject({ stage: 'held', holder: 'Amina on till-7' });
    expect(cluster.events).toEqual([]);
    expect(publisher.current().dataVersion).toBe(7);
  });

  it('stops when its lease is lost, and adopts nothing', async () => {
    await open({ leaseTtlMs: 6 });
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.usedByOthers = 4;
    publisher.onProgress(({ stage }) => {
      if (stage === 'waiting') leases.held.set('publish:sales:2024-01', 'somebody else');
    });
    await expect(publisher.publish(never)).rejects.toMatchObject({
      code: 'publishing.lease_lost',
      retryable: true,
    });
    expect(publication.adopted.size).toBe(0);
    expect(leases.held.get('publish:sales:2024-01')).toBe('somebody else');
  });

  it('a store that does not answer for a moment does not cost the lease', async () => {
    await open({ leaseTtlMs: 3_000 });
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.usedByOthers = 4;
    let renewals = 0;
    const acquire = leases.acquire.bind(leases);
    leases.acquire = async (name) => {
      const lease = await acquire(name);
      return (
        lease && {
          ...lease,
          renew: () => {
            renewals += 1;
            if (renewals > 1) cluster.usedByOthers = 0;
            return renewals === 1 ? Promise.reject(new Error('away')) : lease.renew();
          },
        }
      );
    };
    await publisher.publish(never);
    expect(renewals).toBe(2);
    expect(generationOf('2024-01')).toBe(1);
  });

  it('refuses a datasource with rows that are not ours before it writes anything', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.foreign = true;
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'druid.foreign_rows' });
    expect(publication.attemptsByKey.size + parts.objects.size + cluster.tasks.size).toBe(0);
  });

  it('refuses a datasource that is ahead of the registry', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    publication.adopted.set('2024-01', {
      chunk: '2024-01',
      generation: 9,
      rows: 1,
      version: 'v',
      publishedAt: '',
    });
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'publishing.cluster_ahead' });
  });

  it('tries again what may pass, with a new attempt each time', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.onTask = ({ attempt }) => (attempt < 3 ? failed('druid.worker_lost', true)() : null);
    await publisher.publish(never);
    expect(cluster.events).toEqual(['ran 2024-01_g1_a3']);
    expect([...publication.attemptsByKey.values()].map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'druid.worker_lost'],
      ['failed', 'druid.worker_lost'],
      ['succeeded', undefined],
    ]);
  });

  it('gives up after three tries, and at once where trying again cannot help; no further month is begun', async () => {
    cluster.capacity = 1;
    store.activate(
      'one',
      Array.from({ length: 12 }, (_, index) => row(`2024-${String(index + 1).padStart(2, '0')}-01`, 100)),
    );
    cluster.onTask = failed('druid.worker_lost', true);
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'druid.worker_lost' });
    expect(Math.max(...[...publication.attemptsByKey.values()].map(({ attempt }) => attempt))).toBe(3);
    cluster.onTask = failed('druid.s3_wrong_secret', false);
    const before = publication.attemptsByKey.size;
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'druid.s3_wrong_secret' });
    expect(publication.attemptsByKey.size - before).toBeLessThanOrEqual(3);
    expect(progress.at(-1)).toMatchObject({ stage: 'failed', notice: { code: 'druid.s3_wrong_secret' } });
    cluster.onTask = () => null;
    await publisher.publish(never);
    expect(publisher.current().chunks).toHaveLength(12);
  });

  it('a refused submit is recorded with its cause', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.onRequest = (name) => {
      if (name === 'submit')
        throw new AppError('druid.s3_extension_missing', 'conflict', { status: 400, answer: 'a' });
    };
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'druid.s3_extension_missing' });
    expect([...publication.attemptsByKey.values()]).toMatchObject([
      { state: 'failed', error: { code: 'druid.s3_extension_missing' } },
    ]);
  });

  it('a submit whose answer is lost is decided by what the cluster knows', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    let lost = 0;
    cluster.onRequest = (name) => {
      if (name !== 'submitted' || lost > 0) return;
      lost += 1;
      throw new AppError('druid.unreachable', 'unavailable', { url: '', reason: '' });
    };
    await publisher.publish(never);
    expect(cluster.events).toEqual(['ran 2024-01_g1_a1']);
  });

  it('a cluster that is away for a while costs nothing', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    let away = 0;
    cluster.onRequest = (name) => {
      if ((name === 'task' || name === 'served') && (away += 1) % 5 !== 0)
        throw new AppError('druid.unreachable', 'unavailable', { url: '', reason: '' });
    };
    await publisher.publish(never);
    expect(cluster.events).toEqual(['ran 2024-01_g1_a1']);
    expect(progress.some(({ notice }) => notice?.code === 'druid.unreachable')).toBe(true);
  });

  it('says that no slot is free, with the capacity, and stops a task that never gets one', async () => {
    await open({ slotMs: 100 });
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.usedByOthers = 4;
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'druid.no_free_slots' });
    expect(progress.find(({ notice }) => notice !== null)).toMatchObject({
      stage: 'waiting',
      notice: { code: 'druid.no_free_slots', details: { used: 4, capacity: 4 } },
    });
    expect(cluster.events).toEqual(['stopped 2024-01_g1_a1']);
    cluster.usedByOthers = 0;
    await publisher.publish(never);
    expect(generationOf('2024-01')).toBe(1);
  });

  it('a task whose worker is gone is stopped, and tried again', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.lostWorkerOf = (id) => id.includes('_a1_');
    await publisher.publish(never);
    expect(cluster.events).toEqual(['stopped 2024-01_g1_a1', 'ran 2024-01_g1_a2']);
    expect(progress.some(({ notice }) => notice?.code === 'druid.worker_lost')).toBe(true);
  });

  it.each([
    [{ processed: 0, lost: 0 }, 'druid.rows_lost'],
    [{ processed: 1, lost: 1 }, 'druid.rows_lost'],
  ])('success with the counts %j is none', async (counts, code) => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.onTask = () => ({ state: 'succeeded', counts });
    await expect(publisher.publish(never)).rejects.toMatchObject({ code });
    expect(publication.adopted.size).toBe(0);
  });

  it('figures that differ in the last digit are not adopted, also without a report of the task', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.onTask = ({ chunk }: ChunkLoad) => {
      const wrong = footprintRow({ branch: 'A', day: '2024-01-01', rows: 1, cents: 101, cost: null });
      cluster.served_.set(chunk, {
        version: 'v1',
        byImport: [{ importId: 'one', rows: 1, totals: wrong.totals }],
      });
      return { state: 'succeeded', counts: null };
    };
    await expect(publisher.publish(never)).rejects.toMatchObject({
      code: 'druid.ledger_differs',
      details: { check: 'grossRevenue', expected: '1', actual: '1.01', importId: 'one' },
    });
    expect(publication.adopted.size).toBe(0);
  });

  it('does not submit what is not in the store as it was put there', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    const putFile = parts.putFile.bind(parts);
    parts.putFile = async (key, path) => {
      await putFile(key, path);
      parts.objects.set(key, 'something else');
    };
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'objects.altered' });
    parts.putFile = () => Promise.resolve();
    parts.objects.clear();
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'objects.missing' });
    expect(cluster.tasks.size + publication.attemptsByKey.size).toBe(0);
  });

  it('runs as many tasks at a time as have a free slot, and no more than it may', async () => {
    const days = Array.from({ length: 9 }, (_, index) => row(`2024-0${index + 1}-01`, 100));
    store.activate('one', days);
    cluster.capacity = 5;
    cluster.usedByOthers = 3;
    let most = 0;
    const looks = new Map<string, number>();
    cluster.onRequest = (name, id) => {
      const running = [...cluster.tasks.values()].filter(({ end }) => end === null).length;
      most = Math.max(most, running);
      // A task is seen to run a few times before it ends.
      if (name !== 'task' || (looks.get(id) ?? 0) > 3) return;
      looks.set(id, (looks.get(id) ?? 0) + 1);
      throw new AppError('druid.unreachable', 'unavailable', { url: '', reason: '' });
    };
    await publisher.publish(never);
    expect(most).toBe(2);
    store.activate('two', days);
    cluster.usedByOthers = 0;
    most = 0;
    looks.clear();
    await open({ maxTasks: 3 });
    await publisher.publish(never);
    expect(most).toBe(3);
    expect(publisher.current().chunks).toHaveLength(9);
  });

  it('an abort ends it with app.cancelled, and the next call goes on', async () => {
    store.activate('one', [row('2024-01-01', 100)]);
    cluster.usedByOthers = 4;
    const stop = new AbortController();
    publisher.onProgress(({ stage }) => stage === 'waiting' && stop.abort());
    await expect(publisher.publish(stop.signal)).rejects.toMatchObject({ code: 'app.cancelled' });
    await expect(publisher.publish(stop.signal)).rejects.toMatchObject({ code: 'app.cancelled' });
    cluster.usedByOthers = 0;
    await publisher.publish(never);
    expect(cluster.events).toEqual(['ran 2024-01_g1_a1']);
    expect(leases.held.size).toBe(0);
  });

  it('tells listeners of each month that arrives, and of months that others published', async () => {
    const versions: number[] = [];
    publisher.onChange(() => versions.push(publisher.current().dataVersion));
    store.activate('one', [row('2024-01-01', 100), row('2024-02-01', 100)]);
    publisher.markDirty();
    await publisher.publish(never);
    expect(new Set(versions)).toEqual(new Set([0, 1, 2]));
    publication.version = 3;
    await publisher.refresh();
    expect(versions.at(-1)).toBe(3);
    // Also when nothing is left to publish here.
    publication.version = 4;
    await publisher.publish(never);
    expect(versions.at(-1)).toBe(4);
  });
});
