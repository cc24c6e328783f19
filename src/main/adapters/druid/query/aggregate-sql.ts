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

/** By names of the catalogue. */
export interface ColumnChoices {
  /** A column that the datasource does not have is blank in every row. */
  hasColumn(name: string): boolean;
  mayOverflow(name: string): boolean;
}

/** Sums and counts of rows. A distinct count is none of them: it is blank here. */
export function aggregateSql(needed: NeededAggregate, choices: ColumnChoices): FigureSql {
  const { aggregate, complete } = needed;
  if (!isComputable(needed, choices)) return BLANK;
  const conditions = complete.map(isPresent);
  switch (aggregate.kind) {
    case 'count':
      return countSql(conditions);
    case 'sum':
      return sumSql(storedName(aggregate.column), conditions, choices.mayOverflow(aggregate.column));
    case 'distinct':
    default:
      return BLANK;
  }
}

export const isComputable = (needed: NeededAggregate, { hasColumn }: ColumnChoices): boolean =>
  readColumns(needed).every((column) => hasColumn(column));

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

/** A distinct count in a statement of its own; Druid plans it exactly, and slowly. */
export const countDistinctSql = (column: string): FigureSql =>
  single(`COUNT(DISTINCT ${storedName(column)})`);

/** A distinct count by a theta sketch, and the text '', which sketches leave out. `check` sees what the sketch says. */
export function sketchSql(
  name: string,
  conditions: readonly string[],
  size: number,
  check: (counted: bigint) => void,
): FigureSql {
  const column = storedName(name);
  const count = `APPROX_COUNT_DISTINCT_DS_THETA(${column}, ${size})${filterOf(conditions)}`;
  const empty = `COUNT(*)${filterOf([...conditions, `${column} = ''`])}`;
  return {
    list: [count, empty],
    read([counted, emptyRows]) {
      const found = integer(counted) ?? 0n;
      check(found);
      return found + ((integer(emptyRows) ?? 0n) > 0n ? 1n : 0n);
    },
  };
}

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
