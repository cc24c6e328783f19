import { CellKind } from '../../services/reading/ports.ts';
import { findTableShape, joinHeaderRows } from '../../services/reading/table-shape.ts';
import type { RowSink } from './row-sink.ts';

const SAMPLED_ROWS = 60;
/** Rows looked at in search of rows that hold something. */
const MAX_ROWS_SEEN = 20_000;
const MAX_CELL_CHARACTERS = 500;

interface SampledRow {
  readonly row: number;
  readonly cells: Map<number, { readonly text: string; readonly kind: number }>;
}

/** Where the table of a sheet is: physical 1-based rows, zero-based first column, number of columns. */
export interface TableLayout {
  readonly header: readonly string[];
  readonly headerRows: readonly number[];
  readonly firstDataRow: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** Keeps the first rows that hold something, as text, to find the table in them. */
export class RowSampler implements RowSink {
  readonly rows: SampledRow[] = [];
  private seen = 0;
  private current: SampledRow = { row: 0, cells: new Map() };

  startRow(row: number): void {
    this.current = { row, cells: new Map() };
  }

  cell(column: number, kind: number, bytes: Uint8Array, start: number, end: number): void {
    const text = Buffer.from(
      bytes.buffer,
      bytes.byteOffset + start,
      Math.min(end - start, MAX_CELL_CHARACTERS * 4),
    );
    const value = text.toString('utf8').slice(0, MAX_CELL_CHARACTERS);
    if (value.trim() !== '') this.current.cells.set(column, { text: value, kind });
  }

  endRow(): boolean {
    this.seen += 1;
    if (this.current.cells.size > 0) this.rows.push(this.current);
    return this.rows.length >= SAMPLED_ROWS || this.seen >= MAX_ROWS_SEEN;
  }

  get isFull(): boolean {
    return this.rows.length >= SAMPLED_ROWS || this.seen >= MAX_ROWS_SEEN;
  }
}

/** Finds header, data and used columns in the first rows of a sheet; null when the rows hold nothing. */
export function findTableLayout(rows: readonly SampledRow[]): TableLayout | null {
  if (rows.length === 0) return null;
  const { from, width } = usedColumns(rows);
  const texts = rows.map(({ cells }) => {
    const row = Array.from({ length: width }, () => '');
    for (const [column, { text, kind }] of cells) {
      if (column < from || column - from >= width) continue;
      // An unknown value is neither a word nor a number: it must not look like the name of a column.
      row[column - from] = kind === CellKind.error || kind === CellKind.uncomputed ? '0' : text;
    }
    return row;
  });
  // A blank row between title and table parts them; the sample holds only rows with content.
  const spaced: string[][] = [];
  const indexes: number[] = [];
  texts.forEach((row, index) => {
    const previous = rows[index - 1]?.row;
    if (previous !== undefined && (rows[index]?.row ?? 0) > previous + 1) {
      spaced.push([]);
      indexes.push(-1);
    }
    spaced.push(row);
    indexes.push(index);
  });
  const shape = findTableShape(spaced);
  const physical = (position: number) => rows[indexes[position] ?? -1]?.row;
  const headerRows = shape.headerRows.flatMap((position) => physical(position) ?? []);
  const headerTexts = shape.headerRows.map((position) => spaced[position] ?? []);
  const body = spaced.slice(shape.firstDataRow).filter((row) => row.length > 0);
  const columns = tableWidth(headerTexts, body);
  const lastHeader = headerRows.at(-1);
  let position = shape.firstDataRow;
  while (position < spaced.length && physical(position) === undefined) position += 1;
  return {
    header: headerRows.length === 0 ? [] : joinHeaderRows(headerTexts, columns),
    headerRows,
    firstDataRow: lastHeader === undefined ? (physical(position) ?? 1) : lastHeader + 1,
    firstColumn: from,
    columns,
  };
}

/**
 * First column and width of the rows that are about as full as most. A column used once and far from the others is a
 * note beside the table; it would make every row thousands of cells wide.
 */
function usedColumns(rows: readonly SampledRow[]): { from: number; width: number } {
  const sizes = rows.map(({ cells }) => cells.size).sort((a, b) => a - b);
  const usual = sizes[Math.floor((sizes.length - 1) * 0.75)] ?? 1;
  const uses = new Map<number, number>();
  for (const { cells } of rows) {
    if (cells.size < usual * 0.5) continue;
    for (const column of cells.keys()) uses.set(column, (uses.get(column) ?? 0) + 1);
  }
  const columns = [...uses.keys()].sort((a, b) => a - b);
  const from = columns[0] ?? 0;
  let last = from;
  for (const column of columns) if (column - last <= 64 || (uses.get(column) ?? 0) > 1) last = column;
  return { from, width: last - from + 1 };
}

/** Columns with a name, and beyond them those that a fifth of the sampled rows use. */
function tableWidth(header: readonly (readonly string[])[], body: readonly (readonly string[])[]): number {
  let columns = 0;
  for (const row of header) columns = Math.max(columns, row.findLastIndex((cell) => cell.trim() !== '') + 1);
  const uses: number[] = [];
  for (const row of body) {
    row.forEach((cell, column) => {
      if (cell.trim() !== '') uses[column] = (uses[column] ?? 0) + 1;
    });
  }
  const needed = header.length === 0 ? 1 : Math.max(2, body.length * 0.2);
  uses.forEach((count, column) => {
    if (count >= needed) columns = Math.max(columns, column + 1);
  });
  return Math.max(1, columns);
}
