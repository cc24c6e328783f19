import { JOB_STEPS, type JobProgress, type JobStepView, type JobView } from '#shared/domain/job';
import type { AppErrorJson } from '#shared/errors/app-error';
import { isFinal } from './job-states.ts';
import type { JobRecord, JobStepRecord } from './store-ports.ts';

/** A job as screens see it: the stored record, its steps, and what is known of the step that runs right now. */
export function toJobView(
  job: JobRecord,
  steps: readonly JobStepRecord[],
  live: { readonly progress: JobProgress; readonly elapsedMs: number } | null,
): JobView {
  const { report } = job;
  const table = job.inspection?.tables[job.table ?? job.inspection.suggestedTable];
  return {
    jobId: job.jobId,
    dataset: job.dataset,
    fileName: job.fileName,
    sizeBytes: job.sizeBytes,
    sheet: table?.sheet ?? '',
    state: job.state,
    importId: job.importId,
    duplicateOf: job.duplicateOf,
    error: job.error && copyError(job.error),
    waitingFor: job.waitingFor && { ...job.waitingFor, error: copyError(job.waitingFor.error) },
    review: job.state === 'review-needed' ? [...job.review] : [],
    progress: live?.progress ?? null,
    steps: JOB_STEPS.map((step) => stepView(job, step, steps, live)),
    rowsRead: report?.rowsRead ?? 0,
    rowsAccepted: report?.rowsAccepted ?? 0,
    rowsRejected: report?.rowsRejected ?? 0,
    rowsSkipped: report?.rowsSkipped ?? 0,
    findings: [...(report?.findings ?? [])],
    totals: report?.totals ?? null,
    chunks: report?.chunks.map((chunk) => chunk.chunk) ?? [],
    ledger: job.ledger,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
  };
}

function stepView(
  job: JobRecord,
  step: JobStepView['step'],
  steps: readonly JobStepRecord[],
  live: { readonly progress: JobProgress; readonly elapsedMs: number } | null,
): JobStepView {
  const newest = steps.findLast((item) => item.step === step);
  if (!newest) {
    const skipped = isFinal(job.state) && job.state !== 'failed';
    return { step, state: skipped ? 'skipped' : 'pending', elapsedMs: 0, bytes: 0, rows: 0 };
  }
  const { state, elapsedMs, bytes, rows } = newest;
  if (state === 'running' && live?.progress.step === step)
    return {
      step,
      state,
      elapsedMs: live.elapsedMs,
      bytes: live.progress.bytesDone,
      rows: live.progress.rows,
    };
  return { step, state, elapsedMs, bytes, rows };
}

/** An error as it crosses the wire. */
export function copyError(error: AppErrorJson): NonNullable<JobView['error']> {
  const details = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? [...value] : value,
    ]),
  );
  return { ...error, details };
}
