import { describe, expect, it } from 'vitest';
import { JOB_STATES, type JobProgress, type ReviewReason } from '#shared/domain/job';
import { jobOf, stepsOf } from './job.fixture.ts';
import { bytesOf, messageOf, metaOf, percentWords, reviewLine, shortStamp, timeLeft } from './job-words.ts';

const progress: JobProgress = {
  step: 'upload',
  bytesDone: 239_000_000,
  bytesTotal: 412_000_000,
  rows: 0,
  bytesPerSecond: 6_200_000,
  rowsPerSecond: 0,
  etaMs: 28_000,
  notice: null,
};
/** Figures are kept together by no-break spaces. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the line under a row', () => {
  it('every state but done has one', () => {
    for (const state of JOB_STATES) {
      expect(messageOf(jobOf(state)) === null).toBe(state === 'done');
    }
  });

  it('tells bytes, rate and time left of a running step', () => {
    const message = messageOf(jobOf('accepted', { progress }));
    if (message?.kind !== 'progress') throw new Error('not running');
    expect(plain(message.what)).toBe('Storing 239 of 412 MB');
    expect(message.facts.map(plain)).toEqual(['6.2 MB/s', '28 s left']);
    expect(message.percent).toBeCloseTo(58.01, 1);
  });

  it('does not make up numbers that are not known', () => {
    const unknown = { ...progress, bytesTotal: 0, bytesPerSecond: 0, etaMs: null };
    expect(messageOf(jobOf('accepted', { progress: unknown }))).toEqual({
      kind: 'progress',
      what: 'Storing',
      facts: [],
      percent: null,
    });
  });

  it('says what is waited for when nothing moves', () => {
    const notice = {
      code: 'druid.no_free_slots',
      kind: 'unavailable',
      details: { taskId: 't', used: 2, capacity: 2 },
      retryable: true,
      correlationId: 'x',
    } as const;
    const job = jobOf('uploaded', { progress: { ...progress, notice } });
    expect(messageOf(job)).toMatchObject({ what: 'Druid has no free place for a task', percent: null });
  });

  it('says what waits for a connection, that it goes on by itself, and nothing of it while it tries', () => {
    const waitingFor = {
      connection: 'postgres' as const,
      step: 'accept' as const,
      error: {
        code: 'postgres.refused',
        kind: 'unavailable' as const,
        details: { address: 'db.example:5432' },
        retryable: true,
        correlationId: 'q',
      },
      since: '2026-11-02T06:00:00.000Z',
      nextTryAt: null,
    };
    expect(messageOf(jobOf('validated', { waitingFor }))).toEqual({
      kind: 'idle',
      text: 'Checked here, not shared yet. PostgreSQL is not running at db.example:5432. It goes on by itself.',
    });
    const uploading = { ...waitingFor, step: 'upload' as const };
    expect(messageOf(jobOf('accepted', { waitingFor: uploading }))).toMatchObject({
      text: expect.stringMatching(/^Accepted; the rest waits/),
    });
    const trying = jobOf('accepted', { waitingFor: uploading, steps: stepsOf('accepted', 'upload') });
    expect(messageOf(trying)).toMatchObject({ kind: 'progress', what: 'Storing' });
  });

  it('a failure says what happened, what to do and what was kept', () => {
    const message = messageOf(
      jobOf('failed', {
        error: {
          code: 'app.disconnected',
          kind: 'unavailable',
          details: {},
          retryable: true,
          correlationId: 'x',
        },
      }),
    );
    expect(message).toMatchObject({
      kind: 'failed',
      title: expect.stringMatching(/^The engine is not answering\. The part of Mauzo/),
    });
    if (message?.kind !== 'failed') throw new Error('not failed');
    expect(message.detail).toContain('Running imports go on from their last step.');
  });

  it('names the import that a duplicate repeats', () => {
    const duplicateOf = { importId: 'a', fileName: 'Eldoret.xlsx', acceptedAt: '2026-11-01T08:41:00' };
    const message = messageOf(jobOf('done', { duplicateOf }));
    if (message?.kind !== 'duplicate') throw new Error('not a duplicate');
    expect(plain(message.text)).toEqual(
      expect.stringMatching(/^Already imported as Eldoret\.xlsx, 1 Nov (2026 )?08:41\. Nothing added\.$/),
    );
  });
});

describe('why a person is asked', () => {
  const line = (review: ReviewReason[], rowsRejected = 112) => reviewLine({ review, rowsRejected });

  it('gives rows, percent and limit', () => {
    expect(line([{ kind: 'rejects-over-limit', percent: 0.4438, limitPercent: 0.2 }])).toBe(
      '112 rows rejected (0.44%), the limit is 0.20%',
    );
  });

  it('says that control totals differ', () => {
    const check = { check: 'Rows accepted', expected: '10', actual: '9', balanced: false };
    expect(line([{ kind: 'control-totals', lines: [check] }])).toBe('The control totals do not match');
  });

  it('counts the questions that follow', () => {
    expect(line([{ kind: 'no-rows' }, { kind: 'rejects-over-limit', percent: 100, limitPercent: 1 }])).toBe(
      'No row of the file can be accepted, and 1 more question',
    );
  });
});

describe('small words', () => {
  it('the meta line of a finished import is its result', () => {
    const ledger = { balanced: true, lines: [] };
    expect(metaOf(jobOf('done', { rowsAccepted: 39_167, ledger }))).toBe('39,167 rows, ledger balanced');
    expect(metaOf(jobOf('done', { rowsAccepted: 1, rowsRejected: 12, ledger }))).toBe(
      '1 row, 12 rejected, ledger balanced',
    );
    expect(plain(metaOf(jobOf('review-needed', { rowsRead: 25_238, sheet: 'Oct' })))).toBe(
      '3.9 MB, sheet Oct, 25,238 rows',
    );
  });

  it.each([
    [400_000, 3_900_000, '400 KB of 3.9 MB'],
    [0, 0, '0 of 0 B'],
    [5_000_000, 3_900_000, '3.9 of 3.9 MB'],
  ])('%d of %d → %s', (done, total, text) => {
    expect(plain(bytesOf(done, total))).toBe(text);
  });

  it.each([
    [0.001, 'under 0.01%'],
    [0, '0.00%'],
    [0.44, '0.44%'],
    [54.32, '54.3%'],
  ])('%d %% → %s', (percent, text) => {
    expect(percentWords(percent)).toBe(text);
  });

  it('leaves the year out when it is this one', () => {
    const now = new Date('2026-11-02T00:00:00');
    expect(plain(shortStamp('2026-11-01T08:41:00', now))).toBe('1 Nov 08:41');
    expect(plain(shortStamp('2025-11-01T08:41:00', now))).toBe('1 Nov 2025 08:41');
  });

  it('rounds the time left to seconds', () => {
    expect(plain(timeLeft(28_400))).toBe('28 s left');
    expect(plain(timeLeft(3000))).toBe('3 s left');
    expect(timeLeft(300)).toBe('nearly done');
  });
});
