import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobEvents, type JobEvent } from './job-events.ts';
import type { JobRecord, JobStore } from './store-ports.ts';

const job = {
  jobId: 'one',
  dataset: 'sales_analytics',
  fileName: 'one.csv',
  sourcePath: '/one.csv',
  sizeBytes: 1_000,
  state: 'staged',
  options: {},
  rawSha256: null,
  inspection: null,
  table: null,
  mapping: null,
  rules: null,
  importId: null,
  duplicateOf: null,
  report: null,
  review: [],
  decision: null,
  ledger: null,
  error: null,
  waitingFor: null,
  acceptedIn: null,
  cancelRequested: false,
  dismissed: false,
  createdAt: '2024-05-01T08:00:00.000Z',
  updatedAt: '2024-05-01T08:00:00.000Z',
} satisfies JobRecord;

const jobs: JobStore = {
  insert: () => Promise.reject(new Error('not used')),
  update: () => Promise.reject(new Error('not used')),
  get: () => Promise.resolve(job),
  list: () => Promise.resolve([job]),
  steps: () =>
    Promise.resolve([
      {
        step: 'validate',
        state: 'running',
        attempt: 1,
        startedAt: job.createdAt,
        elapsedMs: 0,
        bytes: 0,
        rows: 0,
      },
    ]),
};

describe('job events', () => {
  let events: JobEvents;
  let heard: JobEvent[];
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    events = new JobEvents(jobs, { debug() {}, info() {}, warn() {}, error() {} });
    heard = [];
    await events.watch((event) => heard.push(event));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('begins with a snapshot', () => {
    expect(heard).toMatchObject([{ type: 'snapshot', jobs: [{ jobId: 'one' }] }]);
  });

  it('tells progress at most five times a second, with rate and remaining time', async () => {
    events.stepStarted('one', 'validate', 1_000);
    for (let at = 1; at <= 100; at += 1) {
      events.progress('one', { bytesDone: at * 5, rows: at });
      await vi.advanceTimersByTimeAsync(10);
    }
    const told = heard.filter((event) => event.type === 'job');
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(told.length).toBeLessThanOrEqual(5);
    const last = told.at(-1);
    const progress = last?.type === 'job' ? last.job.progress : null;
    expect(progress?.bytesPerSecond).toBeCloseTo(500, -1);
    expect(progress?.etaMs).toBeCloseTo(((1_000 - (progress?.bytesDone ?? 0)) / 500) * 1000, -2);
  });

  it('says nothing of a rate before there is one', async () => {
    events.stepStarted('one', 'validate', 1_000);
    events.progress('one', { bytesDone: 10 });
    await vi.advanceTimersByTimeAsync(200);
    const last = heard.at(-1);
    expect(last?.type === 'job' ? last.job.progress : null).toMatchObject({ bytesPerSecond: 0, etaMs: null });
  });

  it('tells several changes in a row as one', async () => {
    for (let count = 0; count < 50; count += 1) events.changed('one');
    await vi.advanceTimersByTimeAsync(0);
    expect(heard.filter((event) => event.type === 'job').length).toBeLessThanOrEqual(2);
  });
});
