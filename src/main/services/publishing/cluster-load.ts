import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { Log } from '../diagnostics/ports.ts';
import { differingColumn, showAmount } from './ledger-totals.ts';
import { storeIngestParts, type IngestPartsOptions } from './ingest-parts.ts';
import type {
  ChunkCluster,
  ClusterAttempt,
  ClusterProgress,
  ClusterPublication,
  ImportTotals,
} from './ports.ts';

export interface ClusterLoadOptions extends IngestPartsOptions {
  readonly datasource: string;
  readonly cluster: ChunkCluster;
  readonly publication: ClusterPublication;
  readonly now: () => Date;
  readonly log: Log;
  /** Between two questions to the cluster; 1 s unless set. */
  readonly pollMs?: number;
}

/** One generation of a chunk, as the derived file holds it. */
export interface ChunkSource {
  readonly chunk: string;
  readonly generation: number;
  readonly path: string;
  readonly rows: number;
  /** What queries must see of it afterwards, sorted by import. */
  readonly expected: readonly ImportTotals[];
}

/** Attempts of one call; a job that goes on later begins with new ones. */
const MAX_ATTEMPTS = 3;
const RETRY_PAUSE_MS = 1_000;
/** A task that was just submitted may not be known at once; after this long it is lost. */
const UNKNOWN_FOR_MS = 15_000;

type Told = (progress: Pick<ClusterProgress, 'stage'> & { rows?: number }) => void;

/**
 * Brings one generation of a chunk into the cluster and answers the version with which it is served. A task that an
 * earlier run submitted is taken up by its id; one that is unknown is judged by the rows that the cluster serves. Nothing
 * is believed before rows and sums by import, read back through queries, are those of the source.
 */
export async function loadChunk(
  options: ClusterLoadOptions,
  source: ChunkSource,
  after: string | null,
  signal: AbortSignal,
  told: Told,
): Promise<string> {
  const { publication, datasource, log } = options;
  const known = await publication.attempts(datasource, source.chunk, source.generation);
  const last = known.at(-1);
  if (last && last.state !== 'failed') {
    const version = await resume(options, source, last, after, signal, told);
    if (version !== null) return version;
  }
  for (let round = 1; ; round += 1) {
    const attempt = (last?.attempt ?? 0) + round;
    try {
      return await tryOnce(options, source, attempt, signal, told);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (signal.aborted || !error.retryable || round === MAX_ATTEMPTS) throw thrown;
      log.warn({ chunk: source.chunk, attempt, error }, 'A task did not come through; trying again');
      await pause(RETRY_PAUSE_MS * round * (0.5 + Math.random()), signal);
    }
  }
}

/** Null when the attempt came to nothing and a new one is needed. */
async function resume(
  options: ClusterLoadOptions,
  source: ChunkSource,
  attempt: ClusterAttempt,
  after: string | null,
  signal: AbortSignal,
  told: Told,
): Promise<string | null> {
  const { cluster, log } = options;
  const { chunk } = source;
  const task = await cluster.task(attempt.taskId, signal);
  log.info({ chunk, taskId: attempt.taskId, state: task.state }, 'Taking up a task of an earlier run');
  if (task.state === 'unknown') {
    if (difference(source.expected, await cluster.measure(chunk, signal)) !== null) return null;
    const version = await cluster.newestVersion(chunk, signal);
    return version !== null && (after === null || version > after) ? version : null;
  }
  try {
    return await follow(options, source, attempt, after, signal, told);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (signal.aborted || !error.retryable) throw thrown;
    log.warn({ chunk, taskId: attempt.taskId, error }, 'A task of an earlier run did not come through');
    return null;
  }
}

async function tryOnce(
  options: ClusterLoadOptions,
  source: ChunkSource,
  number: number,
  signal: AbortSignal,
  told: Told,
): Promise<string> {
  const { cluster, publication, datasource, now } = options;
  const { chunk, generation } = source;
  told({ stage: 'writing' });
  const inputs = await storeIngestParts(options, source, signal, () => told({ stage: 'uploading' }));
  // Whatever still runs for this chunk could overwrite what is loaded now.
  await cluster.stopTasks(chunk, null, signal);
  const after = await cluster.newestVersion(chunk, signal);
  const load = { chunk, generation, attempt: number, inputs };
  const attempt: ClusterAttempt = {
    ...load,
    taskId: cluster.taskId(load),
    state: 'submitting',
    error: null,
    submittedAt: now().toISOString(),
  };
  await publication.recordAttempt(datasource, attempt);
  try {
    await cluster.submit(load, signal);
  } catch (thrown) {
    // Without an answer the task may be there all the same: the next attempt ends it first.
    if (!signal.aborted) await fail(options, attempt, thrown);
    throw thrown;
  }
  const submitted: ClusterAttempt = { ...attempt, state: 'submitted' };
  await publication.recordAttempt(datasource, submitted);
  return follow(options, source, submitted, after, signal, told);
}

