import type { Finding } from '#shared/domain/findings';
import { AppError } from '#shared/errors/app-error';
import { CellKind, type CellBatch, type SkippedLine, type TableEvent } from '../../services/reading/ports.ts';
import { isTotalLine, mayAnnounceTotal } from '../../services/reading/table-shape.ts';
import { columnName } from './cell-reference.ts';
import { KeptRow, SkippedLines } from './skipped-lines.ts';
import type { RowSink } from './row-sink.ts';
import type { TableLayout } from './row-sampler.ts';

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_CELLS = 512 * 1024;
const BATCH_RECORDS = 32 * 1024;
const MAX_ROW_BYTES = 64 * 1024 * 1024;
/** Rows that may stand behind the table and wait to know whether the table goes on. */
const MAX_HELD_ROWS = 64;

/**
 * Gathers rows of a sheet into {@link CellBatch}es and tells records from title, blank, total and footer lines.
 * Memory is bounded by one batch and one row. A row with one or two words and nothing else is held back until the
 * table goes on (then it is a record) or ends (then it is a footer).
 */
export class TableBatcher implements RowSink {
  private readonly layout: TableLayout;
  private readonly sheet: string;
  private readonly capacity: number;
  private bytes = new Uint8Array(BATCH_BYTES + 64 * 1024);
  private used = 0;
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;
  private readonly kinds: Uint8Array;
  private readonly rows: Float64Array;
  private records = 0;
  private findings: Finding[] = [];
  private row = 0;
  private rowStart = 0;
  private filled = 0;
  private values = 0;
  private outside: string[] = [];
  private readonly skipped = new SkippedLines();
  private held: KeptRow[] = [];

  constructor(sheet: string, layout: TableLayout) {
    this.sheet = sheet;
    this.layout = layout;
    this.capacity = Math.max(1, Math.min(BATCH_RECORDS, Math.floor(BATCH_CELLS / layout.columns)));
    // Held rows are put back together with the row that follows them.
    const cells = (this.capacity + MAX_HELD_ROWS + 1) * layout.columns;
    this.starts = new Uint32Array(cells);
    this.ends = new Uint32Array(cells);
    this.kinds = new Uint8Array(cells);
    this.rows = new Float64Array(this.capacity + MAX_HELD_ROWS + 1);
  }

  startRow(row: number): void {
    if (row > this.row + 1) this.skipped.blank(this.row + 1, row - 1);
    this.row = row;
    this.beginRecord();
  }

  private beginRecord(): void {
    const base = this.records * this.layout.columns;
    const end = base + this.layout.columns;
    this.starts.fill(0, base, end);
    this.ends.fill(0, base, end);
    this.kinds.fill(0, base, end);
    this.rowStart = this.used;
    this.filled = 0;
    this.values = 0;
    if (this.outside.length > 0) this.outside = [];
  }

