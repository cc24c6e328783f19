import { rm } from 'node:fs/promises';
import { AppError, toAppError } from '#shared/errors/app-error';
import {
  publishChunk,
  type ChunkOutcome,
  type ClusterChunkOptions,
  type DirtyChunk,
} from './cluster-chunk.ts';
import type { ClusterProgress } from './cluster-progress.ts';
import { LOAD_PATIENCE, type LoadPatience } from './load-attempt.ts';
import { Mutex, Semaphore } from './mutex.ts';
import { pause } from './pause.ts';
import type { ActivationLog, ImportTotals, Manifest, ManifestReader } from './ports.ts';
import type { Publisher } from './publisher.ts';
import { SlotGate } from './slot-gate.ts';

export interface ClusterPublisherOptions extends Omit<
  ClusterChunkOptions,
  'registry' | 'gate' | 'patience' | 'leaseTtlMs' | 'onProgress'
> {
  readonly registry: Pick<ActivationLog, 'log' | 'desiredGenerations' | 'registryId'>;
  /** Its derived files are what goes into the cluster. */
  readonly local: Pick<Publisher, 'whenSettled' | 'retain'>;
  /** At most this many tasks at a time; null for as many as have a free slot. */
  readonly maxTasks: number | null;
  readonly leaseTtlMs?: number;
  readonly patience?: Partial<LoadPatience>;
  /** Between two looks at a month that somebody else publishes. Default 2 s. */
  readonly heldPollMs?: number;
}

/** Publishes a dataset to a cluster. What it serves is a manifest without paths. */
export interface ClusterPublisher extends ManifestReader {
  /** Reads what the cluster has, clears what a crash left, and answers whether something waits to be published. */
  start(): Promise<boolean>;
  markDirty(): void;
  /**
   * Publishes locally, then resolves when the cluster has every chunk at its desired generation, served and checked
   * against the ledger. What fails is tried again by the next call, from where it stands. Errors: `druid.*`,
   * `publishing.*`, `objects.*`, `analytics.*`, `app.cancelled`.
   */
  publish(signal: AbortSignal): Promise<void>;
  /** Reads again what is published; others may have done so. */
  refresh(): Promise<void>;
  /** What queries see of a chunk now, by import: the ledger's engine side. */
  measure(chunk: string, signal: AbortSignal): Promise<readonly ImportTotals[]>;
  /** Where each month is while {@link publish} runs; answers how to stop listening. */
  onProgress(listener: (progress: ClusterProgress) => void): () => void;
}

interface Held {
  readonly manifest: Manifest;
  /** Months that have rows by the log. */
  readonly withRows: ReadonlySet<string>;
  readonly release: () => void;
}

const LEASE_TTL_MS = 60_000;
/** Months that are prepared or waited for besides those whose task runs. */
const AHEAD = 2;
const UNKNOWN_CAPACITY = 2;