/** Waits for a task and for its rows; whatever it did not bring is an error. */
async function follow(
  options: ClusterLoadOptions,
  source: ChunkSource,
  attempt: ClusterAttempt,
  after: string | null,
  signal: AbortSignal,
  told: Told,
): Promise<string> {
  const { cluster, publication, datasource } = options;
  const { chunk } = source;
  try {
    await untilSucceeded(options, source, attempt, signal, told);
  } catch (thrown) {
    if (!signal.aborted) await fail(options, attempt, thrown);
    throw thrown;
  }
  await publication.recordAttempt(datasource, { ...attempt, state: 'succeeded' });
  told({ stage: 'loading', rows: source.rows });
  const version = await cluster.served(chunk, after, signal);
  const differs = difference(source.expected, await cluster.measure(chunk, signal));
  if (differs === null) return version;
  const error = new AppError('druid.ledger_differs', 'bug', { chunk, ...differs });
  await fail(options, attempt, error);
  throw error;
}

async function untilSucceeded(
  { cluster, pollMs = 1_000 }: ClusterLoadOptions,
  { chunk, rows }: ChunkSource,
  { taskId }: ClusterAttempt,
  signal: AbortSignal,
  told: Told,
): Promise<void> {
  let unknownSince: number | null = null;
  // The first answers matter most: small months take seconds.
  for (let waitMs = Math.min(250, pollMs); ; waitMs = Math.min(waitMs * 1.3, pollMs)) {
    const task = await cluster.task(taskId, signal);
    if (task.state === 'failed') throw task.error;
    if (task.state === 'succeeded') {
      // A success says nothing by itself: a task that found no rows has succeeded too.
      const { counts } = task;
      if (counts && (counts.processed !== rows || counts.lost !== 0))
        throw new AppError('druid.rows_lost', 'bug', { chunk, taskId, expected: rows, ...counts });
      return;
    }
    if (task.state === 'unknown') {
      unknownSince ??= performance.now();
      if (performance.now() - unknownSince > UNKNOWN_FOR_MS)
        throw new AppError('druid.task_forgotten', 'unavailable', { chunk, taskId });
    } else unknownSince = null;
    if (task.state === 'waiting')
      told({ stage: task.for === 'slot' ? 'waiting-for-slot' : 'waiting-for-lock' });
    if (task.state === 'running') told({ stage: 'ingesting', rows: task.rows ?? 0 });
    await pause(waitMs, signal);
  }
}

async function fail(
  { publication, datasource }: ClusterLoadOptions,
  attempt: ClusterAttempt,
  thrown: unknown,
): Promise<void> {
  const error = toAppError(thrown);
  await publication.recordAttempt(datasource, { ...attempt, state: 'failed', error: error.toJSON() });
}

/** Where two measurements of a chunk differ, import by import, to the last digit; null when they are equal. */
export function difference(
  expected: readonly ImportTotals[],
  actual: readonly ImportTotals[],
): { importId: string; check: string; expected: string; actual: string } | null {
  const found = new Map(actual.map((item) => [item.importId, item]));
  for (const item of expected) {
    const { importId } = item;
    const other = found.get(importId);
    found.delete(importId);
    if (other?.rows !== item.rows)
      return { importId, check: 'rows', expected: String(item.rows), actual: String(other?.rows ?? 0) };
    const column = differingColumn(item.totals, other.totals);
    if (column !== null)
      return {
        importId,
        check: column,
        expected: showAmount(item.totals[column]),
        actual: showAmount(other.totals[column]),
      };
  }
  const [extra] = found.values();
  return extra
    ? { importId: extra.importId, check: 'rows', expected: '0', actual: String(extra.rows) }
    : null;
}

/** Waits; `app.cancelled` when aborted meanwhile. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    throw new AppError('app.cancelled', 'cancelled', {}, { cause: error });
  }
}
