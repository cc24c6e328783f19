import { AppError } from '#shared/errors/app-error';
import { loadChunk, pause, type ChunkSource, type ClusterLoadOptions } from './cluster-load.ts';
import { Mutex, Semaphore } from './mutex.ts';
import type {
  ActivationLog,
  ChunkBuilder,
  ClusterProgress,
  ImportTotals,
  Lease,
  Leases,
  Manifest,
  ManifestReader,
} from './ports.ts';
import type { Publisher } from './publisher.ts';

export interface ClusterPublisherOptions extends ClusterLoadOptions {
  readonly registry: ActivationLog;
  /** What the cluster gets is what the local engine serves. */
  readonly local: Publisher;
  readonly builder: Pick<ChunkBuilder, 'measure'>;
  readonly leases: Leases;
  /** At most this many tasks at a time; null for as many as the cluster has places. */
  readonly maxTasks: number | null;
}

export interface ClusterPublisher extends ManifestReader {
  /** Reads what the registry knows of the cluster; answers whether something waits to be published. */
  start(): Promise<boolean>;
  /** Says that the log changed: {@link ManifestReader.isPublishing} is true until {@link publish} is through. */
  markDirty(): void;
  /** Resolves when the cluster serves every chunk at its desired generation. Errors: `druid.*`, those of stores. */
  publish(signal: AbortSignal): Promise<void>;
  /** What queries see of these chunks, by import. */
  measure(chunks: readonly string[], signal: AbortSignal): Promise<readonly ImportTotals[]>;
  onProgress(listener: (progress: ClusterProgress) => void): () => void;
}

/** Rounds after which a log that keeps changing is left to the next call. */
const MAX_ROUNDS = 100;
/** A lease outlives its holder by this much at the most. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;
const LEASE_POLL_MS = 2_000;
/** Without a word from the cluster about its places. */
const USUAL_SLOTS = 2;

