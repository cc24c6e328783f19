import type { CompiledMetrics } from '#shared/domain/metrics/compile';
import { bucketAt, bucketBase, bucketIndex } from '#shared/domain/periods';
import type { Cell, Filter, Grain, Period } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import type { PublishedChunk } from '../../../services/publishing/ports.ts';
import { readFigures, type ColumnChoices, type FigureSql } from './aggregate-sql.ts';
import { day, integer, text, type Ask, type Statement } from './druid-sql.ts';
import type { SketchRoom } from './sketch-room.ts';
import { BoundValues, quoteName, sourceSql } from './source-sql.ts';

/** What all statements of one question have in common. */
export interface GroupPlan {
  readonly datasource: string;
  readonly chunks: readonly PublishedChunk[];
  readonly filters: readonly Filter[];
  /** The current period: its buckets name those of the compared ones. */
  readonly period: Period | null;
  readonly compiled: CompiledMetrics;
  readonly choices: ColumnChoices;
  /** Of columns that can be counted by sketches: how many distinct values there are in all. */
  readonly distinctTotals: ReadonlyMap<string, number>;
  readonly room: SketchRoom;
}

export interface GroupKeys {
  readonly dimensions: readonly Dimension[];
  readonly grain: Grain | null;
}

/** What is read: the rows of one period, by keys. */
export interface Reading {
  readonly ask: Ask;
  readonly plan: GroupPlan;
  readonly period: Period | null;
  readonly keys: GroupKeys;
}

export interface Group {
  /** Dimensions, then the first day of the bucket. */
  readonly key: readonly Cell[];
  readonly rows: number;
  /** In the order of the compiled aggregates. */
  readonly values: (bigint | null)[];
}

export const groupName = ({ key }: Pick<Group, 'key'>): string => JSON.stringify(key);

const FLOORS: Readonly<Record<Grain, string>> = {
  day: 'P1D',
  week: 'P1W',
  month: 'P1M',
  quarter: 'P3M',
  year: 'P1Y',
};

/** The groups of one period that have rows; without keys there is one group. */
export async function readStatement(
  { ask, plan, period, keys }: Reading,
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
    const rowCount = Number(integer(row[by.length]));
    // Without keys a row comes also where there is nothing to count.
    if (rowCount === 0) return [];
    const key: Cell[] = keys.dimensions.map((dimension) =>
      hasColumn(dimension) ? text(row[dimensions.indexOf(dimension)]) : null,
    );
    if (keys.grain) key.push(timeOf(day(row[by.length - 1]), keys.grain));
    return [{ key, rows: rowCount, values: readFigures(wanted.figures, row, by.length + 1) }];
  });
}
