import { bucketLabel, bucketsOf, clipPeriod } from '#shared/domain/periods';
import type { Comparison, Grain, Period, QueryResult } from '#shared/domain/query';
import { comparisonColumn, createResultReader } from '../../data/result-reader.ts';
import type { SalesMetric } from './use-dashboard.ts';

export interface TrendPoint {
  /** First day of the bucket. */
  readonly time: string;
  /** "Mar 2026" */
  readonly label: string;
  /** For the axis: "Mar" when the year goes without saying. */
  readonly tick: string;
  readonly sales: number | null;
  readonly previous: number | null;
  readonly changePercent: number | null;
  readonly grossProfit: number | null;
  readonly grossMargin: number | null;
}

/** Every bucket of the days really answered, those without data too. */
export function trendPoints(
  result: QueryResult,
  grain: Grain,
  asked: Period,
  comparison: Comparison | null,
  sales: SalesMetric,
): TrendPoint[] {
  const reader = createResultReader(result);
  const byTime = new Map(result.rows.map((row) => [reader.text(row, 'time'), row]));
  const period = result.period ?? clipPeriod(asked, null);
  const buckets = bucketsOf(period, grain);
  const oneYear = period.from.slice(0, 4) === period.to.slice(0, 4);
  return buckets.map((time) => {
    const row = byTime.get(time) ?? [];
    const part = (name: 'previous' | 'changePercent') =>
      comparison && reader.number(row, comparisonColumn(sales, comparison, name));
    return {
      time,
      label: bucketLabel(time, grain),
      tick: tickOf(time, grain, oneYear),
      sales: reader.number(row, sales),
      previous: part('previous'),
      changePercent: part('changePercent'),
      grossProfit: reader.number(row, 'grossProfit'),
      grossMargin: reader.number(row, 'grossMargin'),
    };
  });
}

function tickOf(time: string, grain: Grain, oneYear: boolean): string {
  const label = bucketLabel(time, grain);
  const [first = '', second = '', third = ''] = label.replace(/^Week of /, '').split(' ');
  switch (grain) {
    case 'day':
      return first === '1' ? `${first} ${second}` : first;
    case 'week':
      return `${first} ${second}`;
    case 'month':
      return oneYear ? first : `${first} ${second.slice(2)}`;
    case 'quarter':
      return oneYear ? first : `${first} ${second.slice(2)}`;
    case 'year':
    default:
      return third || label;
  }
}

/** The smallest round number at or above a value that divides into at most four gridlines. */
export function axisStep(largest: number): number {
  if (!(largest > 0)) return 1;
  const raw = largest / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const head = raw / power;
  const nice = head <= 1 ? 1 : head <= 2 ? 2 : head <= 2.5 ? 2.5 : head <= 5 ? 5 : 10;
  return nice * power;
}

/** Round bounds around ratios with two ticks, at least one percentage point apart. */
export function ratioBounds(values: readonly (number | null)[]): { min: number; max: number } {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { min: 0, max: 1 };
  const low = Math.min(...known);
  const high = Math.max(...known);
  const span = Math.max(0.01, high - low);
  const step = span <= 0.02 ? 0.01 : span <= 0.05 ? 0.02 : span <= 0.12 ? 0.05 : span <= 0.3 ? 0.1 : 0.25;
  const floor = Number((Math.floor(low / step) * step).toFixed(4));
  const ceiling = Number((Math.ceil(high / step) * step).toFixed(4));
  return { min: floor, max: ceiling > floor ? ceiling : Number((floor + step).toFixed(4)) };
}
