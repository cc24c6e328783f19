import type { Comparison } from '#shared/domain/query';
import { findMetric, type MetricDefinition } from '#shared/domain/metrics/catalogue';
import { comparisonColumn, type ResultReader, type ResultRow } from '../data/result-reader.ts';
import type { Change } from '../ui/change-mark.tsx';
import {
  abbreviate,
  formatCount,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPoints,
  moneyParts,
  type FigureParts,
} from '../ui/format.ts';

/** The definition of a metric that the code names; an unknown one is a fault of ours. */
export function metricOf(id: string): MetricDefinition {
  const found = findMetric(id);
  if (!found) throw new Error(`unknown metric ${id}`);
  return found;
}

const isMoney = (metric: MetricDefinition) => metric.unit.startsWith('KES');
/** Prices need their cents when they are small. */
const smallDecimals = (metric: MetricDefinition) => (metric.unit === 'KES' ? 0 : metric.decimals);

/** A figure of a card: abbreviated, unit apart. */
export function metricParts(metric: MetricDefinition, value: number | null, currency: string): FigureParts {
  if (isMoney(metric)) return moneyParts(value, currency, smallDecimals(metric));
  if (metric.unit === 'ratio') {
    const number = value === null ? formatNumber(null) : formatNumber(value * 100, metric.decimals);
    return { prefix: '', number, suffix: value === null ? '' : '%' };
  }
  return { prefix: '', ...abbreviate(value) };
}

export function metricText(metric: MetricDefinition, value: number | null, currency: string): string {
  if (isMoney(metric)) return formatMoney(value, currency, smallDecimals(metric));
  return metric.unit === 'ratio' ? formatPercent(value, metric.decimals) : formatCount(value);
}

/**
 * A change in words. Ratios change in percentage points. A metric that is zero or negative (returns) grows when it
 * moves away from zero: the arrow follows its size, the verdict its good direction.
 */
export function changeOf(
  metric: MetricDefinition,
  figures: {
    readonly value: number | null;
    readonly previous: number | null;
    readonly change: number | null;
    /** In percent of the previous value: 6.2 is 6.2 %. */
    readonly changePercent: number | null;
  },
): Change | null {
  const { value, previous, change, changePercent } = figures;
  if (value === null || previous === null || change === null) return null;
  const points = metric.unit === 'ratio';
  if (!points && changePercent === null) return null;
  const decimals = points && metric.decimals > 1 ? metric.decimals : 1;
  const text = points
    ? formatPoints(Math.abs(change), decimals)
    : formatPercent(Math.abs(changePercent ?? 0) / 100);
  const flat = !/[1-9]/.test(text);
  const growth = value <= 0 && previous <= 0 ? -change : change;
  return {
    text,
    direction: flat ? 'flat' : growth > 0 ? 'up' : 'down',
    verdict:
      flat || metric.goodDirection === 'neutral'
        ? 'neutral'
        : change > 0 === (metric.goodDirection === 'up')
          ? 'better'
          : 'worse',
  };
}

/** The change of a metric in a row of a result. */
export function rowChange(
  reader: ResultReader,
  row: ResultRow,
  metricId: string,
  comparison: Comparison,
): Change | null {
  const part = (name: 'previous' | 'change' | 'changePercent') =>
    reader.number(row, comparisonColumn(metricId, comparison, name));
  return changeOf(metricOf(metricId), {
    value: reader.number(row, metricId),
    previous: part('previous'),
    change: part('change'),
    changePercent: part('changePercent'),
  });
}

/** "last year", "prev. period". */
export function comparisonWords(comparison: Comparison): { long: string; short: string; column: string } {
  return comparison === 'same-period-last-year'
    ? { long: 'last year', short: 'LY', column: 'vs last year' }
    : { long: 'prev. period', short: 'prev.', column: 'vs previous' };
}
