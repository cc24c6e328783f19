import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import {
  coverageGaps,
  coverageShares,
  figures,
  sortKeys,
  type CoverageWeight,
} from '#shared/domain/metrics/answer';
import { compileMetrics } from '#shared/domain/metrics/compile';
import { resolveMetric } from '#shared/domain/metrics/resolve';
import { compareRows } from '#shared/domain/metrics/row-order';
import { bucketAt, bucketBase } from '#shared/domain/periods';
import { resultColumns, type Cell } from '#shared/domain/query';
import type { EngineAnswer, EngineQuery } from '../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import type { FileFacts } from './file-facts.ts';
import { groupedSql, wholeSql, type QueryPlan } from './grouped-sql.ts';
import { readBatches, readRows } from './locked-database.ts';
import { completeSql } from './metric-sql.ts';
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
  const plan: QueryPlan = { query, chunks, periods, compiled, columns };

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
      rows.push([...group, ...figures(plan.compiled, byPeriod(plan, values.slice(next)))]);
    }
  // The order of quotients inside SQL may differ from that of the figures in their last bit.
  const order = compareRows(sortKeys(plan.query.sort, plan.columns));
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
  return [...group, ...figures(plan.compiled, byPeriod(plan, values))];
}

/** Aggregate values of one row, which come one period after the other. */
function byPeriod({ periods, compiled }: QueryPlan, values: readonly DuckDBValue[]): (bigint | null)[][] {
  const width = compiled.aggregates.length;
  return periods.map((_, period) => values.slice(period * width, (period + 1) * width).map(integer));
}

const integer = (value: DuckDBValue | undefined): bigint | null => (typeof value === 'bigint' ? value : null);

async function readCoverage(
  connection: DuckDBConnection,
  plan: QueryPlan,
  nullable: ReadonlySet<string>,
): Promise<Record<string, number>> {
  const gaps = coverageGaps(plan.compiled.metrics, (column) => nullable.has(column));
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
  const weight = (position: number): CoverageWeight => ({
    revenue: integer(values[2 * position]),
    rows: integer(values[2 * position + 1]) ?? 0n,
  });
  return coverageShares(
    gaps,
    weight(0),
    gaps.map((_, index) => weight(index + 1)),
  );
}
