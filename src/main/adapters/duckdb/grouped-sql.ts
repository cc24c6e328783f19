import { sortKeys } from '#shared/domain/metrics/answer';
import type { CompiledMetrics } from '#shared/domain/metrics/compile';
import { bucketBase, bucketStart } from '#shared/domain/periods';
import type { Grain, Period, ResultColumn } from '#shared/domain/query';
import type { EngineQuery } from '../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import { aggregateSql, comparisonSortSql, ofNothing, sortSql } from './metric-sql.ts';
import { sourceSql, type BoundValues } from './query-sql.ts';
import { quoteName } from './sql-text.ts';

/** One query with everything that its statements are made from. */
export interface QueryPlan {
  readonly query: EngineQuery;
  readonly chunks: readonly PublishedChunk[];
  /** The current period, then the compared ones. */
  readonly periods: readonly (Period | null)[];
  readonly compiled: CompiledMetrics;
  readonly columns: readonly ResultColumn[];
}

/** `period number, aggregates…`: one row per period over all its rows. */
export function wholeSql(plan: QueryPlan, bound: BoundValues): string {
  const aggregates = plan.compiled.aggregates.map((needed) => `, ${aggregateSql(needed)}`).join('');
  return plan.periods
    .map((period, number) => `SELECT ${number}${aggregates} FROM ${source(plan, period, [], bound)}`)
    .join(' UNION ALL ');
}

/**
 * `rows before the limit, dimensions…, bucket number (with a grain), aggregates of each period…`. Buckets are counted
 * from the beginning of their period, so that bucket k is compared with bucket k.
 */
export function groupedSql(plan: QueryPlan, bound: BoundValues): string {
  const { query, compiled, periods } = plan;
  const keys = [...query.dimensions.map((_, index) => `d${index}`), ...(query.grain ? ['k'] : [])];
  const groups = periods.map((period, number) => {
    const dimensions = query.dimensions.map((name, index) => `${quoteName(name)} AS d${index}`);
    const bucket = query.grain ? [`${bucketSql(query.grain, bucketBase(period), bound)} AS k`] : [];
    const aggregates = compiled.aggregates.map((needed, index) => `${aggregateSql(needed)} AS a${index}`);
    const list = [...dimensions, ...bucket, ...aggregates, `${number} AS p`].join(', ');
    const columns = [...query.dimensions, ...(query.grain ? ['__time'] : [])];
    const by = keys.map((_, index) => index + 1).join(', ');
    return `SELECT ${list} FROM ${source(plan, period, columns, bound)} GROUP BY ${by}`;
  });
  const pivoted = periods.flatMap((_, number) =>
    compiled.aggregates.map(
      (needed, index) =>
        `coalesce(any_value(a${index}) FILTER (p = ${number}), ${ofNothing(needed)}) AS a${index}_${number}`,
    ),
  );
  const names = periods.flatMap((_, number) => compiled.aggregates.map((_, index) => `a${index}_${number}`));
  const order = sortKeys(query.sort, plan.columns).map(
    ({ index, direction }) => `${orderSql(plan, index)} ${direction} NULLS LAST`,
  );
  return `WITH answer AS MATERIALIZED (
      SELECT ${[...keys, ...pivoted].join(', ')} FROM (${groups.join(' UNION ALL ')}) GROUP BY ${keys.join(', ')})
    SELECT ${['(SELECT count(*) FROM answer)', ...keys, ...names].join(', ')} FROM answer
    ORDER BY ${order.join(', ')} LIMIT ${Math.trunc(query.limit)}`;
}

function orderSql(plan: QueryPlan, index: number): string {
  const column = plan.columns[index];
  if (!column || column.kind === 'dimension') return `d${index}`;
  if (column.kind === 'time') return 'k';
  const metric = plan.compiled.metrics.find(({ id }) => id === column.metric);
  if (!metric) throw new RangeError(`metric of ${column.name} was not compiled`);
  const valueIn = (period: number) =>
    sortSql(metric, plan.compiled, (aggregate) => `a${aggregate}_${period}`);
  if (column.part === null) return valueIn(0).sql;
  const compared = plan.query.comparisons.findIndex(({ comparison }) => comparison === column.comparison);
  return comparisonSortSql(column.part, valueIn(0), valueIn(compared + 1));
}

function source(
  plan: QueryPlan,
  period: Period | null,
  groupColumns: readonly string[],
  bound: BoundValues,
): string {
  const columns = new Set([...groupColumns, ...plan.compiled.columns]);
  return sourceSql({ chunks: plan.chunks, period, filters: plan.query.filters, columns }, bound);
}

function bucketSql(grain: Grain, base: string, bound: BoundValues): string {
  const start = `CAST(${bound.day(bucketStart(base, grain))} AS DATE)`;
  if (grain === 'week') return `date_diff('day', ${start}, CAST(date_trunc('week', "__time") AS DATE)) // 7`;
  return `date_diff('${grain}', ${start}, CAST("__time" AS DATE))`;
}
