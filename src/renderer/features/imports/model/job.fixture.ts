import { JOB_STEPS, type JobState, type JobStep, type JobStepView, type JobView } from '#shared/domain/job';

const LAST_DONE: Readonly<Record<JobState, number>> = {
  queued: 0,
  staged: 1,
  inspected: 2,
  'mapping-needed': 2,
  validated: 4,
  'review-needed': 4,
  accepted: 5,
  uploaded: 6,
  published: 7,
  done: 8,
  failed: 1,
  cancelled: 2,
  undone: 8,
};

/** Steps as the engine would report them in that state. */
export function stepsOf(state: JobState, running: JobStep | null = null): JobStepView[] {
  return JOB_STEPS.map((step, index) => ({
    step,
    state: step === running ? 'running' : index < LAST_DONE[state] ? 'done' : 'pending',
    elapsedMs: 0,
    bytes: 0,
    rows: 0,
  }));
}

export function jobOf(state: JobState, change: Partial<JobView> = {}): JobView {
  return {
    jobId: `job-${state}`,
    dataset: 'sales_analytics',
    fileName: `${state}.csv`,
    sizeBytes: 3_900_000,
    sheet: '',
    state,
    importId: null,
    duplicateOf: null,
    error: null,
    waitingFor: null,
    review: [],
    progress: null,
    steps: stepsOf(state),
    rowsRead: 0,
    rowsAccepted: 0,
    rowsRejected: 0,
    rowsSkipped: 0,
    findings: [],
    totals: null,
    chunks: [],
    ledger: null,
    createdAt: '2026-11-02T06:00:00.000Z',
    updatedAt: '2026-11-02T06:00:00.000Z',
    ...change,
  };
}
