import { setImmediate as nextTurn } from 'node:timers/promises';
import { coverageGaps, coverageShares, figures, sortKeys } from '#shared/domain/metrics/answer';
import { compileMetrics, type CompiledMetrics } from '#shared/domain/metrics/compile';
import { resolveMetric } from '#shared/domain/metrics/resolve';
import { compareRows } from '#shared/domain/metrics/row-order';
import { resultColumns, type Cell } from '#shared/domain/query';
import type { EngineAnswer, EngineQuery } from '../../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import {
  aggregateSql,
  BLANK,
  countSql,
  isPresent,
  readFigures,
  storedName,
  sumSql,
} from './aggregate-sql.ts';
import { verifyRows } from './check-rows.ts';
import type { ColumnFacts, DatasourceFacts } from './datasource-facts.ts';
import type { Ask } from './druid-sql.ts';
import { addDistinctCounts } from './distinct-counts.ts';
import {
  groupName,
  readStatement,
  type Group,
  type GroupKeys,
  type GroupPlan,
  type Reading,
} from './group-statement.ts';
import type { DistinctTotals } from './distinct-totals.ts';
import type { SketchRoom } from './sketch-room.ts';
import { BoundValues, chunksOf, sourceSql } from './source-sql.ts';

export interface Datasource {
  readonly name: string;
  readonly facts: DatasourceFacts;
  readonly totals: DistinctTotals;
  readonly room: SketchRoom;
}

const NO_KEYS = { dimensions: [], grain: null };

/** Answers one query. Names are known and periods possible: the service has checked them. */
export async function runQuery(
  ask: Ask,
  datasource: Datasource,
  query: EngineQuery,
  chunks: readonly PublishedChunk[],
): Promise<EngineAnswer> {
  const periods = [query.period, ...query.comparisons.map(({ period }) => period)];
  const read = chunks.filter((chunk) => periods.some((period) => chunksOf([chunk], period).length > 0));
  const { plan, contents } = await planQuery(datasource, query, chunks, read);
  const { compiled } = plan;
  const isGrouped = query.dimensions.length > 0 || query.grain !== null;
  // Distinct values may occur in several groups; all other totals are the sums of the groups.
  const hasDistinct = compiled.aggregates.some(({ aggregate }) => aggregate.kind === 'distinct');
  const readsWhole = !isGrouped || (query.totals && hasDistinct);
  const readAll = (keys: GroupKeys) =>
    Promise.all(periods.map((period) => readGroups({ ask, plan, period, keys })));
  const [groups, wholes, coverage] = await Promise.all([
    isGrouped ? readAll(query) : [],
    readsWhole ? readAll(NO_KEYS) : null,
    readCoverage(ask, plan, contents),
  ]);
  await verifyRows(ask, datasource.name, read);

  const totalValues = wholes
    ? wholes.map(([whole]) => whole?.values ?? [])
    : groups.map((some) => sumOf(some, compiled));
  const blanks: Cell[] = [...query.dimensions.map(() => null), ...(query.grain ? [null] : [])];
  const whole = [...blanks, ...figures(compiled, totalValues)];
  const totals = query.totals ? whole : null;
  if (!isGrouped) return { rows: [whole].slice(0, query.limit), totals, rowCount: 1, coverage };

  const rows = await rowsOf(compiled, groups);
  const columns = resultColumns({ ...query, compare: query.comparisons.map(({ comparison }) => comparison) });
  rows.sort(compareRows(sortKeys(query.sort, columns)));
  return { rows: rows.slice(0, query.limit), totals, rowCount: rows.length, coverage };
}