/** Publishes a dataset into a cluster, chunk by chunk: of several installations one works on a chunk, the others wait. */
export function createClusterPublisher(options: ClusterPublisherOptions): ClusterPublisher {
  const { dataset, datasource, registry, local, cluster, publication, leases, log, now } = options;
  const mutex = new Mutex();
  const listeners = new Set<() => void>();
  const progressListeners = new Set<(progress: ClusterProgress) => void>();
  let manifest: Manifest = { dataVersion: 0, chunks: [] };
  let dirtyMarks = 0;
  let cleanMarks = 0;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const isPublishing = () => dirtyMarks > cleanMarks;
  const tell = (progress: ClusterProgress) => {
    for (const listener of progressListeners) listener(progress);
  };

  async function readManifest(): Promise<void> {
    const [dataVersion, chunks] = [
      await publication.dataVersion(datasource),
      await publication.chunks(datasource),
    ];
    const before = manifest.dataVersion;
    manifest = {
      dataVersion,
      chunks: chunks.flatMap(({ chunk, generation, rows, version }) =>
        version === null ? [] : [{ chunk, generation, rows, path: '' }],
      ),
    };
    if (before !== dataVersion) changed();
  }

  async function dirtyChunks(): Promise<readonly string[]> {
    const desired = await registry.desiredGenerations(dataset);
    const published = new Map(
      (await publication.chunks(datasource)).map((item) => [item.chunk, item.generation]),
    );
    return [...desired]
      .filter(([chunk, generation]) => published.get(chunk) !== generation)
      .map(([chunk]) => chunk)
      .sort();
  }

  async function publishAll(signal: AbortSignal): Promise<void> {
    let marks = dirtyMarks;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const dirty = await dirtyChunks();
      if (dirty.length === 0) {
        cleanMarks = marks;
        return;
      }
      if (!isPublishing()) {
        dirtyMarks += 1;
        changed();
      }
      marks = dirtyMarks;
      await local.publish();
      const entries = await registry.log(dataset);
      await cluster.refuseForeignRows(new Set(entries.map(({ importId }) => importId)), signal);
      await inParallel(dirty, signal);
    }
    throw new AppError('publishing.busy', 'conflict', {}, { retryable: true });
  }

  /** Every chunk is tried, also after one that failed; then the first failure is thrown. */
  async function inParallel(chunks: readonly string[], signal: AbortSignal): Promise<void> {
    const slots = await cluster.slots(signal);
    const places = Math.max(1, Math.min(options.maxTasks ?? Infinity, slots?.capacity ?? USUAL_SLOTS));
    const gate = new Semaphore(places);
    const results = await Promise.allSettled(
      chunks.map((chunk) =>
        gate.run(async () => {
          if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
          await withLease(chunk, signal, (held) => publishChunk(chunk, held));
        }),
      ),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Waits for the lease, and aborts the work when it is lost. */
  async function withLease(
    chunk: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const lease = await acquire(`publish:${datasource}:${chunk}`, chunk, signal);
    const lost = new AbortController();
    const both = AbortSignal.any([signal, lost.signal]);
    const timer = setInterval(() => {
      lease.renew().then(
        (still) => {
          if (!still) lost.abort();
        },
        (error: unknown) => log.warn({ chunk, error }, 'A lease could not be prolonged'),
      );
    }, RENEW_EVERY_MS);
    try {
      await work(both);
    } catch (error) {
      if (lost.signal.aborted && !signal.aborted)
        throw new AppError('publishing.lease_lost', 'unavailable', { chunk }, { cause: error });
      throw error;
    } finally {
      clearInterval(timer);
      await lease.release();
    }
  }

  async function acquire(name: string, chunk: string, signal: AbortSignal): Promise<Lease> {
    for (;;) {
      const lease = await leases.acquire(name, LEASE_MS);
      if (lease) return lease;
      tell({ chunk, stage: 'waiting-for-others', rows: 0, rowsTotal: 0 });
      await pause(Math.min(LEASE_POLL_MS, options.pollMs ?? LEASE_POLL_MS), signal);
    }
  }

  /** Under the lease. A log that moves meanwhile leaves the chunk to the next round. */
  async function publishChunk(chunk: string, signal: AbortSignal): Promise<void> {
    const known = (await publication.chunks(datasource)).find((item) => item.chunk === chunk);
    const generation = (await registry.desiredGenerations(dataset)).get(chunk);
    if (generation === undefined || known?.generation === generation) {
      await readManifest();
      return;
    }
    const served = local.current();
    const release = local.retain(served);
    try {
      const file = served.chunks.find((item) => item.chunk === chunk);
      if (file && file.generation !== generation) return;
      const startedAt = performance.now();
      const after = known?.version ?? null;
      const version = file
        ? await load({ ...file, expected: await options.builder.measure(file.path) }, after, signal)
        : await empty(chunk, signal);
      if ((await registry.desiredGenerations(dataset)).get(chunk) !== generation) return;
      const rows = file?.rows ?? 0;
      await publication.adopt(datasource, {
        chunk,
        generation,
        rows,
        version,
        publishedAt: now().toISOString(),
      });
      const elapsedMs = Math.round(performance.now() - startedAt);
      log.info({ datasource, chunk, generation, rows, elapsedMs }, 'Published to the cluster');
      tell({ chunk, stage: 'done', rows, rowsTotal: rows });
      await readManifest();
    } finally {
      release();
    }
  }

  const load = (source: ChunkSource, after: string | null, signal: AbortSignal) =>
    loadChunk(options, source, after, signal, ({ stage, rows = 0 }) =>
      tell({ chunk: source.chunk, stage, rows, rowsTotal: source.rows }),
    );

  /** Never by an empty input: that would not be told from an input which is missing. */
  async function empty(chunk: string, signal: AbortSignal): Promise<null> {
    await cluster.stopTasks(chunk, null, signal);
    await cluster.empty(chunk, signal);
    const [left] = await cluster.measure(chunk, signal);
    if (!left) return null;
    const details = {
      chunk,
      importId: left.importId,
      check: 'rows',
      expected: '0',
      actual: String(left.rows),
    };
    throw new AppError('druid.ledger_differs', 'bug', details);
  }

  return {
    async start() {
      await readManifest();
      const waiting = (await dirtyChunks()).length > 0;
      if (waiting) dirtyMarks += 1;
      return waiting;
    },
    markDirty() {
      dirtyMarks += 1;
      changed();
    },
    publish: (signal) =>
      mutex.run(async () => {
        const wasPublishing = isPublishing();
        try {
          await publishAll(signal);
        } finally {
          if (wasPublishing !== isPublishing()) changed();
        }
      }),
    async measure(chunks, signal) {
      const parts = [];
      for (const chunk of chunks) parts.push(...(await cluster.measure(chunk, signal)));
      return parts;
    },
    onProgress(listener) {
      progressListeners.add(listener);
      return () => void progressListeners.delete(listener);
    },
    current: () => manifest,
    isPublishing,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    // The cluster keeps its own segments until their queries are through.
    retain: () => () => undefined,
  };
}
