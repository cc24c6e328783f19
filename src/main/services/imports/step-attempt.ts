import type { JobStep } from '#shared/domain/job';
import type { Pipeline } from './pipeline.ts';
import type { JobRecord, JobStepRecord } from './store-ports.ts';

/** What is written down of one try to do a step. */
export interface StepAttempt {
  readonly startedAt: string;
  record(state: JobStepRecord['state'], bytes?: number, rows?: number): JobStepRecord;
}

/** Begins a try. One that goes on after a wait is the same attempt: hours offline leave one line. */
export async function beginAttempt(
  { jobs, now }: Pick<Pipeline, 'jobs' | 'now'>,
  job: JobRecord,
  step: JobStep,
): Promise<StepAttempt> {
  const earlier = (await jobs.steps(job.jobId)).filter((item) => item.step === step);
  const last = Math.max(0, ...earlier.map((item) => item.attempt));
  const attempt = job.waitingFor?.step === step && last > 0 ? last : last + 1;
  const startedAt = now().toISOString();
  const startedMs = performance.now();
  return {
    startedAt,
    record: (state, bytes = 0, rows = 0) => ({
      step,
      state,
      attempt,
      startedAt,
      elapsedMs: Math.round(performance.now() - startedMs),
      bytes,
      rows,
    }),
  };
}
