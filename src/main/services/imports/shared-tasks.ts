import type { SharedTask } from '#shared/domain/job';
import { copyError } from './job-view.ts';
import type { JobRecord, TaskBoard } from './store-ports.ts';

/** A job as others see it. */
export function toSharedTask(job: JobRecord, owner: string): SharedTask {
  const { jobId, dataset, fileName, state, report, createdAt, updatedAt } = job;
  const error = job.error ?? job.waitingFor?.error ?? null;
  return {
    jobId,
    owner,
    dataset,
    fileName,
    state,
    rowsRead: report?.rowsRead ?? null,
    rowsAccepted: report?.rowsAccepted ?? null,
    rowsRejected: report?.rowsRejected ?? null,
    error: error && copyError(error),
    createdAt,
    updatedAt,
  };
}

/** Jobs of every installation, newest first; those of this computer as they stand, told or not. */
export async function tasksOfEverybody(
  board: TaskBoard,
  own: readonly JobRecord[],
  owner: string,
  limit: number,
): Promise<SharedTask[]> {
  const mine = own.map((job) => toSharedTask(job, owner));
  const known = new Set(mine.map(({ jobId }) => jobId));
  const others = (await board.list(limit)).filter(({ jobId }) => !known.has(jobId));
  return [...mine, ...others]
    .sort((one, two) => (one.createdAt === two.createdAt ? 0 : one.createdAt < two.createdAt ? 1 : -1))
    .slice(0, limit);
}
