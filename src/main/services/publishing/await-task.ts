import { AppError } from '#shared/errors/app-error';
import { firstDifference } from './compare-imports.ts';
import { failAttempt, patiently, type ChunkLoading } from './load-attempt.ts';
import { pause } from './pause.ts';
import type { ClusterAttempt } from './ports.ts';

/** Resolves when the task has read every row; an attempt that did not get there is recorded as failed. */
export async function awaitTask(
  loading: ChunkLoading,
  attempt: ClusterAttempt,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, patience, rows } = loading;
  const { taskId } = attempt;
  let waitingSince: number | null = null;
  for (;;) {
    const task = await patiently(loading, signal, () => cluster.task(taskId, signal));
    switch (task.state) {
      case 'succeeded':
        if (task.counts && (task.counts.processed !== rows || task.counts.lost !== 0))
          return failAttempt(
            loading,
            attempt,
            new AppError('druid.rows_lost', 'bug', {
              taskId,
              chunk: loading.chunk,
              expected: rows,
              ...task.counts,
            }),
          );
        return;
      case 'failed':
        return failAttempt(loading, attempt, task.error);
      case 'unknown':
        return decideByRows(loading, attempt, signal);
      case 'running':
        waitingSince = null;
        loading.report('loading', task.rows, null);
        break;
      case 'waiting': {
        waitingSince ??= performance.now();
        const waitedMs = performance.now() - waitingSince;
        const isLost = task.for === 'worker';
        const notice =
          waitedMs < patience.noticeMs ? null : await waitingNotice(loading, task.for, taskId, signal);
        loading.report('waiting', null, notice);
        if (notice && waitedMs > (isLost ? patience.workerMs : patience.slotMs)) {
          await cluster.stopTasks(loading.chunk, null, signal);
          return failAttempt(loading, attempt, notice, isLost);
        }
        break;
      }
      default:
        return task satisfies never;
    }
    await pause(patience.pollMs, signal);
  }
}

async function waitingNotice(
  { cluster }: ChunkLoading,
  waitsFor: 'slot' | 'lock' | 'worker',
  taskId: string,
  signal: AbortSignal,
): Promise<AppError> {
  if (waitsFor === 'lock') return new AppError('druid.chunk_locked', 'unavailable', { taskId });
  if (waitsFor === 'worker')
    return new AppError('druid.worker_lost', 'unavailable', {
      taskId,
      answer: 'its machine is not among the workers any more',
    });
  const slots = await cluster.slots(signal);
  return new AppError('druid.no_free_slots', 'unavailable', {
    taskId,
    used: slots?.used ?? null,
    capacity: slots?.capacity ?? null,
  });
}

/** The cluster does not know the task (any more): what it did shows in the rows, if it did anything. */
async function decideByRows(
  loading: ChunkLoading,
  attempt: ClusterAttempt,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, chunk, expected, publishedVersion } = loading;
  const version = await cluster.newestVersion(chunk, signal);
  const isNewer = version !== null && (publishedVersion === null || version > publishedVersion);
  if (isNewer && firstDifference(expected, await cluster.measure(chunk, signal)) === null) return;
  await failAttempt(
    loading,
    attempt,
    new AppError('druid.task_unknown', 'unavailable', { taskId: attempt.taskId }),
  );
}
