import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { comparisonFigures, evaluateExpression, figure } from '#shared/domain/metrics/evaluate';
import { rationalToNumber, rational } from '#shared/domain/metrics/exact';
import { resolveMetric } from '#shared/domain/metrics/resolve';
import { compareRows } from '#shared/domain/metrics/row-order';
import { bucketAt } from '#shared/domain/periods';
import { resultColumns, type Cell } from '#shared/domain/query';
import type { EngineAnswer, EngineQuery } from '../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import type { FileFacts } from './file-facts.ts';
import { bucketBase, groupedSql, sortKeys, wholeSql, type QueryPlan } from './grouped-sql.ts';
import { readBatches, readRows } from './locked-database.ts';
import { aggregateValue, compileMetrics, completeSql } from './metric-sql.ts';
import { BoundValues, chunksOf, sourceSql } from './query-sql.ts';

/** Answers one query on one connection. Names are known and periods possible: the service has checked them. */
export async function runQuery(
  connection: DuckDBConnection,
  facts: FileFacts,
  query: EngineQuery,
  chunks: readonly PublishedChunk[],
): Promise<EngineAnswer> {
  const metrics = query.metrics.map((id) => resolveMetric(id));
  const periods = [query.period, ...query.comparisons.map(({ period }) => period)];
  const read = chunks.filter((chunk) => periods.some((period) => chunksOf([chunk], period).length > 0));
  const nullable = await facts.nullableColumns(connection, read);
  const compiled = compileMetrics(metrics, (column) => nullable.has(column));
  const columns = resultColumns({ ...query, compare: query.comparisons.map(({ comparison }) => comparison) });
  const plan: QueryPlan = { query, chunks, metrics, periods, compiled, columns };

  const grouped = query.dimensions.length > 0 || query.grain !== null;
  const whole = grouped && !query.totals ? null : await readWhole(connection, plan);
  const coverage = await readCoverage(connection, plan, nullable);
  if (!grouped) {
    const rows = whole ? [whole].slice(0, query.limit) : [];
    return { rows, totals: query.totals ? whole : null, rowCount: 1, coverage };
  }
  return { ...(await readGroups(connection, plan)), totals: whole, coverage };
}

async function readGroups(
  connection: DuckDBConnection,
  plan: QueryPlan,
): Promise<{ rows: Cell[][]; rowCount: number }> {
  const bound = new BoundValues();
  const sql = groupedSql(plan, bound);
  const { dimensions, grain } = plan.query;
  const first = bucketBase(plan.query.period);
  const rows: Cell[][] = [];
  let rowCount = 0;
  for await (const batch of readBatches(connection, sql, bound.values, bound.types))
    for (const values of batch) {
      rowCount = Number(values[0]);
      const group: Cell[] = values
        .slice(1, 1 + dimensions.length)
        .map((value) => (typeof value === 'string' ? value : null));
      let next = 1 + dimensions.length;
      if (grain) {
        group.push(bucketAt(first, grain, Number(values[next])));
        next += 1;
      }
      rows.push([...group, ...figures(plan, values.slice(next))]);
    }
  // The order of quotients inside SQL may differ from that of the figures in their last bit.
  const order = compareRows(sortKeys(plan));
  if (rows.some((row, index) => index > 0 && order(rows[index - 1] ?? [], row) > 0)) rows.sort(order);
  return { rows, rowCount };
}

/** One row over all rows of each period: ratios are recomputed, never summed. */
async function readWhole(connection: DuckDBConnection, plan: QueryPlan): Promise<Cell[]> {
  const bound = new BoundValues();
  const rows = await readRows(connection, wholeSql(plan, bound), bound.values, bound.types);
  // One row per period, told by its first column; UNION ALL promises no order.
  const values = plan.periods.flatMap(
    (_, period) => rows.find(([number]) => Number(number) === period)?.slice(1) ?? [],
  );
  const group: Cell[] = [...plan.query.dimensions.map(() => null), ...(plan.query.grain ? [null] : [])];
  return [...group, ...figures(plan, values)];
}

/** Metric and comparison cells from aggregate values: those of the current period first, then of each compared one. */
function figures(plan: QueryPlan, values: readonly DuckDBValue[]): Cell[] {
  const { metrics, compiled } = plan;
  const exact = plan.periods.map((_, period) =>
    metrics.map((metric) =>
      evaluateExpression(metric.expression, (aggregate) =>
        aggregateValue(
          values[period * compiled.aggregates.length + compiled.indexOf(metric, aggregate)],
          aggregate,
        ),
      ),
    ),
  );
  const [current = [], ...compared] = exact;
  return [
    ...current.map(figure),
    ...compared.flatMap((previous) =>
      previous.flatMap((value, index) => comparisonFigures(current[index] ?? null, value)),
    ),
  ];
}

/**
 * Share of revenue in the current period that has all inputs of a metric; by amounts without sign, so that negative
 * corrections cannot push it out of 0 to 1. Where there is no revenue at all it is the share of rows.
 */
async function readCoverage(
  connection: DuckDBConnection,
  plan: QueryPlan,
  nullable: ReadonlySet<string>,
): Promise<Record<string, number>> {
  const gaps = plan.metrics
    .map((metric) => ({ metric, inputs: metric.inputs.filter((column) => nullable.has(column)) }))
    .filter(({ inputs }) => inputs.length > 0);
  if (gaps.length === 0) return {};
  const bound = new BoundValues();
  const columns = new Set(['grossRevenue', ...gaps.flatMap(({ inputs }) => inputs)]);
  const source = sourceSql({ ...plan.query, chunks: plan.chunks, columns }, bound);
  const weights = (filter: string) =>
    `CAST(CAST(sum(abs("grossRevenue"))${filter} AS DECIMAL(33,4)) * CAST(10000 AS DECIMAL(5,0)) AS HUGEINT), count(*)${filter}`;
  const list = ['', ...gaps.map(({ inputs }) => completeSql(inputs))].map(weights).join(', ');
  const [values = []] = await readRows(
    connection,
    `SELECT ${list} FROM ${source}`,
    bound.values,
    bound.types,
  );
  const shares = gaps.flatMap(({ metric }, index): [string, number][] => {
    const share = coveredShare(values.slice(0, 2), values.slice(2 + 2 * index, 4 + 2 * index));
    return share === null ? [] : [[metric.id, share]];
  });
  return Object.fromEntries(shares);
}

/** Null when nothing is missing. */
function coveredShare(all: readonly DuckDBValue[], covered: readonly DuckDBValue[]): number | null {
  const byRevenue = typeof all[0] === 'bigint' && all[0] > 0n;
  const [total, part] = byRevenue ? [all[0], covered[0]] : [all[1], covered[1]];
  if (typeof total !== 'bigint' || total === 0n) return null;
  const share = rational(typeof part === 'bigint' ? part : 0n, total);
  if (share.numerator === share.denominator) return null;
  return Math.min(rationalToNumber(share), 1 - Number.EPSILON / 2);
}
