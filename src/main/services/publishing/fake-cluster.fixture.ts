import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import type {
  ChunkCluster,
  ChunkLoad,
  ClusterAttempt,
  ClusterChunk,
  ClusterPublication,
  ClusterSlots,
  ClusterTask,
  ImportTotals,
  IngestObjects,
  IngestWriter,
  Lease,
  Leases,
} from './ports.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Ingest parts of tests hold what the ledger needs of the rows, instead of the rows. */
export class FakeParts implements IngestWriter, IngestObjects {
  /** Rows and sums by derived file, as the builder of the test wrote it. */
  readonly measures = new Map<string, readonly ImportTotals[]>();
  readonly objects = new Map<string, string>();

  measure = (path: string) => Promise.resolve(this.measures.get(path) ?? []);

  async write({ path, folder }: { path: string; folder: string }) {
    const text = JSON.stringify(this.measures.get(path));
    const part = join(folder, 'part-1');
    await writeFile(part, text);
    const rows = (this.measures.get(path) ?? []).reduce((sum, item) => sum + item.rows, 0);
    return [{ path: part, sha256: sha256(text), sizeBytes: text.length, rows }];
  }

  async putFile(key: string, path: string): Promise<void> {
    this.objects.set(key, await readFile(path, 'utf8'));
  }

  async verify(key: string, expected: string): Promise<void> {
    const text = this.objects.get(key);
    if (text === undefined) throw new AppError('objects.missing', 'notFound', { key });
    const found = sha256(text);
    if (found !== expected) throw new AppError('objects.altered', 'conflict', { key, found, expected });
  }
}

type TaskEnd = Extract<ClusterTask, { state: 'succeeded' | 'failed' }>;

/** A cluster in memory: a task ends when it is looked at and a slot is free, and its version is served at once. */
export class FakeCluster implements ChunkCluster {
  readonly tasks = new Map<string, { load: ChunkLoad; end: TaskEnd | null }>();
  readonly served_ = new Map<string, { version: string; byImport: readonly ImportTotals[] }>();
  readonly events: string[] = [];
  capacity = 4;
  usedByOthers = 0;
  foreign = false;
  lostWorkerOf: (taskId: string) => boolean = () => false;
  /** Called before each request; what it throws is what the request throws. */
  onRequest: (name: string, subject: string) => void | Promise<void> = () => undefined;
  /** How the next tasks end; null lets them succeed. */
  onTask: (load: ChunkLoad) => TaskEnd | null = () => null;
  readonly #parts: FakeParts;
  #version = 0;

  constructor(parts: FakeParts) {
    this.#parts = parts;
  }

  taskId = ({ chunk, generation, attempt, inputs }: ChunkLoad) =>
    `${chunk}_g${generation}_a${attempt}_${sha256(JSON.stringify(inputs)).slice(0, 6)}`;

  async submit(load: ChunkLoad): Promise<void> {
    const id = this.taskId(load);
    await this.onRequest('submit', id);
    if (!this.tasks.has(id)) this.tasks.set(id, { load, end: null });
    await this.onRequest('submitted', id);
  }

  async task(taskId: string): Promise<ClusterTask> {
    await this.onRequest('task', taskId);
    const task = this.tasks.get(taskId);
    if (!task) return { state: 'unknown' };
    if (!task.end && this.capacity - this.usedByOthers <= 0) return { state: 'waiting', for: 'slot' };
    if (!task.end && this.lostWorkerOf(taskId)) return { state: 'waiting', for: 'worker' };
    return task.end ?? this.run(taskId);
  }

