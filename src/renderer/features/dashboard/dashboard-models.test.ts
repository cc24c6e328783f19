import { describe, expect, it } from 'vitest';
import type { Cell, QueryResult } from '#shared/domain/query';
import { heatModel } from './heat-model.ts';
import { movements } from './movement-model.ts';
import { axisStep, ratioBounds, trendPoints } from './trend-model.ts';
import { distinctComparisons, salesMetricOf, trendGrain } from './use-dashboard.ts';

function answer(names: string[], rows: Cell[][], more: Partial<QueryResult> = {}): QueryResult {
  return {
    columns: names.map((name) => ({ name, kind: 'metric', metric: null, comparison: null, part: null })),
    rows,
    totals: null,
    period: { from: '2026-01-01', to: '2026-03-31' },
    comparisonPeriods: [],
    coverage: {},
    dataVersion: 1,
    engine: 'local',
    rowCount: rows.length,
    truncated: false,
    elapsedMs: 1,
    ...more,
  };
}

describe('contributions', () => {
  const group = (label: string, previous: number, current: number) => ({
    value: label,
    label,
    previous,
    current,
  });

  it('each bar begins where the one before ended, and they add up', () => {
    const list = movements([group('A', 10, 8), group('B', 20, 27), group('C', 5, 6)], 8);
    expect(list.map((entry) => [entry.label, entry.from, entry.to])).toEqual([
      ['B', 35, 42],
      ['C', 42, 43],
      ['A', 43, 41],
    ]);
  });

  it('puts the smallest together beyond the limit and loses nothing', () => {
    const groups = Array.from({ length: 20 }, (_, index) => group(`G${index}`, 100, 100 + index));
    const list = movements(groups, 8);
    expect(list).toHaveLength(8);
    expect(list.at(-1)).toMatchObject({ label: '13 others', value: undefined, change: 78 });
    expect(list.at(-1)?.to).toBe(2_190);
  });

  it('has no percentage for what is new', () => {
    expect(movements([group('new', 0, 5)], 8)[0]?.changePercent).toBeNull();
  });
});

describe('trend', () => {
  it('shows every bucket, those without rows too', () => {
    const result = answer(
      ['time', 'netSales', 'netSales.same-period-last-year.previous'],
      [
        ['2026-01-01', 5, 4],
        ['2026-03-01', 7, null],
      ],
    );
    const points = trendPoints(
      result,
      'month',
      { from: '2026-01-01', to: '2026-12-31' },
      'same-period-last-year',
      'netSales',
    );
    expect(points.map((point) => [point.tick, point.sales, point.previous])).toEqual([
      ['Jan', 5, 4],
      ['Feb', null, null],
      ['Mar', 7, null],
    ]);
  });

  it('chooses a grain that can be read', () => {
    expect(trendGrain({ from: '2026-10-01', to: '2026-10-31' })).toBe('day');
    expect(trendGrain({ from: '2026-07-01', to: '2026-09-30' })).toBe('week');
    expect(trendGrain({ from: '2026-01-01', to: '2026-10-31' })).toBe('month');
    expect(trendGrain({ from: '2020-01-01', to: '2026-10-31' })).toBe('quarter');
  });

  it('draws at most five gridlines from 0 and two around a ratio', () => {
    expect([559, 682, 4_536, 0.9, 95, 0].map(axisStep)).toEqual([200, 200, 2_000, 0.25, 25, 1]);
    expect(ratioBounds([0.195, 0.2, null])).toEqual({ min: 0.19, max: 0.2 });
    expect(ratioBounds([0.2, 0.2])).toEqual({ min: 0.2, max: 0.21 });
    expect(ratioBounds([])).toEqual({ min: 0, max: 1 });
  });
});

describe('comparisons', () => {
  const day = { from: '2025-01-01', to: '2025-12-31' };
  it('shows the same days once', () => {
    const both = ['previous-period', 'same-period-last-year'] as const;
    const same = both.map((comparison) => ({ comparison, period: day, startsBeforeData: false }));
    expect(distinctComparisons(both, same)).toEqual(['same-period-last-year']);
    const other = [same[1] ?? { comparison: both[1], period: day, startsBeforeData: false }];
    expect(
      distinctComparisons(both, [
        {
          comparison: 'previous-period',
          period: { from: '2025-03-01', to: '2025-12-31' },
          startsBeforeData: false,
        },
        ...other,
      ]),
    ).toEqual([...both]);
  });
});

describe('heatmap', () => {
  it('takes totals from their own answers and tells blank from 0', () => {
    const branches = answer(['Branch', 'netSales', 'grossMargin'], [['K', 30, 0.2]], {
      totals: [null, 30, 0.2],
    });
    const lines = answer(
      ['ProductLine', 'netSales', 'grossMargin'],
      [
        ['A', 30, 0.2],
        [null, 0, null],
        ['only last year', null, null],
      ],
    );
    const grid = answer(['Branch', 'ProductLine', 'netSales', 'grossMargin'], [['K', 'A', 30, 0.2]]);
    const model = heatModel(
      grid,
      { result: branches, dimension: 'Branch' },
      { result: lines, dimension: 'ProductLine' },
      'sales',
      'netSales',
      null,
      12,
    );
    expect(model).toMatchObject({
      rows: ['K'],
      columns: ['A', null],
      cells: [[30, null]],
      columnTotals: [30, 0],
      grandTotal: 30,
      hiddenColumns: 0,
    });
  });
});

describe('what the page ranks by', () => {
  it('is revenue where no file has returns, so that net sales is blank', () => {
    const names = ['netSales', 'totalRevenue'];
    expect(salesMetricOf(answer(names, [[null, 100]]))).toBe('totalRevenue');
    expect(salesMetricOf(answer(names, [[90, 100]]))).toBe('netSales');
    expect(salesMetricOf(answer(names, [[null, null]]))).toBe('netSales');
    expect(salesMetricOf(undefined)).toBe('netSales');
  });
});
