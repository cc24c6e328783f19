import type { Output } from '#shared/contract/index';
import type { JobView } from '#shared/domain/job';
import type { AppError } from '#shared/errors/app-error';

export type JobsEvent = Output<'jobs.watch'>;

export interface JobsState {
  /** In the order in which the engine lists them. */
  readonly jobs: readonly JobView[];
  /** False until the first snapshot: an empty list is not yet an empty queue. */
  readonly loaded: boolean;
  /** Set while the stream is down; the last known jobs stay. */
  readonly error: AppError | null;
}

export const NO_JOBS: JobsState = { jobs: [], loaded: false, error: null };

/** Folds one event of `jobs.watch` into the state. */
export function applyJobsEvent(state: JobsState, event: JobsEvent): JobsState {
  switch (event.type) {
    case 'snapshot':
      return { jobs: event.jobs, loaded: true, error: null };
    case 'job': {
      const known = state.jobs.some((job) => job.jobId === event.job.jobId);
      const jobs = known
        ? state.jobs.map((job) => (job.jobId === event.job.jobId ? event.job : job))
        : [...state.jobs, event.job];
      return { ...state, jobs };
    }
    case 'removed':
      return { ...state, jobs: state.jobs.filter((job) => job.jobId !== event.jobId) };
  }
}

export interface JobStore {
  readonly state: () => JobsState;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface JobStoreOptions {
  /** Opens `jobs.watch`; answers what closes it. `onEnd` is called once when the host ends it. */
  open(handlers: { onEvent(event: JobsEvent): void; onEnd(error: AppError | null): void }): () => void;
  /** Runs later; answers what cancels it. */
  readonly schedule: (run: () => void, delayMs: number) => () => void;
}

const RETRY_MS = [250, 500, 1000, 2000, 5000] as const;

/**
 * The jobs of the engine, live while somebody looks. A stream that ends is opened again with growing pauses; its first
 * event is a whole snapshot, so nothing that happened in between is missed.
 */
export function createJobStore(options: JobStoreOptions): JobStore {
  const listeners = new Set<() => void>();
  let state = NO_JOBS;
  let close: (() => void) | null = null;
  let cancelRetry: (() => void) | null = null;
  let failures = 0;

  const set = (next: JobsState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const open = () => {
    cancelRetry = null;
    close = options.open({
      onEvent: (event) => {
        failures = 0;
        set(applyJobsEvent(state, event));
      },
      onEnd: (error) => {
        close = null;
        if (listeners.size === 0) return;
        if (error) set({ ...state, error });
        const delayMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 5000;
        failures += 1;
        cancelRetry = options.schedule(open, delayMs);
      },
    });
  };

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) open();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        cancelRetry?.();
        cancelRetry = null;
        close?.();
        close = null;
      };
    },
  };
}
