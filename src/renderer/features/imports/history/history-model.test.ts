import { describe, expect, it } from 'vitest';
import type { ChangePreview, HistoryEntry } from '#shared/contract/imports';
import {
  changeLines,
  changeSentence,
  isSuperseded,
  monthRange,
  sortHistory,
  statusOf,
} from './history-model.ts';

const totals = (grossRevenue: string | null) => ({
  grossRevenue,
  returnsValue: null,
  totalCost: null,
  unitsSold: null,
  unitsReturned: null,
});
const entry = (change: Partial<HistoryEntry> = {}): HistoryEntry => ({
  sequence: 1,
  importId: 'a'.repeat(64),
  jobId: 'j',
  fileName: 'a.csv',
  sheet: '',
  policy: 'keep',
  acceptedAt: '2026-11-01T05:41:00Z',
  undoneAt: null,
  rowsAccepted: 10,
  rowsRejected: 0,
  rowsInEffect: 10,
  totals: totals('1'),
  chunks: ['2026-10'],
  ...change,
});

describe('status of an import', () => {
  it.each([
    [{}, 'active'],
    [{ rowsInEffect: 4 }, 'partly'],
    [{ rowsInEffect: 0 }, 'replaced'],
    [{ rowsInEffect: 0, undoneAt: '2026-11-02T00:00:00Z' }, 'undone'],
  ] as const)('%o is %s', (change, status) => {
    expect(statusOf(entry(change))).toBe(status);
  });

  it('only the newest entry of an import can be acted on', () => {
    const old = entry({ undoneAt: '2026-11-02T00:00:00Z' });
    const again = entry({ sequence: 3 });
    const other = entry({ sequence: 2, importId: 'b'.repeat(64) });
    const all = [old, other, again];
    expect(all.map((item) => isSuperseded(item, all))).toEqual([true, false, false]);
    expect(sortHistory(all).map((item) => item.sequence)).toEqual([3, 2, 1]);
  });
});

describe('monthRange', () => {
  it.each([
    [['2026-10'], 'Oct 2026'],
    [['2026-10', '2026-01'], 'Jan–Oct 2026'],
    [['2024-01', '2026-10'], 'Jan 2024 – Oct 2026'],
    [[], '–'],
  ])('%j → %s', (chunks, text) => {
    expect(monthRange(chunks)).toBe(text);
  });
});

describe('what an undo changes', () => {
  const preview: ChangePreview = {
    importId: 'a',
    fileName: 'a.csv',
    chunks: ['2026-10'],
    rowsBefore: 1200,
    rowsAfter: 1000,
    before: totals('9007199254740993.25'),
    after: totals('9007199254740993'),
  };

  it('is exact where floating point would not be', () => {
    expect(changeLines(preview)).toEqual([
      { label: 'Rows', before: '1,200', after: '1,000', change: '−200', changed: true },
      {
        label: 'Gross revenue, KES',
        before: '9,007,199,254,740,993.25',
        after: '9,007,199,254,740,993.00',
        change: '−0.25',
        changed: true,
      },
    ]);
  });

  it('sums up in one line what was done', () => {
    expect(changeSentence(preview, 'undone')).toBe(
      'a.csv no longer counts: −200 rows, −KES\u00a00.25 gross revenue.',
    );
    const same = { ...preview, rowsAfter: preview.rowsBefore, after: preview.before };
    expect(changeSentence(same, 'counted')).toBe('a.csv counts again: no figure changed.');
  });

  it('says nothing is left as blank, not as zero', () => {
    const [, revenue] = changeLines({ ...preview, before: totals('12.5'), after: totals(null) });
    expect(revenue).toMatchObject({ before: '12.50', after: '–', change: '−12.50' });
  });
});
