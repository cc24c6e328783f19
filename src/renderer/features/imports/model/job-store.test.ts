import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { jobOf } from './job.fixture.ts';
import { applyJobsEvent, createJobStore, NO_JOBS, type JobStoreOptions } from './job-store.ts';

type Handlers = Parameters<JobStoreOptions['open']>[0];

function setUp() {
  const opened: Handlers[] = [];
  const closed: number[] = [];
  const delays: number[] = [];
  let next: (() => void) | null = null;
  const store = createJobStore({
    open(handlers) {
      const index = opened.push(handlers) - 1;
      return () => void closed.push(index);
    },
    schedule(run, delayMs) {
      delays.push(delayMs);
      next = run;
      return () => void (next = null);
    },
  });
  return { store, opened, closed, delays, runTimer: () => next?.(), timer: () => next };
}
const last = (opened: readonly Handlers[]): Handlers => {
  const handlers = opened.at(-1);
  if (!handlers) throw new Error('no stream is open');
  return handlers;
};

describe('applyJobsEvent', () => {
  it('replaces by snapshot, changes in place, appends and removes', () => {
    const a = jobOf('queued', { jobId: 'a' });
    const b = jobOf('queued', { jobId: 'b' });
    let state = applyJobsEvent(NO_JOBS, { type: 'snapshot', jobs: [a] });
    state = applyJobsEvent(state, { type: 'job', job: b });
    state = applyJobsEvent(state, { type: 'job', job: { ...a, state: 'done' } });
    expect(state.jobs.map((job) => `${job.jobId} ${job.state}`)).toEqual(['a done', 'b queued']);
    state = applyJobsEvent(state, { type: 'removed', jobId: 'a' });
    expect(state.jobs.map((job) => job.jobId)).toEqual(['b']);
    expect(state.loaded).toBe(true);
  });
});

describe('job store', () => {
  it('opens one stream for all listeners and closes it with the last', () => {
    const t = setUp();
    const stopFirst = t.store.subscribe(() => {});
    const stopSecond = t.store.subscribe(() => {});
    expect(t.opened).toHaveLength(1);
    stopFirst();
    expect(t.closed).toEqual([]);
    stopSecond();
    expect(t.closed).toEqual([0]);
  });

  it('keeps the last jobs while the stream is down and opens it again with growing pauses', () => {
    const t = setUp();
    t.store.subscribe(() => {});
    last(t.opened).onEvent({ type: 'snapshot', jobs: [jobOf('queued')] });
    last(t.opened).onEnd(new AppError('app.disconnected', 'unavailable'));
    expect(t.store.state().jobs).toHaveLength(1);
    expect(t.store.state().error?.code).toBe('app.disconnected');
    t.runTimer();
    last(t.opened).onEnd(new AppError('app.disconnected', 'unavailable'));
    t.runTimer();
    expect(t.delays).toEqual([250, 500]);
    last(t.opened).onEvent({ type: 'snapshot', jobs: [] });
    expect(t.store.state()).toEqual({ jobs: [], loaded: true, error: null });
    last(t.opened).onEnd(null);
    expect(t.delays.at(-1)).toBe(250);
  });

  it('does not open again when nobody looks', () => {
    const t = setUp();
    const stop = t.store.subscribe(() => {});
    last(t.opened).onEnd(null);
    stop();
    expect(t.timer()).toBeNull();
  });
});