export function createClusterPublisher(options: ClusterPublisherOptions): ClusterPublisher {
  const { dataset, datasource, registry, local, cluster, publication, log } = options;
  const pollMs = options.patience?.pollMs ?? LOAD_PATIENCE.pollMs;
  const gate = new SlotGate({ slots: (signal) => cluster.slots(signal), maxTasks: options.maxTasks, pollMs });
  const mutex = new Mutex();
  const listeners = new Set<() => void>();
  const watchers = new Set<(progress: ClusterProgress) => void>();
  let manifest: Manifest = { dataVersion: 0, chunks: [] };
  let dirtyMarks = 0;
  let cleanMarks = 0;
  let isRead = false;

  const chunkOptions: ClusterChunkOptions = {
    ...options,
    gate,
    leaseTtlMs: options.leaseTtlMs ?? LEASE_TTL_MS,
    patience: { ...LOAD_PATIENCE, ...options.patience },
    onProgress: (progress) => {
      for (const watcher of watchers) watcher(progress);
    },
  };

  const changed = () => {
    for (const listener of listeners) listener();
  };
  /** Also until it is read what the cluster has: figures of before that are of nothing. */
  const isPublishing = () => !isRead || dirtyMarks > cleanMarks;

  /** The version is read first: a manifest may hold more than its version says, never less. */
  async function refresh(): Promise<void> {
    const dataVersion = await publication.dataVersion(datasource);
    const chunks = await publication.chunks(datasource);
    const moved = dataVersion !== manifest.dataVersion;
    manifest = {
      dataVersion,
      chunks: chunks
        .filter(({ rows }) => rows > 0)
        .map(({ chunk, generation, rows }) => ({ chunk, generation, rows, path: '' }))
        .sort((left, right) => (left.chunk < right.chunk ? -1 : 1)),
    };
    if (moved) changed();
  }

  async function dirtyGenerations(): Promise<ReadonlyMap<string, number>> {
    const published = new Map(
      (await publication.chunks(datasource)).map(({ chunk, generation }) => [chunk, generation]),
    );
    // Read last: generations only grow, so one that is published already can only be ahead when the registry is not its own.
    const desired = await registry.desiredGenerations(dataset);
    for (const [chunk, generation] of desired)
      if ((published.get(chunk) ?? 0) > generation)
        throw new AppError('publishing.cluster_ahead', 'conflict', { datasource, chunk });
    return new Map([...desired].filter(([chunk, generation]) => published.get(chunk) !== generation));
  }

  /**
   * Months whose local file is that of the generation that is wanted now. A month is left out while its generation
   * moves. One is without rows only when both say so, the log and the local engine.
   */
  function workOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, held: Held) {
    const work: DirtyChunk[] = [];
    for (const [chunk, generation] of before) {
      if (after.get(chunk) !== generation) continue;
      const file = held.manifest.chunks.find((item) => item.chunk === chunk) ?? null;
      if (file ? file.generation !== generation : held.withRows.has(chunk))
        throw new AppError('app.bug', 'bug', { message: `the local engine lacks ${chunk} of ${generation}` });
      work.push({ chunk, generation, file });
    }
    return work.sort((left, right) => (left.chunk < right.chunk ? -1 : 1));
  }

  /** Publishes locally and keeps the files of that moment until they are released. */
  const hold = (): Promise<Held> =>
    local.whenSettled(({ manifest, resolved }) =>
      Promise.resolve({
        manifest,
        withRows: new Set(
          [...resolved.chunks].filter(([, parts]) => parts.length > 0).map(([chunk]) => chunk),
        ),
        release: local.retain(manifest),
      }),
    );

  async function publishAll(signal: AbortSignal): Promise<void> {
    let foreignChecked = false;
    for (;;) {
      const marks = dirtyMarks;
      const before = await dirtyGenerations();
      if (before.size === 0) {
        // What others have published is served as well.
        await refresh();
        cleanMarks = marks;
        return;
      }
      const held = await hold();
      try {
        const work = workOf(before, await registry.desiredGenerations(dataset), held);
        if (!foreignChecked) await cluster.refuseForeignRows(knownImports, signal);
        foreignChecked = true;
        const outcomes = await publishWork(work, signal);
        if (!outcomes.includes('published')) await pause(options.heldPollMs ?? 2_000, signal);
      } finally {
        held.release();
        await refresh();
      }
    }
  }

  const knownImports = async () => new Set((await registry.log(dataset)).map(({ importId }) => importId));

  /** Months side by side. After the first that fails no other is begun; those that run go on to their end. */
  async function publishWork(work: readonly DirtyChunk[], signal: AbortSignal): Promise<ChunkOutcome[]> {
    const capacity = (await cluster.slots(signal))?.capacity ?? UNKNOWN_CAPACITY;
    const width = new Semaphore(AHEAD + Math.max(1, Math.min(options.maxTasks ?? capacity, capacity)));
    const outcomes: ChunkOutcome[] = [];
    let failure: AppError | null = null;
    await Promise.all(
      work.map((item) =>
        width.run(async () => {
          if (failure) return;
          try {
            outcomes.push(await publishChunk(chunkOptions, item, signal));
            await refresh();
          } catch (thrown) {
            const error = toAppError(thrown);
            failure ??= error;
            if (error.kind === 'cancelled') return;
            log.error({ datasource, chunk: item.chunk, error }, 'A month was not published to the cluster');
            chunkOptions.onProgress({
              chunk: item.chunk,
              generation: item.generation,
              stage: 'failed',
              rowsDone: null,
              rowsTotal: item.file?.rows ?? 0,
              holder: null,
              notice: error.toJSON(),
            });
          }
        }),
      ),
    );
    if (failure) throw failure;
    return outcomes;
  }

  return {
    async start() {
      await rm(options.folder, { recursive: true, force: true });
      await refresh();
      const waiting = (await dirtyGenerations()).size > 0;
      if (waiting) dirtyMarks += 1;
      isRead = true;
      changed();
      return waiting;
    },
    markDirty() {
      dirtyMarks += 1;
      changed();
    },
    publish: (signal) =>
      mutex.run(async () => {
        if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
        const wasPublishing = isPublishing();
        try {
          await publishAll(signal);
        } catch (error) {
          throw toAppError(error);
        } finally {
          if (wasPublishing !== isPublishing()) changed();
        }
      }),
    refresh,
    measure: (chunk, signal) => cluster.measure(chunk, signal),
    current: () => manifest,
    isPublishing,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    retain: () => () => undefined,
    onProgress(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}
