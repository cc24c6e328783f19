import { AppError } from '#shared/errors/app-error';
import type { Log } from '../diagnostics/ports.ts';
import type { ClusterProgress, ClusterStage } from './cluster-progress.ts';
import { storeParts, verifyParts, type IngestPartsOptions } from './ingest-parts.ts';
import { holdingLease } from './lease-keeper.ts';
import type { LoadPatience } from './load-attempt.ts';
import { loadChunk } from './load-chunk.ts';
import type {
  ActivationLog,
  ChunkBuilder,
  ChunkCluster,
  ClusterPublication,
  Leases,
  PublishedChunk,
} from './ports.ts';
import type { SlotGate } from './slot-gate.ts';

export interface ClusterChunkOptions extends IngestPartsOptions {
  readonly datasource: string;
  readonly registry: Pick<ActivationLog, 'desiredGenerations' | 'registryId'>;
  /** Rows and sums of a derived file: what the cluster must hold afterwards. */
  readonly measure: ChunkBuilder['measure'];
  readonly cluster: ChunkCluster;
  readonly publication: ClusterPublication;
  readonly leases: Leases;
  readonly leaseTtlMs: number;
  readonly gate: SlotGate;
  readonly patience: LoadPatience;
  readonly onProgress: (progress: ClusterProgress) => void;
  readonly log: Log;
  readonly now: () => Date;
}

/** A month whose generation in the cluster is not the desired one. */
export interface DirtyChunk {
  readonly chunk: string;
  readonly generation: number;
  /** Null when the generation has no rows. */
  readonly file: PublishedChunk | null;
}

/** `held`: somebody else works on it. `stale`: another generation is wanted by now. */
export type ChunkOutcome = 'published' | 'held' | 'stale';

/** Brings one month to its generation in the cluster, while nobody else does. */
export async function publishChunk(
  options: ClusterChunkOptions,
  work: DirtyChunk,
  signal: AbortSignal,
): Promise<ChunkOutcome> {
  const { leases, datasource, leaseTtlMs, log } = options;
  const { chunk, generation } = work;
  const name = `publish:${datasource}:${chunk}`;
  const report = (
    stage: ClusterStage,
    rowsDone: number | null = null,
    notice: AppError | null = null,
    holder: string | null = null,
  ) =>
    options.onProgress({
      chunk,
      generation,
      stage,
      rowsDone,
      rowsTotal: work.file?.rows ?? 0,
      holder,
      notice: notice?.toJSON() ?? null,
    });

  const lease = await leases.acquire(name, leaseTtlMs);
  if (!lease) {
    report('held', null, null, await leases.holder(name));
    return 'held';
  }
  const terms = {
    ttlMs: leaseTtlMs,
    chunk,
    onReleaseFailed: (error: unknown) => log.warn({ name, error }, 'A lease was not given back; it runs out'),
  };
  const outcome = await holdingLease(lease, terms, signal, (held) =>
    publishHeld(options, work, report, held),
  );
  if (outcome === 'published') report('published', work.file?.rows ?? 0);
  return outcome;
}

type Report = (stage: ClusterStage, rowsDone?: number | null, notice?: AppError | null) => void;

async function publishHeld(
  options: ClusterChunkOptions,
  work: DirtyChunk,
  report: Report,
  signal: AbortSignal,
): Promise<ChunkOutcome> {
  const { datasource, publication, registry, dataset, now, log } = options;
  const { chunk, generation, file } = work;
  const isStale = async () => (await registry.desiredGenerations(dataset)).get(chunk) !== generation;
  const known = (await publication.chunks(datasource)).find((item) => item.chunk === chunk) ?? null;
  if (known?.generation === generation) return 'published';
  if (await isStale()) return 'stale';
  const startedAt = performance.now();
  if (!file) await empty(options, work, report, signal);
  const version = file ? await load(options, file, known?.version ?? null, isStale, report, signal) : null;
  if ((file && version === null) || (await isStale())) return 'stale';
  // A lease that was lost is seen by its signal: what somebody else does now is not to be overwritten.
  if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
  const rows = file?.rows ?? 0;
  const adopted = await publication.adopt(datasource, {
    chunk,
    generation,
    rows,
    version,
    publishedAt: now().toISOString(),
  });
  const elapsedMs = Math.round(performance.now() - startedAt);
  log.info({ datasource, chunk, generation, rows, version, adopted, elapsedMs }, 'Published to the cluster');
  return adopted ? 'published' : 'stale';
}

async function load(
  options: ClusterChunkOptions,
  file: PublishedChunk,
  publishedVersion: string | null,
  isStale: () => Promise<boolean>,
  report: Report,
  signal: AbortSignal,
): Promise<string | null> {
  const { datasource, cluster, publication, gate, patience, now } = options;
  return loadChunk(
    {
      datasource,
      registryId: await options.registry.registryId(),
      chunk: file.chunk,
      generation: file.generation,
      rows: file.rows,
      expected: await options.measure(file.path),
      publishedVersion,
      cluster,
      publication,
      gate,
      patience,
      prepare: () => {
        report('preparing');
        return storeParts(options, file, signal);
      },
      verify: (inputs) => verifyParts(options.objects, inputs, signal),
      isStale,
      report,
      now,
    },
    signal,
  );
}

/** A load of no rows would delete the month as a side effect of its settings; it is taken out in so many words instead. */
async function empty(
  { cluster }: ClusterChunkOptions,
  { chunk }: DirtyChunk,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report('emptying');
  await cluster.stopTasks(chunk, null, signal);
  await cluster.empty(chunk, signal);
}
