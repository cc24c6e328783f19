import { describe, expect, it } from 'vitest';
import type { FootprintRow } from '../publishing/ports.ts';
import { buildLedger, type LedgerInputs } from './ledger.ts';

const totals = (grossRevenue: string | null) => ({
  grossRevenue,
  returnsValue: null,
  totalCost: null,
  unitsSold: null,
  unitsReturned: null,
});
const row = (day: string, rows: number, revenue: string): FootprintRow => ({
  chunk: day.slice(0, 7),
  branch: 'Meru',
  day,
  rows,
  totals: totals(revenue),
});

/** Ten rows read: six accepted, of which two are excluded; three rejected; one skipped. */
const balanced: LedgerInputs = {
  file: { rowsRead: 10, rowsAccepted: 6, rowsRejected: 3, rowsSkipped: 1, totals: totals('60.5') },
  located: { rejected: 3, skipped: 1 },
  footprint: [row('2024-03-01', 4, '40.5000'), row('2024-03-02', 2, '20')],
  contribution: {
    rows: 4,
    totals: totals('40.5'),
    rowsExcluded: 2,
    rowsSuperseded: 0,
    supersededBy: null,
  },
  engines: [{ name: 'engine', rows: 4, totals: totals('40.5') }],
};
const wrong = (inputs: LedgerInputs) => buildLedger(inputs).lines.filter((line) => !line.balanced);

describe('the ledger', () => {
  it('balances when file, Parquet, log and engine agree', () => {
    expect(buildLedger(balanced).balanced).toBe(true);
    expect(buildLedger({ ...balanced, located: null }).lines.length).toBe(
      buildLedger(balanced).lines.length - 2,
    );
  });

  it.each<[string, Partial<LedgerInputs>, string]>([
    ['a lost row', { file: { ...balanced.file, rowsRead: 11 } }, 'Rows read = accepted + rejected + skipped'],
    [
      'a row less in Parquet',
      { footprint: [row('2024-03-01', 5, '60.5')] },
      'Rows accepted = rows in Parquet',
    ],
    [
      'a reject without a place',
      { located: { rejected: 2, skipped: 1 } },
      'Rows rejected = rejected rows with a location',
    ],
    [
      'a skip without a place',
      { located: { rejected: 3, skipped: 0 } },
      'Rows skipped = skipped rows with a location',
    ],
    [
      'a row too many in the engine',
      { engines: [{ name: 'engine', rows: 5, totals: totals('40.5') }] },
      'Rows in engine = accepted − superseded − excluded',
    ],
    [
      'money that changed on the way to Parquet',
      { file: { ...balanced.file, totals: totals('60.5001') } },
      'Gross revenue: file = Parquet',
    ],
    [
      'money that changed on the way to the engine',
      { engines: [{ name: 'engine', rows: 4, totals: totals('40.4999') }] },
      'Gross revenue: what counts = engine',
    ],
    [
      '0 for unknown',
      { engines: [{ name: 'engine', rows: 4, totals: { ...totals('40.5'), totalCost: '0' } }] },
      'Total cost: what counts = engine',
    ],
  ])('names %s', (_, change, check) => {
    expect(wrong({ ...balanced, ...change }).map((line) => line.check)).toEqual([check]);
  });

  it('expects nothing in the engine of an import that is undone', () => {
    const nothing = { name: 'engine' as const, rows: 0, totals: totals(null) };
    const undone = { ...balanced, contribution: null, engines: [nothing] };
    expect(wrong(undone)).toEqual([]);
    expect(wrong({ ...undone, engines: balanced.engines })).toHaveLength(2);
  });

  it('looks at every engine by itself', () => {
    const local = { name: 'engine' as const, rows: 4, totals: totals('40.5') };
    const both = { ...balanced, engines: [local, { ...local, name: 'Druid' as const }] };
    expect(wrong(both)).toEqual([]);
    const behind = {
      ...balanced,
      engines: [local, { name: 'Druid' as const, rows: 3, totals: totals('40.4') }],
    };
    expect(wrong(behind).map((line) => line.check)).toEqual([
      'Rows in Druid = accepted − superseded − excluded',
      'Gross revenue: what counts = Druid',
    ]);
  });
});
