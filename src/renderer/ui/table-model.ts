export interface Sort {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

interface ColumnModel<Row> {
  readonly id: string;
  readonly header: string;
  text(row: Row): string;
  readonly sortValue?: (row: Row) => number | string | null;
  readonly totalText?: string;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Stable; blanks last in both directions. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly ColumnModel<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const value = columns.find((column) => column.id === sort?.column)?.sortValue;
  if (!sort || !value) return rows;
  const sign = sort.direction === 'asc' ? 1 : -1;
  return [...rows].sort((left, right) => {
    const a = value(left);
    const b = value(right);
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * collator.compare(String(a), String(b));
  });
}

/** Tab-separated text with heads, as spreadsheets paste it. */
export function tableText<Row>(
  rows: readonly Row[],
  columns: readonly ColumnModel<Row>[],
  totals: boolean,
): string {
  const clean = (text: string) => text.replaceAll(/[\t\r\n]+/g, ' ').replaceAll('\u00a0', ' ');
  const lines = [
    columns.map((column) => clean(column.header)),
    ...rows.map((row) => columns.map((column) => clean(column.text(row)))),
    ...(totals ? [columns.map((column) => clean(column.totalText ?? ''))] : []),
  ];
  return lines.map((line) => line.join('\t')).join('\n');
}
