import { describe, expect, it } from 'vitest';
import { sortRows, tableText } from './table-model.ts';

interface Row {
  readonly name: string;
  readonly sales: number | null;
}
const rows: Row[] = [
  { name: 'Item 10', sales: 3 },
  { name: 'Item 9', sales: null },
  { name: 'Item 2', sales: 30 },
];
const columns = [
  {
    id: 'name',
    header: 'Item',
    text: (row: Row) => row.name,
    sortValue: (row: Row) => row.name,
    totalText: 'Total',
  },
  {
    id: 'sales',
    header: 'Net sales, KES',
    text: (row: Row) => String(row.sales ?? '–'),
    sortValue: (row: Row) => row.sales,
    totalText: '33',
  },
];
const names = (list: readonly Row[]) => list.map((row) => row.name);

describe('tables', () => {
  it('sort blanks last in both directions', () => {
    expect(names(sortRows(rows, columns, { column: 'sales', direction: 'desc' }))).toEqual([
      'Item 2',
      'Item 10',
      'Item 9',
    ]);
    expect(names(sortRows(rows, columns, { column: 'sales', direction: 'asc' }))).toEqual([
      'Item 10',
      'Item 2',
      'Item 9',
    ]);
  });

  it('sort names as people count', () => {
    expect(names(sortRows(rows, columns, { column: 'name', direction: 'asc' }))).toEqual([
      'Item 2',
      'Item 9',
      'Item 10',
    ]);
    expect(sortRows(rows, columns, { column: 'unknown', direction: 'asc' })).toBe(rows);
  });

  it('copy with heads and totals, one cell a field', () => {
    const hostile = [{ name: 'A\tB\nC', sales: 1 }];
    expect(tableText(hostile, columns, true)).toBe('Item\tNet sales, KES\nA B C\t1\nTotal\t33');
  });
});
