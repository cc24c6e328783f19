import { toAppError, type AppError } from '#shared/errors/app-error';
import type { ClusterStage } from './cluster-progress.ts';
import { pause } from './pause.ts';
import type { ChunkCluster, ChunkLoad, ClusterAttempt, ClusterPublication, ImportTotals } from './ports.ts';
import type { SlotGate } from './slot-gate.ts';

export interface LoadPatience {
  /** Between two looks at a task. */
  readonly pollMs: number;
  /** A task that waits longer than this for a slot or a lock is stopped. */
  readonly slotMs: number;
  /** A task whose worker is gone longer than this is stopped, and another attempt is made. */
  readonly workerMs: number;
  /** A shorter wait needs no word. */
  readonly noticeMs: number;
  /** How long the cluster may be away before publishing gives up; its tasks go on meanwhile. */
  readonly outageMs: number;
  /** From "served" until the figures agree. */
  readonly ledgerMs: number;
  /** Doubled with each try after a failure that may pass. */
  readonly retryMs: number;
}

export const LOAD_PATIENCE: LoadPatience = {
  pollMs: 500,
  slotMs: 600_000,
  workerMs: 30_000,
  noticeMs: 2_000,
  outageMs: 120_000,
  ledgerMs: 120_000,
  retryMs: 2_000,
};

export interface ChunkLoading {
  readonly datasource: string;
  readonly registryId: string;
  readonly chunk: string;
  readonly generation: number;
  readonly rows: number;
  /** What queries must see afterwards. */
  readonly expected: readonly ImportTotals[];
  /** Version of the chunk as it was published before; null when it was not. */
  readonly publishedVersion: string | null;
  readonly cluster: ChunkCluster;
  readonly publication: ClusterPublication;
  readonly gate: SlotGate;
  readonly patience: LoadPatience;
  /** Puts the rows where the cluster can read them. Called once at most. */
  readonly prepare: () => Promise<ChunkLoad['inputs']>;
  /** Fails when the inputs are not what was stored. */
  readonly verify: (inputs: ChunkLoad['inputs']) => Promise<void>;
  readonly isStale: () => Promise<boolean>;
  readonly report: (stage: ClusterStage, rowsDone: number | null, notice: AppError | null) => void;
  readonly now: () => Date;
}

/** An attempt that has ended and cannot succeed any more. */
export class AttemptFailed extends Error {
  readonly error: AppError;
  /** Whether another attempt may succeed. */
  readonly again: boolean;
  constructor(error: AppError, again: boolean) {
    super(error.code, { cause: error });
    this.error = error;
    this.again = again;
  }
}

export async function failAttempt(
  { publication, datasource }: ChunkLoading,
  attempt: ClusterAttempt,
  error: AppError,
  again = error.retryable,
): Promise<never> {
  await publication.recordAttempt(datasource, { ...attempt, state: 'failed', error: error.toJSON() });
  throw new AttemptFailed(error, again);
}

/** Asks again while the cluster does not answer: a restart of one of its services is no failure of a task. */
export async function patiently<T>(
  loading: ChunkLoading,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  const { pollMs, outageMs } = loading.patience;
  const deadline = performance.now() + outageMs;
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      const error = toAppError(thrown);
      const isAway = error.kind === 'unavailable' || error.code === 'druid.timeout';
      if (!isAway || performance.now() > deadline) throw error;
      loading.report('waiting', null, error);
      await pause(pollMs, signal);
    }
  }
}
