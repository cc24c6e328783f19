import type { CompiledMetrics } from '#shared/domain/metrics/compile';
import { bucketAt, bucketBase, bucketIndex } from '#shared/domain/periods';
import type { Cell, Filter, Grain, Period } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import {
  aggregateSql,
  BLANK,
  countDistinctSql,
  isPresent,
  readFigures,
  SketchOverflow,
  type AggregateChoices,
  type FigureSql,
} from './aggregate-sql.ts';
import { day, integer, text, type Ask, type Statement } from './druid-sql.ts';
import { BoundValues, quoteName, sourceSql } from './source-sql.ts';

/** What all statements of one question have in common. */
export interface GroupPlan {
  readonly datasource: string;
  readonly chunks: readonly PublishedChunk[];
  readonly filters: readonly Filter[];
  /** The current period: its buckets name those of the compared ones. */
  readonly period: Period | null;
  readonly compiled: CompiledMetrics;
  readonly choices: AggregateChoices;
}

export interface GroupKeys {
  readonly dimensions: readonly Dimension[];
  readonly grain: Grain | null;
}

export interface Group {
  /** Dimensions, then the first day of the bucket. */
  readonly key: readonly Cell[];
  /** In the order of the compiled aggregates. */
  readonly values: (bigint | null)[];
}

const FLOORS: Readonly<Record<Grain, string>> = {
  day: 'P1D',
  week: 'P1W',
  month: 'P1M',
  quarter: 'P3M',
  year: 'P1Y',
};

/**
 * The groups of one period that have rows; without keys there is one group. Distinct counts come with the sums where
 * their sketches have room in the cluster; where not, the largest of them is left to a statement of its own.
 */
export async function readGroups(
  ask: Ask,
  plan: GroupPlan,
  period: Period | null,
  keys: GroupKeys,
): Promise<Group[]> {
  const separate = new Set<string>();
  for (;;) {
    const sketched = sketchedColumns(plan, separate);
    try {
      return await readOnce(ask, plan, period, keys, separate);
    } catch (error) {
      const largest = sketched.at(-1);
      if (largest === undefined || !isTooMuch(error)) throw error;
      separate.add(largest);
    }
  }
}

/** Columns counted by sketches, the smallest sketch first. */
function sketchedColumns({ compiled, choices }: GroupPlan, separate: ReadonlySet<string>): string[] {
  const columns = compiled.aggregates.flatMap(({ aggregate }) =>
    aggregate.kind === 'distinct' && !separate.has(aggregate.column) ? [aggregate.column] : [],
  );
  return columns
    .map((column) => ({ column, size: choices.sketchOf(column)?.size ?? 0 }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => a.size - b.size)
    .map(({ column }) => column);
}

/** Where a buffer has no room for a single group, Druid calls it an unknown failure. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof SketchOverflow ||
  (error instanceof AppError && ['druid.query_limit', 'druid.query_failed'].includes(error.code));

async function readOnce(
  ask: Ask,
  plan: GroupPlan,
  period: Period | null,
  keys: GroupKeys,
  separate: ReadonlySet<string>,
): Promise<Group[]> {
  const { aggregates } = plan.compiled;
  const choices: AggregateChoices = {
    ...plan.choices,
    sketchOf: (column) => (separate.has(column) ? null : plan.choices.sketchOf(column)),
  };
  const figures = aggregates.map((needed) => aggregateSql(needed, choices));
  // Sketches that do not fit into memory fail at once instead of going to disk, where they would take minutes.
  const context = sketchedColumns(plan, separate).length > 0 ? { maxOnDiskStorage: 0 } : {};
  const [groups, ...counted] = await Promise.all([
    readStatement(ask, plan, period, keys, { figures: figures.map((figure) => figure ?? BLANK), context }),
    ...aggregates.flatMap((needed, index) =>
      figures[index] === null && needed.aggregate.kind === 'distinct'
        ? [readCounted(ask, plan, period, keys, needed.aggregate.column, needed.complete, index)]
        : [],
    ),
  ]);
  const byKey = new Map(groups.map((group) => [groupName(group), group]));
  for (const { index, groups: counts } of counted)
    for (const count of counts) {
      const group = byKey.get(groupName(count));
      if (group) group.values[index] = count.values[0] ?? null;
    }
  return groups;
}

export const groupName = ({ key }: Pick<Group, 'key'>): string => JSON.stringify(key);

async function readCounted(
  ask: Ask,
  plan: GroupPlan,
  period: Period | null,
  keys: GroupKeys,
  column: string,
  complete: readonly string[],
  index: number,
): Promise<{ index: number; groups: Group[] }> {
  const figures = [countDistinctSql(column)];
  const conditions = complete.map(isPresent);
  return { index, groups: await readStatement(ask, plan, period, keys, { figures, conditions }) };
}

async function readStatement(
  ask: Ask,
  plan: GroupPlan,
  period: Period | null,
  keys: GroupKeys,
  wanted: {
    readonly figures: readonly FigureSql[];
    readonly conditions?: readonly string[];
    readonly context?: Statement['context'];
  },
): Promise<Group[]> {
  const { hasColumn } = plan.choices;
  const bound = new BoundValues();
  const source = sourceSql({ ...plan, period, hasColumn }, bound);
  if (source === null) return [];
  const dimensions = keys.dimensions.filter(hasColumn);
  const by = [
    ...dimensions.map(quoteName),
    ...(keys.grain ? [`TIME_FLOOR("__time", '${FLOORS[keys.grain]}')`] : []),
  ];
  const list = [...by, 'COUNT(*)', ...wanted.figures.flatMap((figure) => figure.list)].join(', ');
  const where = [source, ...(wanted.conditions ?? [])].join(' AND ');
  const groupBy = by.length === 0 ? '' : ` GROUP BY ${by.map((_, index) => index + 1).join(', ')}`;
  const rows = await ask(bound.statement(`SELECT ${list} ${where}${groupBy}`, wanted.context));
  const timeOf = (start: string, grain: Grain) =>
    bucketAt(bucketBase(plan.period), grain, bucketIndex(bucketBase(period), grain, start));
  return rows.flatMap((row) => {
    // Without keys a row comes also where there is nothing to count.
    if ((integer(row[by.length]) ?? 0n) === 0n) return [];
    const key: Cell[] = keys.dimensions.map((dimension) =>
      hasColumn(dimension) ? text(row[dimensions.indexOf(dimension)]) : null,
    );
    if (keys.grain) key.push(timeOf(day(row[by.length - 1]), keys.grain));
    return [{ key, values: readFigures(wanted.figures, row, by.length + 1) }];
  });
}
