import { toAppError } from '#shared/errors/app-error';
import { sweepLeftovers } from './clean-up.ts';
import { activeEntry } from './duplicates.ts';
import type { JobRunner } from './job-runner.ts';
import { isFinal, isWaiting } from './job-states.ts';
import type { Pipeline } from './pipeline.ts';

/** Takes up everything where the last run left it, oldest job first. */
export async function recover(
  pipeline: Pipeline,
  runner: JobRunner,
): Promise<{ resumed: number; swept: number }> {
  const { jobs, registry, publisher, dataset, log, now } = pipeline;
  const toPublish = await publisher.start();
  const swept = await sweepLeftovers(pipeline);
  const entries = await registry.log(dataset);
  let resumed = 0;
  for (const job of await jobs.list({ includeDismissed: true })) {
    // An undo or a re-activation was cut off between the log and the job.
    if (
      (job.state === 'done' || job.state === 'undone') &&
      job.importId !== null &&
      job.duplicateOf === null
    ) {
      const state = activeEntry(entries, job.importId) ? 'done' : 'undone';
      if (state !== job.state) await jobs.update(job.jobId, { state, updatedAt: now().toISOString() });
    }
    if (isFinal(job.state)) continue;
    if (isWaiting(job.state) && !job.cancelRequested) continue;
    if (isWaiting(job.state)) {
      await runner.cancel(job.jobId);
      continue;
    }
    resumed += 1;
    runner.drive(job.jobId);
  }
  // Jobs in their publish step call again; after an undo there is nobody else.
  if (toPublish)
    publisher.publish().catch((error: unknown) => {
      log.error({ error: toAppError(error) }, 'What was left to publish could not be published');
    });
  return { resumed, swept };
}
