import type { Cell, Comparison, QueryResult } from '#shared/domain/query';

export type ResultRow = readonly Cell[];

/** Reads a result by column name. A column that was not asked for is blank, never 0. */
export interface ResultReader {
  number(row: ResultRow, column: string): number | null;
  text(row: ResultRow, column: string): string | null;
}

export function createResultReader(result: Pick<QueryResult, 'columns'>): ResultReader {
  const at = new Map(result.columns.map((column, index) => [column.name, index]));
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