  /** What the cluster does by itself, also while nobody looks. */
  run(taskId: string): TaskEnd {
    const task = this.tasks.get(taskId);
    if (!task) throw new Error(`no task ${taskId}`);
    task.end = this.onTask(task.load);
    if (!task.end) {
      const byImport: ImportTotals[] = task.load.inputs.flatMap(({ key }) =>
        JSON.parse(this.#parts.objects.get(key) ?? 'null'),
      );
      this.#version += 1;
      this.served_.set(task.load.chunk, { version: `v${String(this.#version).padStart(5, '0')}`, byImport });
      const processed = byImport.reduce((sum, { rows }) => sum + rows, 0);
      task.end = { state: 'succeeded', counts: { processed, lost: 0 } };
      this.events.push(`ran ${taskId.replace(/_[^_]*$/, '')}`);
    }
    return task.end;
  }

  stopTasks(chunk: string, keep: string | null): Promise<void> {
    for (const [id, task] of this.tasks) {
      if (task.load.chunk !== chunk || id === keep || task.end) continue;
      const error = new AppError('druid.task_stopped', 'unavailable', { taskId: id, answer: '' });
      task.end = { state: 'failed', error };
      this.events.push(`stopped ${id.replace(/_[^_]*$/, '')}`);
    }
    return Promise.resolve();
  }

  slots(): Promise<ClusterSlots> {
    const own = [...this.tasks.values()].filter(({ end }) => end === null).length;
    const used = Math.min(this.capacity, this.usedByOthers + own);
    return Promise.resolve({ capacity: this.capacity, used });
  }

  newestVersion = (chunk: string) => Promise.resolve(this.served_.get(chunk)?.version ?? null);

  async served(chunk: string, after: string | null): Promise<string> {
    await this.onRequest('served', chunk);
    const version = this.served_.get(chunk)?.version;
    if (version === undefined || (after !== null && version <= after))
      throw new AppError('druid.not_served', 'timeout', { chunk, seconds: 0 });
    return version;
  }

  empty(chunk: string): Promise<void> {
    this.served_.delete(chunk);
    this.events.push(`emptied ${chunk}`);
    return Promise.resolve();
  }

  measure = (chunk: string) => Promise.resolve(this.served_.get(chunk)?.byImport ?? []);

  async refuseForeignRows(): Promise<void> {
    if (this.foreign) throw new AppError('druid.foreign_rows', 'conflict', { datasource: '', problem: '' });
    return Promise.resolve();
  }
}

/** What the registry remembers of a cluster, in memory. */
export class FakeClusterPublication implements ClusterPublication {
  readonly adopted = new Map<string, ClusterChunk>();
  readonly attemptsByKey = new Map<string, ClusterAttempt>();
  version = 0;
  /** Called before each write; what it throws is what the write throws. */
  onWrite: (what: string) => void = () => undefined;

  chunks = () => Promise.resolve([...this.adopted.values()]);
  dataVersion = () => Promise.resolve(this.version);
  async adopt(_datasource: string, chunk: ClusterChunk): Promise<boolean> {
    this.onWrite('adopt');
    const known = await Promise.resolve(this.adopted.get(chunk.chunk));
    if (known && known.generation > chunk.generation) return false;
    this.adopted.set(chunk.chunk, chunk);
    this.version += 1;
    return true;
  }
  attempts = (_datasource: string, chunk: string, generation: number) =>
    Promise.resolve(
      [...this.attemptsByKey.values()].filter(
        (attempt) => attempt.chunk === chunk && attempt.generation === generation,
      ),
    );
  async recordAttempt(_datasource: string, attempt: ClusterAttempt): Promise<void> {
    this.onWrite(`before ${attempt.state}`);
    this.attemptsByKey.set(`${attempt.chunk} ${attempt.generation} ${attempt.attempt}`, attempt);
    await Promise.resolve();
    this.onWrite(attempt.state);
  }
}

/** Leases in memory, without time: a test takes them away. */
export class FakeLeases implements Leases {
  readonly held = new Map<string, string>();
  #count = 0;

  acquire(name: string): Promise<Lease | null> {
    if (this.held.has(name)) return Promise.resolve(null);
    this.#count += 1;
    const token = `me ${this.#count}`;
    this.held.set(name, token);
    const isMine = () => this.held.get(name) === token;
    return Promise.resolve({
      name,
      renew: () => Promise.resolve(isMine()),
      release: () => {
        if (isMine()) this.held.delete(name);
        return Promise.resolve();
      },
    });
  }
  holder = (name: string) => Promise.resolve(this.held.get(name) ?? null);
}
