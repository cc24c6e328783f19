import { readColumns, type NeededAggregate } from '#shared/domain/metrics/compile';
import { DIMENSIONS, LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import { integer, type DruidValue } from './druid-sql.ts';
import { hasText, quoteName } from './source-sql.ts';

/** The column of the datasource that holds a column of the catalogue: money and quantities as longs of 1/10,000. */
export const storedColumn = (column: string): string =>
  LEDGER_COLUMNS.some((ledger) => ledger === column) ? `${column}_e4` : column;

export const storedName = (column: string): string => quoteName(storedColumn(column));

/** One figure of a statement: its select expressions, and the value made of what they answer. */
export interface FigureSql {
  readonly list: readonly string[];
  read(values: readonly DruidValue[]): bigint | null;
}

/** A sketch that counts distinct values exactly as long as there are no more than `maxExact`. */
export interface Sketch {
  readonly size: number;
  readonly maxExact: number;
  /** Sketches do not count the text ''. */
  readonly hasEmptyText: boolean;
}

export interface AggregateChoices {
  /** By its name in the catalogue: a column that the datasource does not have is blank in every row. */
  hasColumn(name: string): boolean;
  mayOverflow(name: string): boolean;
  /** Null: counted by a statement of its own. */
  sketchOf(name: string): Sketch | null;
}

/** Null for a distinct count that needs a statement of its own. */
export function aggregateSql(
  { aggregate, complete }: NeededAggregate,
  choices: AggregateChoices,
): FigureSql | null {
  if (!readColumns({ aggregate, complete }).every((column) => choices.hasColumn(column))) return BLANK;
  const conditions = complete.map(isPresent);
  switch (aggregate.kind) {
    case 'count':
      return countSql(conditions);
    case 'sum':
      return sumSql(storedName(aggregate.column), conditions, choices.mayOverflow(aggregate.column));
    case 'distinct':
    default: {
      const sketch = choices.sketchOf(aggregate.column);
      return sketch && sketchSql(storedName(aggregate.column), conditions, sketch);
    }
  }
}

export const isPresent = (column: string): string =>
  DIMENSIONS.some((dimension) => dimension === column)
    ? hasText(storedName(column))
    : `${storedName(column)} IS NOT NULL`;

/** Blank in every row. */
export const BLANK: FigureSql = { list: [], read: () => null };

export const countSql = (conditions: readonly string[]): FigureSql =>
  single(`COUNT(*)${filterOf(conditions)}`);

const HALF = 2n ** 32n;

/** A sum of longs. One that may leave their range is taken in two halves, each of which stays far inside. */
export function sumSql(value: string, conditions: readonly string[], mayOverflow: boolean): FigureSql {
  const filter = filterOf(conditions);
  if (!mayOverflow) return single(`SUM(${value})${filter}`);
  return {
    list: [`SUM(${value} / ${HALF})${filter}`, `SUM(MOD(${value}, ${HALF}))${filter}`],
    read([high, low]) {
      const [upper, lower] = [integer(high), integer(low)];
      return upper === null || lower === null ? null : upper * HALF + lower;
    },
  };
}

/** A sketch met more values than it counts exactly: the data moved since it was chosen. */
export class SketchOverflow extends Error {}

function sketchSql(column: string, conditions: readonly string[], sketch: Sketch): FigureSql {
  const count = `APPROX_COUNT_DISTINCT_DS_THETA(${column}, ${sketch.size})${filterOf(conditions)}`;
  const empty = `COUNT(*)${filterOf([...conditions, `${column} = ''`])}`;
  return {
    list: sketch.hasEmptyText ? [count, empty] : [count],
    read([counted, emptyRows]) {
      const found = integer(counted) ?? 0n;
      if (found > BigInt(sketch.maxExact)) throw new SketchOverflow();
      return found + ((integer(emptyRows) ?? 0n) > 0n ? 1n : 0n);
    },
  };
}

/** A distinct count in a statement of its own; Druid plans it exactly, and slowly where there are many groups. */
export const countDistinctSql = (column: string): FigureSql =>
  single(`COUNT(DISTINCT ${storedName(column)})`);

const single = (sql: string): FigureSql => ({ list: [sql], read: ([value]) => integer(value) });

const filterOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` FILTER (WHERE ${conditions.join(' AND ')})`;

/** The values of all figures of a row, whose answers begin at `first`. */
export function readFigures(
  figures: readonly FigureSql[],
  row: readonly DruidValue[],
  first: number,
): (bigint | null)[] {
  let next = first;
  return figures.map((figure) => {
    const values = row.slice(next, next + figure.list.length);
    next += figure.list.length;
    return figure.read(values);
  });
}
