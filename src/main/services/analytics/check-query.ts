import { resolveMetric, unknownMetric } from '#shared/domain/metrics/resolve';
import { findMetric } from '#shared/domain/metrics/catalogue';
import { nearestName } from '#shared/domain/nearest-name';
import { clipPeriod, comparedPeriod, isPossiblePeriod, monthStart } from '#shared/domain/periods';
import { resultColumns, type Period, type Query, type QueryResult } from '#shared/domain/query';
import { DIMENSIONS } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { EngineQuery } from './ports.ts';

/**
 * Refuses names that do not exist and periods that are not possible.
 * @throws AppError `analytics.unknown_metric`, `analytics.unknown_column`, `analytics.bad_period`
 */
export function checkQuery(query: Query): void {
  for (const metric of query.metrics) {
    if (!findMetric(metric)) throw unknownMetric(metric);
    resolveMetric(metric);
  }
  checkDimensions([...query.dimensions, ...query.filters.map(({ dimension }) => dimension)]);
  checkPeriod(query.period);
  const columns = resultColumns(query).map(({ name }) => name);
  for (const { column } of query.sort) if (!columns.includes(column)) throw unknownColumn(column, columns);
}

export function checkDimensions(names: readonly string[]): void {
  const known: readonly string[] = DIMENSIONS;
  for (const name of names) if (!known.includes(name)) throw unknownColumn(name, known);
}

export function checkPeriod(period: Period | undefined): void {
  if (period && !isPossiblePeriod(period))
    throw new AppError('analytics.bad_period', 'input', { from: period.from, to: period.to });
}

const unknownColumn = (name: string, known: readonly string[]) =>
  new AppError('analytics.unknown_column', 'input', {
    name: name.slice(0, 200),
    nearest: nearestName(name, known),
  });

export interface DecidedPeriods {
  /** For the answer: the days really used; null when there is no data to be about. */
  readonly period: Period | null;
  readonly comparisonPeriods: QueryResult['comparisonPeriods'];
  /**
   * For the engine. Not cut at the newest day: there is nothing after it, and whole months are read without looking
   * at their times.
   */
  readonly engine: Pick<EngineQuery, 'period' | 'comparisons'>;
}

/** Stands for the compared days while there is no data at all, so that the answer still has its columns. */
const NO_DAYS: Period = { from: '2001-01-01', to: '2001-01-01' };

/** The days that a query is about, cut where the data ends, and those that it is compared with, cut as early. */
export function decidePeriods(
  query: Query,
  data: { readonly from: string | null; readonly to: string | null },
): DecidedPeriods {
  const all = data.from !== null && data.to !== null ? { from: data.from, to: data.to } : null;
  const asked = query.period ?? all;
  if (!asked) {
    const comparisons = query.compare.map((comparison) => ({ comparison, period: NO_DAYS }));
    return { period: null, comparisonPeriods: [], engine: { period: null, comparisons } };
  }
  const period = clipPeriod(asked, data.to);
  const comparisons = query.compare.map((comparison) => ({
    comparison,
    period: comparedPeriod(comparison, asked, period),
  }));
  const everything = !query.period && comparisons.length === 0;
  return {
    period,
    comparisonPeriods: comparisons.map((compared) => ({
      ...compared,
      startsBeforeData: data.from !== null && compared.period.from < monthStart(data.from),
    })),
    engine: { period: everything ? null : asked, comparisons },
  };
}