async function planQuery(
  { name, facts, totals, room }: Datasource,
  query: EngineQuery,
  chunks: readonly PublishedChunk[],
  read: readonly PublishedChunk[],
): Promise<{ plan: GroupPlan; contents: ColumnFacts }> {
  const metrics = query.metrics.map((id) => resolveMetric(id));
  // Without a month to read nothing is asked: a datasource that does not exist yet is no error then.
  const contents = read.length > 0 ? await facts.contents(chunks, read) : NOTHING_KNOWN;
  const columns = read.length > 0 ? await facts.columns(chunks) : new Set<string>();
  const compiled = compileMetrics(metrics, (column) => contents.isNullable(column));
  const counted = compiled.aggregates.flatMap(({ aggregate }) =>
    aggregate.kind === 'distinct' && columns.has(aggregate.column) ? [aggregate.column] : [],
  );
  const distinctTotals = new Map<string, number>();
  await Promise.all(
    [...new Set(counted)].map(async (column) => {
      const total = await totals.ofColumn(chunks, column);
      if (total !== null) distinctTotals.set(column, total);
    }),
  );
  const choices = {
    hasColumn: (column: string) => columns.has(column),
    mayOverflow: (column: string) => contents.mayOverflow(column),
  };
  const { filters, period } = query;
  return {
    plan: { datasource: name, chunks: read, filters, period, compiled, choices, distinctTotals, room },
    contents,
  };
}

/** The groups of one period, with all their values. */
async function readGroups(reading: Reading): Promise<Group[]> {
  const { compiled, choices } = reading.plan;
  const figures = compiled.aggregates.map((needed) => aggregateSql(needed, choices));
  const groups = await readStatement(reading, { figures });
  await addDistinctCounts(reading, groups);
  return groups;
}

const NOTHING_KNOWN: ColumnFacts = {
  isNullable: () => false,
  mayOverflow: () => false,
};

/** Exact sums over groups; blank where all are blank. */
function sumOf(groups: readonly Group[], { aggregates }: CompiledMetrics): (bigint | null)[] {
  const sums: (bigint | null)[] = aggregates.map(() => null);
  for (const { values } of groups)
    for (const [index, value] of values.entries())
      if (value !== null) sums[index] = (sums[index] ?? 0n) + value;
  return sums;
}

/** So many rows are made before other work of this process gets its turn. */
const ROWS_PER_TURN = 2_000;

/** One row for each group that has rows in any period. */
async function rowsOf(
  compiled: CompiledMetrics,
  groupsByPeriod: readonly (readonly Group[])[],
): Promise<Cell[][]> {
  const merged = new Map<string, { key: readonly Cell[]; byPeriod: (readonly (bigint | null)[])[] }>();
  for (const [period, groups] of groupsByPeriod.entries())
    for (const group of groups) {
      const name = groupName(group);
      const row = merged.get(name) ?? { key: group.key, byPeriod: groupsByPeriod.map(() => []) };
      row.byPeriod[period] = group.values;
      merged.set(name, row);
    }
  const rows: Cell[][] = [];
  for (const { key, byPeriod } of merged.values()) {
    rows.push([...key, ...figures(compiled, byPeriod)]);
    if (rows.length % ROWS_PER_TURN === 0) await nextTurn();
  }
  return rows;
}

async function readCoverage(
  ask: Ask,
  plan: GroupPlan,
  contents: ColumnFacts,
): Promise<Record<string, number>> {
  const gaps = coverageGaps(plan.compiled.metrics, (column) => contents.isNullable(column));
  const bound = new BoundValues();
  const { hasColumn, mayOverflow } = plan.choices;
  const source = sourceSql({ ...plan, hasColumn }, bound);
  if (gaps.length === 0 || source === null) return {};
  const revenue = `ABS(${storedName('grossRevenue')})`;
  const pieces = [[], ...gaps.map(({ inputs }) => inputs)].flatMap((inputs) => {
    if (!inputs.every((column) => hasColumn(column))) return [BLANK, BLANK];
    const conditions = inputs.map(isPresent);
    const amounts = hasColumn('grossRevenue')
      ? sumSql(revenue, conditions, mayOverflow('grossRevenue'))
      : BLANK;
    return [amounts, countSql(conditions)];
  });
  const list = pieces.flatMap((piece) => piece.list).join(', ');
  const [row = []] = await ask(bound.statement(`SELECT ${list} ${source}`));
  const values = readFigures(pieces, row, 0);
  const weight = (position: number) => ({
    revenue: values[2 * position] ?? null,
    rows: values[2 * position + 1] ?? 0n,
  });
  return coverageShares(
    gaps,
    weight(0),
    gaps.map((_, index) => weight(index + 1)),
  );
}
