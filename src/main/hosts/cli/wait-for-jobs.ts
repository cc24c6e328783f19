import type { MauzoContract } from '#shared/contract/index';
import { FINAL_STATES, WAITING_STATES, type JobView } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import type { RpcClient } from '#shared/rpc/client';
import { createProgressBar } from './progress-bar.ts';
import type { Output } from './output.ts';

/** True when a job does nothing more by itself, or waits for a connection: that may be for days. */
export const isAtRest = (job: JobView) =>
  FINAL_STATES.has(job.state) || WAITING_STATES.has(job.state) || job.waitingFor !== null;

/** Follows jobs until `isOver` holds for each of them; answers them in the order of the ids. */
export async function waitForJobs(
  client: RpcClient<MauzoContract>,
  jobIds: readonly string[],
  output: Output,
  isOver: (job: JobView) => boolean = isAtRest,
): Promise<JobView[]> {
  const open = new Set(jobIds);
  const bar = createProgressBar(output);
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (job: JobView) => {
        if (!open.has(job.jobId)) return;
        if (isOver(job)) open.delete(job.jobId);
        else bar.show(job);
        if (open.size === 0) finish(resolve);
      };
      const finish = (settle: () => void) => {
        // A snapshot may end the wait before `open` has answered what closes the stream.
        queueMicrotask(() => close());
        settle();
      };
      const close = client.open(
        'jobs.watch',
        {},
        {
          onEvent(event) {
            if (event.type === 'snapshot') event.jobs.forEach(look);
            else if (event.type === 'job') look(event.job);
          },
          onEnd: (error) => reject(error ?? new AppError('app.disconnected', 'unavailable')),
        },
      );
      if (open.size === 0) finish(resolve);
    });
  } finally {
    bar.clear();
  }
  return Promise.all(jobIds.map((jobId) => client.call('jobs.get', { jobId })));
}
