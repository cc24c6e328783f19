import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '#shared/contract/imports';
import type { Overlap } from '#shared/domain/job';
import { jobOf } from '../model/job.fixture.ts';
import { changeLine, overlapChoices, overlapSentence } from './overlap-choices.ts';

const totals = (grossRevenue: string) => ({
  grossRevenue,
  returnsValue: null,
  totalCost: null,
  unitsSold: null,
  unitsReturned: null,
});
const overlap: Overlap = {
  importId: 'a'.repeat(64),
  fileName: 'Kisumu Oct.xlsx',
  acceptedAt: '2026-11-01T05:41:00Z',
  branchDays: 62,
  rows: 3120,
  equalRows: 2980,
  otherRows: 3140,
  branches: ['Kisumu'],
  from: '2026-10-01',
  to: '2026-10-31',
};
const entry: HistoryEntry = {
  sequence: 1,
  importId: overlap.importId,
  jobId: 'j',
  fileName: overlap.fileName,
  sheet: '',
  policy: 'keep',
  acceptedAt: overlap.acceptedAt,
  undoneAt: null,
  rowsAccepted: 15_103,
  rowsRejected: 0,
  rowsInEffect: 15_103,
  totals: totals('45000000.25'),
  chunks: ['2026-10'],
};
const job = (...overlaps: Overlap[]) =>
  jobOf('review-needed', {
    rowsAccepted: 25_126,
    totals: totals('102055155.71'),
    review: [{ kind: 'overlap', overlaps }],
  });
const choose = (id: string, history: readonly HistoryEntry[] = [entry], ...overlaps: Overlap[]) => {
  const found = overlapChoices(job(...(overlaps.length > 0 ? overlaps : [overlap])), history).find(
    (choice) => choice.id === id,
  );
  if (!found) throw new Error(`no choice ${id}`);
  return found;
};

describe('the answers to an overlap', () => {
  it('are none without an overlap', () => {
    expect(overlapChoices(jobOf('review-needed'), [])).toEqual([]);
  });

  it('say how many rows come and go', () => {
    expect(changeLine(choose('replace'))).toBe('+21,986 rows');
    expect(changeLine(choose('skip'))).toBe('+22,006 rows');
    expect(changeLine(choose('replace-file'))).toBe('+10,023 rows, +KES\u00a057,055,155.46');
    expect(changeLine(choose('keep'))).toBe('+25,126 rows, +KES\u00a0102,055,155.71');
  });

  it('warn that equal rows count twice when both are kept', () => {
    expect(choose('keep').effect).toContain('2,980 equal rows will count twice');
  });

  it('send what the engine needs', () => {
    expect(choose('replace-file')).toMatchObject({ policy: 'keep', supersedes: [overlap.importId] });
    expect(choose('skip')).toMatchObject({ policy: 'skip', supersedes: [] });
  });

  it('give no revenue when part of the other file no longer counts', () => {
    const partly = { ...entry, rowsInEffect: 10_000 };
    expect(choose('replace-file', [partly]).revenueChange).toBeNull();
    expect(choose('replace-file', [partly]).rowsChange).toBe(15_126);
    expect(choose('replace-file', []).rowsChange).toBeNull();
  });

  it('do not add up rows that several files share', () => {
    const second = { ...overlap, importId: 'b'.repeat(64), fileName: 'Nakuru.csv' };
    const skip = choose('skip', [entry], overlap, second);
    expect(skip.rowsChange).toBeNull();
    expect(skip.effect).toMatch(/^Up to 6,240 rows/);
  });

  it('suggest nothing for a file that brings nothing new, and say that skipping leaves nothing', () => {
    const all = { ...overlap, rows: 25_126, equalRows: 25_126 };
    const choices = overlapChoices(job(all), [entry]);
    expect(choices.some((choice) => choice.suggested)).toBe(false);
    expect(choose('skip', [entry], all).effect).toMatch(/^All rows of this file .* none of them counts\./);
  });

  it('suggest skipping only when every shared row is the same and something new remains', () => {
    const same = { ...overlap, equalRows: overlap.rows };
    expect(choose('skip', [entry], same).suggested).toBe(true);
    expect(choose('replace', [entry], same).suggested).toBe(false);
    expect(choose('replace').suggested).toBe(true);
    expect(choose('keep').suggested).toBe(false);
  });
});

describe('overlapSentence', () => {
  it('names branch, days and equal rows', () => {
    expect(overlapSentence(overlap)).toBe(
      '3,120 rows of this file are on 62 branch-days that it holds already (Kisumu, Oct 2026); 2,980 of them are the same in both files.',
    );
  });
});
