import { describe, expect, it } from 'vitest';
import { JOB_STATES } from '#shared/domain/job';
import type { UploadEntry } from '../upload/upload-manager.ts';
import { jobOf, stepsOf } from './job.fixture.ts';
import {
  buildQueue,
  canCancel,
  canDismiss,
  countQueue,
  describeSteps,
  filterQueue,
  groupOfJob,
  percentOf,
  stepCells,
} from './queue-model.ts';

const upload = (id: string, state: UploadEntry['state']): UploadEntry => ({
  id,
  fileName: `${id}.csv`,
  sizeBytes: 10,
  state,
  bytesDone: 0,
  bytesPerSecond: null,
  etaMs: null,
  error: null,
  addedAt: '2026-11-02T06:05:00.000Z',
});
const earlier = { importId: 'a'.repeat(64), fileName: 'Eldoret.xlsx', acceptedAt: '2026-11-01T05:41:00Z' };
const glyphs = (...args: Parameters<typeof stepCells>) => stepCells(...args).map((cell) => cell.glyph);

describe('the queue', () => {
  it('puts running first, then what needs a person, then what waits, then done newest first', () => {
    const jobs = [
      jobOf('done', { jobId: 'old', createdAt: '2026-11-01T06:00:00Z' }),
      jobOf('done', { jobId: 'new', createdAt: '2026-11-02T06:00:00Z' }),
      jobOf('queued', { jobId: 'idle' }),
      jobOf('review-needed', { jobId: 'ask' }),
      jobOf('validated', { jobId: 'runs' }),
    ];
    const keys = buildQueue(jobs, [upload('u1', 'waiting'), upload('u2', 'sending')]).map((item) => item.key);
    expect(keys).toEqual(['runs', 'upload:u2', 'ask', 'idle', 'upload:u1', 'new', 'old']);
  });

  it('counts every row in exactly one group', () => {
    const items = buildQueue(
      [...JOB_STATES.map((state) => jobOf(state)), jobOf('done', { jobId: 'copy', duplicateOf: earlier })],
      [upload('u1', 'failed'), upload('u2', 'sending')],
    );
    const counts = countQueue(items);
    expect(counts.all).toBe(16);
    expect(counts['needs-you'] + counts.running + counts.done).toBe(counts.all);
    expect(counts['needs-you']).toBe(5);
    for (const filter of ['needs-you', 'running', 'done'] as const)
      expect(filterQueue(items, filter)).toHaveLength(counts[filter]);
    expect(filterQueue(items, 'all')).toBe(items);
  });

  it('asks for a person for duplicates and failures, not for what was cancelled', () => {
    expect(groupOfJob(jobOf('done', { duplicateOf: earlier }))).toBe('needs-you');
    expect(groupOfJob(jobOf('failed'))).toBe('needs-you');
    expect(groupOfJob(jobOf('cancelled'))).toBe('done');
    expect(groupOfJob(jobOf('undone'))).toBe('done');
  });
});

describe('a queued job that is being staged', () => {
  it('is shown among the running ones', () => {
    const keys = buildQueue(
      [
        jobOf('review-needed', { jobId: 'ask' }),
        jobOf('queued', { jobId: 'staging', steps: stepsOf('queued', 'stage') }),
      ],
      [],
    ).map((item) => item.key);
    expect(keys).toEqual(['staging', 'ask']);
  });
});

describe('the seven steps', () => {
  it('shows a running step with its share', () => {
    const job = jobOf('accepted', {
      steps: stepsOf('accepted', 'upload'),
      progress: {
        step: 'upload',
        bytesDone: 239,
        bytesTotal: 412,
        rows: 0,
        bytesPerSecond: 6.2,
        rowsPerSecond: 0,
        etaMs: 28_000,
        notice: null,
      },
    });
    expect(glyphs(job)).toEqual(['done', 'done', 'done', 'done', 'done', 'running', 'pending']);
    expect(stepCells(job)[5]?.percent).toBeCloseTo(58.01, 1);
    expect(describeSteps(stepCells(job))).toBe('5 of 7 steps done; Stored: running, 58%');
  });

  it('is published only when it is reconciled too', () => {
    expect(glyphs(jobOf('published', { steps: stepsOf('published') }))[6]).toBe('running');
    expect(glyphs(jobOf('published', { steps: stepsOf('published', 'reconcile') }))[6]).toBe('running');
    expect(glyphs(jobOf('done'))).toEqual(Array.from({ length: 7 }, () => 'done'));
    const failed = stepsOf('done').map((step) =>
      step.step === 'reconcile' ? { ...step, state: 'failed' as const } : step,
    );
    expect(glyphs(jobOf('failed', { steps: failed }))[6]).toBe('failed');
  });

  it('marks where a person is asked, with or without a waiting step', () => {
    expect(glyphs(jobOf('mapping-needed'))).toEqual([
      'done',
      'done',
      'needs-mapping',
      'pending',
      'pending',
      'pending',
      'pending',
    ]);
    expect(glyphs(jobOf('review-needed'))[3]).toBe('needs-review');
    const waiting = stepsOf('review-needed').map((step) =>
      step.step === 'accept' ? { ...step, state: 'waiting' as const } : step,
    );
    expect(glyphs(jobOf('review-needed', { steps: waiting }))).toEqual([
      'done',
      'done',
      'done',
      'done',
      'needs-review',
      'pending',
      'pending',
    ]);
  });

  it('marks the first step that is not done as failed when none says so', () => {
    expect(glyphs(jobOf('failed'))).toEqual([
      'done',
      'failed',
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('never shows a stopped job as running', () => {
    expect(glyphs(jobOf('cancelled', { steps: stepsOf('cancelled', 'map') }))).not.toContain('running');
    expect(glyphs(jobOf('failed', { steps: stepsOf('failed', 'inspect') }))).not.toContain('running');
  });

  it('does not show what a cancelled job never reached as done', () => {
    const steps = stepsOf('cancelled').map((step) =>
      step.state === 'pending' ? { ...step, state: 'skipped' as const } : step,
    );
    expect(glyphs(jobOf('cancelled', { steps }))).toEqual([
      'done',
      'done',
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('passes over a step that had nothing to do', () => {
    const steps = stepsOf('accepted', 'upload').filter((step) => step.step !== 'map');
    expect(glyphs(jobOf('accepted', { steps }))[2]).toBe('done');
  });

  it('shows a duplicate as stopped at the first step', () => {
    expect(glyphs(jobOf('done', { duplicateOf: earlier }))).toEqual([
      'duplicate',
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
    ]);
  });
});

describe('what can be done with a job', () => {
  it('offers either cancel, undo later, or dismiss', () => {
    for (const state of JOB_STATES) expect(canCancel(jobOf(state)) && canDismiss(jobOf(state))).toBe(false);
    expect(canCancel(jobOf('review-needed'))).toBe(true);
    expect(canCancel(jobOf('accepted'))).toBe(false);
    expect(canDismiss(jobOf('failed'))).toBe(true);
  });
});

describe('percentOf', () => {
  it.each([
    [0, 0, null],
    [0, 10, null],
    [5, 10, 50],
    [11, 10, 100],
    [1, Number.NaN, null],
  ])('%d of %d is %s', (done, total, percent) => {
    expect(percentOf(done, total)).toBe(percent);
  });
});
