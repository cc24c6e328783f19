import { toAppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import { sweepLeftovers } from './clean-up.ts';
import type { JobRunner } from './job-runner.ts';
import { isFinal, isWaiting } from './job-states.ts';
import type { Pipeline } from './pipeline.ts';
import type { RegistryWatch } from './registry-watch.ts';

/**
 * Takes up everything where the last run left it, oldest job first. What needs a registry or object store that is away
 * is done later, by the watch.
 */
export async function recover(
  pipeline: Pipeline,
  runner: JobRunner,
  watch: RegistryWatch,
): Promise<{ resumed: number; swept: number }> {
  const { jobs, publisher } = pipeline;
  await publisher.start();
  const swept = (await sweepLeftovers(pipeline)) + (await catchUp(pipeline, watch));
  let resumed = 0;
  for (const job of await jobs.list({ includeDismissed: true })) {
    if (isFinal(job.state)) continue;
    if (isWaiting(job.state) && !job.cancelRequested) continue;
    if (isWaiting(job.state)) {
      await runner.cancel(job.jobId);
      continue;
    }
    resumed += 1;
    if (job.waitingFor) runner.takeUp(job.jobId, job.waitingFor);
    else runner.drive(job.jobId);
  }
  runner.tryNow();
  // Jobs in their publish step call again; after an undo there is nobody else.
  watch.wake();
  return { resumed, swept };
}

async function catchUp({ log }: Pipeline, watch: RegistryWatch): Promise<number> {
  try {
    return await watch.catchUp();
  } catch (thrown) {
    const error = toAppError(thrown);
    if (connectionOf(error) === null) throw error;
    log.warn({ code: error.code, error }, 'What needs the connection is put right when it answers');
    return 0;
  }
}
