import { expect, it } from 'vitest';
import { comparisonColumn, createResultReader } from './result-reader.ts';

const comparison = 'same-period-last-year' as const;
const change = comparisonColumn('netSales', comparison, 'changePercent');
const columns = [
  { name: 'netSales', kind: 'metric' as const, metric: 'netSales', comparison: null, part: null },
  {
    name: change,
    kind: 'comparison' as const,
    metric: 'netSales',
    comparison,
    part: 'changePercent' as const,
  },
];
const period = { from: '2023-01-01', to: '2023-12-31' };

it('reads a change only against days that the data hold in full', () => {
  const read = (startsBeforeData: boolean) => {
    const reader = createResultReader({
      columns,
      comparisonPeriods: [{ comparison, period, startsBeforeData }],
    });
    return [reader.number([5, 66.7], 'netSales'), reader.number([5, 66.7], change)];
  };
  expect(read(false)).toEqual([5, 66.7]);
  expect(read(true)).toEqual([5, null]);
});
