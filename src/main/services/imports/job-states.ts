import { FINAL_STATES, WAITING_STATES, type JobState, type JobStep } from '#shared/domain/job';
import type { JobRecord } from './store-ports.ts';

/** The step that comes next, or null when the job is final or waits for a person. Only from what is stored. */
export function nextStep(job: JobRecord): JobStep | null {
  switch (job.state) {
    case 'queued':
      return 'stage';
    case 'staged':
      return 'inspect';
    case 'inspected':
      return job.mapping === null ? 'map' : 'validate';
    case 'validated':
      return 'accept';
    case 'accepted':
      return 'upload';
    case 'uploaded':
      return 'publish';
    case 'published':
      return 'reconcile';
    case 'mapping-needed':
    case 'review-needed':
    case 'done':
    case 'failed':
    case 'cancelled':
    case 'undone':
      return null;
  }
}

/** The state in which a failed step starts again. */
export const STATE_BEFORE: Readonly<Record<JobStep, JobState>> = {
  stage: 'queued',
  inspect: 'staged',
  map: 'inspected',
  validate: 'inspected',
  accept: 'validated',
  upload: 'accepted',
  publish: 'uploaded',
  reconcile: 'published',
};

const ACTIVATED: ReadonlySet<JobState> = new Set(['accepted', 'uploaded', 'published', 'done', 'undone']);

/** True from acceptance on: the rows are in the log. (A job that failed after it is told by its failed step.) */
export const isActivated = (state: JobState) => ACTIVATED.has(state);
export const isFinal = (state: JobState) => FINAL_STATES.has(state);
export const isWaiting = (state: JobState) => WAITING_STATES.has(state);