  cell(column: number, kind: number, bytes: Uint8Array, start: number, end: number): void {
    const inTable = column - this.layout.firstColumn;
    const isBlank = kind === CellKind.text && isBlankText(bytes, start, end);
    if (inTable < 0 || inTable >= this.layout.columns) {
      if (!isBlank && this.outside.length < 20) {
        const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 400)))
          .toString('utf8')
          .slice(0, 100);
        this.outside.push(`${columnName(column)}${this.row}: ${text}`);
      }
      return;
    }
    const length = end - start;
    if (this.used + length > this.bytes.length) this.grow(length);
    const target = this.bytes;
    let at = this.used;
    if (length < 48) for (let from = start; from < end; from += 1) target[at++] = bytes[from] ?? 0;
    else {
      target.set(bytes.subarray(start, end), at);
      at += length;
    }
    const index = this.records * this.layout.columns + inTable;
    this.starts[index] = this.used;
    this.ends[index] = at;
    this.kinds[index] = kind;
    this.used = at;
    if (!isBlank) {
      this.filled += 1;
      if (kind !== CellKind.text) this.values += 1;
    }
  }

  private grow(length: number): void {
    const needed = this.used + length;
    if (needed - this.rowStart > MAX_ROW_BYTES) {
      throw new AppError('reading.workbook_too_large', 'limit', {
        problem: `row ${this.row} of sheet “${this.sheet}” holds more than ${MAX_ROW_BYTES / 1024 ** 2} MB`,
      });
    }
    const larger = new Uint8Array(Math.max(needed, Math.min(this.bytes.length * 2, needed + BATCH_BYTES)));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }

  endRow(): boolean {
    const { columns, firstDataRow, headerRows } = this.layout;
    if (this.filled === 0) {
      this.used = this.rowStart;
      if (this.outside.length > 0)
        this.skip(this.row < firstDataRow ? 'title' : 'comment', this.outside.join(' '));
      else this.skipped.blank(this.row, this.row);
      return this.isFull();
    }
    if (this.row < firstDataRow) {
      if (headerRows.includes(this.row)) this.skipped.flushBlanks();
      else this.skip('title', this.currentText());
      this.used = this.rowStart;
    } else if (this.filled < columns && this.isTotal()) {
      this.releaseHeld();
      this.skip('total', this.currentText());
      this.used = this.rowStart;
    } else if (
      this.values === 0 &&
      columns >= 3 &&
      this.filled <= (columns >= 6 ? 2 : 1) &&
      this.held.length < MAX_HELD_ROWS
    ) {
      this.held.push(this.takeCurrent());
    } else {
      this.releaseHeld();
      this.commit();
    }
    return this.isFull();
  }

  private isFull(): boolean {
    return (
      this.records >= this.capacity || this.used >= BATCH_BYTES || this.skipped.lines.length >= BATCH_RECORDS
    );
  }

  private isTotal(): boolean {
    const base = this.records * this.layout.columns;
    let checked = 0;
    // Only the first few words can announce a total; most rows end here without a string being made.
    for (let column = 0; column < this.layout.columns && checked < 2; column += 1) {
      const start = this.starts[base + column] ?? 0;
      const end = this.ends[base + column] ?? 0;
      if (end === start || this.kinds[base + column] !== CellKind.text) continue;
      checked += 1;
      if (mayAnnounceTotal(this.bytes, start, end))
        return isTotalLine(this.currentCells(), this.layout.columns);
    }
    return false;
  }

  private currentCells(): string[] {
    const base = this.records * this.layout.columns;
    return Array.from({ length: this.layout.columns }, (_, column) =>
      Buffer.from(this.bytes.subarray(this.starts[base + column], this.ends[base + column])).toString('utf8'),
    );
  }

  private currentText(): string {
    const cells = this.currentCells().filter((cell) => cell.trim() !== '');
    return [...cells, ...this.outside].join(' | ').slice(0, 1000);
  }

  private skip(kind: SkippedLine['kind'], text: string): void {
    this.skipped.add({ row: this.row, kind, text });
    this.outside = [];
  }

  private takeCurrent(): KeptRow {
    const base = this.records * this.layout.columns;
    const kinds = this.kinds.slice(base, base + this.layout.columns);
    const row = new KeptRow(this.row, this.currentCells(), kinds, this.currentText(), this.outside);
    this.used = this.rowStart;
    return row;
  }

  /** Makes a kept row the current one, in the slot behind the last record. */
  private restore(kept: KeptRow): void {
    this.row = kept.row;
    this.beginRecord();
    kept.cells.forEach((text, column) => {
      const bytes = Buffer.from(text);
      if (bytes.length === 0) return;
      this.cell(
        column + this.layout.firstColumn,
        kept.kinds[column] ?? CellKind.text,
        bytes,
        0,
        bytes.length,
      );
    });
    this.outside = [...kept.outside];
  }

  /** The table goes on: rows that were held back are records, and the current row comes behind them. */
  private releaseHeld(): void {
    if (this.held.length === 0) return;
    const current = this.takeCurrent();
    for (const row of this.held) {
      this.restore(row);
      this.commit();
    }
    this.held = [];
    this.restore(current);
  }

  private commit(): void {
    this.skipped.flushBlanks();
    this.rows[this.records] = this.row;
    this.records += 1;
    if (this.outside.length === 0) return;
    this.findings.push({
      code: 'reading.cells_outside_table',
      severity: 'warning',
      sheet: this.sheet,
      row: this.row,
      column: null,
      value: this.outside.join(' ').slice(0, 200),
      message: 'Cells beside the table were not read.',
    });
    this.outside = [];
  }

  /** Adds a finding about the sheet as a whole to the next batch. */
  note(finding: Finding): void {
    this.findings.push(finding);
  }

  /** After the last row: what was held back stands behind the table. */
  finish(): void {
    this.skipped.end(this.held.map(({ row, text }) => ({ row, kind: 'footer', text })));
    this.held = [];
  }

  /** Hands over what was gathered; its arrays are used again after the next row begins. */
  *take(bytesDone: number): Generator<TableEvent> {
    const lines = this.skipped.take();
    if (lines.length > 0) yield { kind: 'skipped', lines };
    if (this.records === 0 && this.findings.length === 0) return;
    const cells = this.records * this.layout.columns;
    const batch: CellBatch = {
      bytes: this.bytes.subarray(0, this.used),
      columns: this.layout.columns,
      records: this.records,
      starts: this.starts.subarray(0, cells),
      ends: this.ends.subarray(0, cells),
      kinds: this.kinds.subarray(0, cells),
      rows: this.rows.subarray(0, this.records),
      bytesDone,
      findings: this.findings,
    };
    yield { kind: 'batch', batch };
    this.records = 0;
    this.used = 0;
    this.findings = [];
    if (this.bytes.length > BATCH_BYTES * 4) this.bytes = new Uint8Array(BATCH_BYTES + 64 * 1024);
  }
}

function isBlankText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > 0x20) return false;
  return true;
}
