import { describe, expect, it } from 'vitest';
import type { Finding, FindingSummary, RejectedRow } from '#shared/domain/findings';
import {
  columnIndex,
  findingsSummary,
  gridColumns,
  rejectedRow,
  sortFindings,
  widthOf,
} from './findings-model.ts';

const finding = (column: string | null, message: string, code = 'row.not_a_date'): Finding => ({
  code,
  severity: 'error',
  sheet: '',
  row: 4118,
  column,
  value: 'x',
  message,
});
const summary = (change: Partial<FindingSummary>): FindingSummary => ({
  code: 'row.not_a_date',
  severity: 'error',
  column: 'Posting Date',
  count: 1,
  title: 'Not a date',
  explanation: '',
  sample: [],
  ...change,
});
const row = (cells: string[], problems: Finding[]): RejectedRow => ({
  sheet: '',
  row: 4118,
  cells,
  problems,
});

describe('the grid of rejected rows', () => {
  it('marks the failing cells by the header that findings name', () => {
    const columns = columnIndex(['Date', 'Qty', 'Qty']);
    const shown = rejectedRow(
      row(['x', '', ''], [finding('Qty', 'Quantity is missing'), finding('Date', 'no such day')]),
      columns,
      (code) => `title of ${code}`,
    );
    expect([...shown.marks]).toEqual([
      [1, 'Quantity is missing'],
      [0, 'no such day'],
    ]);
    expect(shown.problem).toBe('title of row.not_a_date +1');
  });

  it('keeps the reason of a row that no cell is to blame for', () => {
    const shown = rejectedRow(
      row(['a'], [finding(null, 'too many cells')]),
      columnIndex(['A']),
      () => 'Ragged',
    );
    expect(shown.marks.size).toBe(0);
    expect(shown.reason).toBe('too many cells');
  });

  it('puts the columns with findings first, by count, and keeps the order of the file for the others', () => {
    const columns = gridColumns(
      ['Item', 'Branch', 'Posting Date', 'Qty'],
      [
        summary({ count: 41 }),
        summary({ column: 'Qty', count: 14 }),
        summary({ column: 'Item', count: 500, severity: 'warning' }),
      ],
      [row(['Cement', 'Mombasa', '31/09/2026', '6'], [])],
    );
    expect(columns.map((column) => column.header)).toEqual(['Posting Date', 'Qty', 'Item', 'Branch']);
    expect(columns.map((column) => column.index)).toEqual([2, 3, 0, 1]);
    expect(columns.find((column) => column.header === 'Qty')?.numeric).toBe(true);
    expect(columns.find((column) => column.header === 'Posting Date')?.numeric).toBe(false);
  });

  it('aligns a column of numbers as numbers also when most of its cells failed', () => {
    const bad = (cell: string) => row([cell], [finding('Amount', 'not a number')]);
    const other = row(['8,400.00'], [finding('Branch', 'unknown')]);
    const shifted = row(['Cement'], [finding(null, 'too many cells')]);
    const columns = gridColumns(['Amount'], [], [bad('twelve'), bad('#REF!'), bad(''), other, shifted]);
    expect(columns[0]?.numeric).toBe(true);
  });

  it('does not take ids with leading zeros for numbers', () => {
    expect(gridColumns(['Id'], [], [row(['00123'], []), row(['00124'], [])])[0]?.numeric).toBe(false);
  });

  it('keeps widths within bounds', () => {
    expect(widthOf('A', ['1'])).toBe(64);
    expect(widthOf('A', ['x'.repeat(900)])).toBe(240);
  });
});

describe('findings', () => {
  it('sorts what rejects rows first', () => {
    const sorted = sortFindings([
      summary({ severity: 'warning', count: 206 }),
      summary({ count: 19 }),
      summary({ count: 41 }),
    ]);
    expect(sorted.map((item) => item.count)).toEqual([41, 19, 206]);
  });

  it('sums up in one line', () => {
    expect(findingsSummary(112, [summary({ severity: 'warning', count: 206 })])).toBe(
      '112 rows rejected, 206 warnings',
    );
    expect(findingsSummary(0, [])).toBe('no row rejected');
  });
});
