import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import type {
  ChunkCluster,
  ChunkLoad,
  ClusterAttempt,
  ClusterChunk,
  ClusterPublication,
  ClusterTask,
  ImportTotals,
  IngestWriter,
  Leases,
  PartStore,
} from './ports.ts';

/** What a killed process would leave: the call at which it died was made, and nothing after it. */
export class Killed extends Error {}

interface FakeTask {
  readonly load: ChunkLoad;
  state: 'running' | 'succeeded' | 'failed';
}

/**
 * A cluster, its object store and what the registry remembers of it, in memory, for the crash points that a real one
 * cannot be stopped at. A task is done at the second question about it.
 */
export class FakeClusterWorld {
  readonly objects = new Map<string, readonly ImportTotals[]>();
  readonly tasks = new Map<string, FakeTask>();
  readonly served = new Map<string, { version: string; rows: readonly ImportTotals[] }>();
  readonly chunks = new Map<string, ClusterChunk>();
  readonly attempts: ClusterAttempt[] = [];
  readonly leaseHolders = new Map<string, object>();
  dataVersion = 0;
  calls = 0;
  /** The call at which the process dies; it stays dead until {@link FakeClusterWorld.restart}. */
  killAtCall = Infinity;
  /** Lets a test change what a task brings. */
  onFinish: (rows: readonly ImportTotals[]) => readonly ImportTotals[] = (rows) => rows;
  /** Something that happens while a task runs. */
  whileRunning: () => void = () => undefined;
  foreign: string | null = null;

  /** Counts a call twice: the process can die right before it, and right after it did its work. */
  async #step<T>(work: () => T | Promise<T>): Promise<T> {
    this.calls += 1;
    if (this.calls >= this.killAtCall) throw new Killed();
    const result = await work();
    this.calls += 1;
    if (this.calls >= this.killAtCall) throw new Killed();
    return result;
  }

  restart(): void {
    this.killAtCall = Infinity;
    this.leaseHolders.clear();
  }

  readonly partStore: PartStore = {
    putFile: (key, path) =>
      this.#step(async () => {
        this.objects.set(key, JSON.parse(await readFile(path, 'utf8')) as ImportTotals[]);
      }),
    verify: (key) =>
      this.#step(() => {
        if (!this.objects.has(key)) throw new AppError('objects.missing', 'notFound', { key });
      }),
  };

  writer(measure: (path: string) => readonly ImportTotals[]): IngestWriter {
    return {
      write: ({ path, folder }) =>
        this.#step(async () => {
          const rows = measure(path);
          const part = join(folder, 'part');
          await writeFile(part, JSON.stringify(rows));
          const count = rows.reduce((sum, item) => sum + item.rows, 0);
          return [{ path: part, sha256: path.padEnd(64, '0').slice(-64), sizeBytes: 1, rows: count }];
        }),
    };
  }

  readonly cluster: ChunkCluster = {
    taskId: ({ chunk, generation, attempt }) => `load-${chunk}-${generation}-${attempt}`,
    submit: (load) =>
      this.#step(() => {
        const id = this.cluster.taskId(load);
        if (!this.tasks.has(id)) this.tasks.set(id, { load, state: 'running' });
      }),
    task: (taskId) => this.#step(() => this.#look(taskId)),
    stopTasks: (chunk, keep) =>
      this.#step(() => {
        for (const [id, task] of this.tasks)
          if (task.load.chunk === chunk && id !== keep && task.state === 'running') task.state = 'failed';
      }),
    slots: () => Promise.resolve({ capacity: 2, used: 0 }),
    newestVersion: (chunk) => this.#step(() => this.served.get(chunk)?.version ?? null),
    served: (chunk, after) =>
      this.#step(() => {
        const version = this.served.get(chunk)?.version;
        if (version !== undefined && (after === null || version > after)) return version;
        throw new AppError('druid.not_served', 'timeout', { chunk, seconds: 0 });
      }),
    empty: (chunk) => this.#step(() => void this.served.delete(chunk)),
    measure: (chunk) => this.#step(() => this.served.get(chunk)?.rows ?? []),
    refuseForeignRows: () =>
      this.foreign === null
        ? Promise.resolve()
        : Promise.reject(new AppError('druid.foreign_rows', 'conflict', { datasource: this.foreign })),
  };

  readonly publication: ClusterPublication = {
    chunks: () => Promise.resolve([...this.chunks.values()]),
    dataVersion: () => Promise.resolve(this.dataVersion),
    adopt: (_, chunk) =>
      this.#step(() => {
        this.chunks.set(chunk.chunk, chunk);
        this.dataVersion += 1;
        return true;
      }),
    attempts: (_, chunk, generation) =>
      Promise.resolve(this.attempts.filter((item) => item.chunk === chunk && item.generation === generation)),
    recordAttempt: (_, attempt) =>
      this.#step(() => {
        const at = this.attempts.findIndex(({ taskId }) => taskId === attempt.taskId);
        if (at < 0) this.attempts.push(attempt);
        else this.attempts[at] = attempt;
      }),
  };

  readonly leases: Leases = {
    acquire: (name) => {
      if (this.leaseHolders.has(name)) return Promise.resolve(null);
      const holder = {};
      this.leaseHolders.set(name, holder);
      const mine = () => this.leaseHolders.get(name) === holder;
      return Promise.resolve({
        name,
        renew: () => Promise.resolve(mine()),
        release: () => {
          if (mine()) this.leaseHolders.delete(name);
          return Promise.resolve();
        },
      });
    },
    holder: (name) => Promise.resolve(this.leaseHolders.has(name) ? 'somebody' : null),
  };

  #look(taskId: string): ClusterTask {
    const task = this.tasks.get(taskId);
    if (!task) return { state: 'unknown' };
    if (task.state === 'failed')
      return { state: 'failed', error: new AppError('druid.task_stopped', 'unavailable', { taskId }) };
    const read = task.load.inputs.flatMap(({ key }) => this.objects.get(key) ?? []);
    const brought = this.onFinish(read);
    if (task.state === 'running') {
      this.whileRunning();
      task.state = 'succeeded';
      const version = String(Number(this.served.get(task.load.chunk)?.version ?? 1000) + 1);
      this.served.set(task.load.chunk, { version, rows: brought });
      return { state: 'running', rows: null };
    }
    return {
      state: 'succeeded',
      counts: { processed: brought.reduce((sum, item) => sum + item.rows, 0), lost: 0 },
    };
  }
}
