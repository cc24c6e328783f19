import type { Cell, Comparison, QueryResult } from '#shared/domain/query';

export type ResultRow = readonly Cell[];

/** Reads a result by column name. A column that was not asked for is blank, never 0. */
export interface ResultReader {
  number(row: ResultRow, column: string): number | null;
  text(row: ResultRow, column: string): string | null;
}

/**
 * Against days of which the data hold only a part nothing is compared: previous values and changes are blank.
 */
export function createResultReader(
  result: Pick<QueryResult, 'columns'> & Partial<Pick<QueryResult, 'comparisonPeriods'>>,
): ResultReader {
  const partial = new Set(
    result.comparisonPeriods?.filter((entry) => entry.startsBeforeData).map((entry) => entry.comparison),
  );
  const at = new Map(
    result.columns.flatMap((column, index) =>
      column.comparison !== null && partial.has(column.comparison) ? [] : [[column.name, index]],
    ),
  );
  const cell = (row: ResultRow, column: string): Cell => {
    const index = at.get(column);
    return index === undefined ? null : (row[index] ?? null);
  };
  return {
    number(row, column) {
      const value = cell(row, column);
      return typeof value === 'number' ? value : null;
    },
    text(row, column) {
      const value = cell(row, column);
      return value === null ? null : String(value);
    },
  };
}

/** Name of a comparison column, as `Query` in src/shared/domain/query.ts defines it. */
export function comparisonColumn(
  metric: string,
  comparison: Comparison,
  part: 'previous' | 'change' | 'changePercent',
): string {
  return `${metric}.${comparison}.${part}`;
}
