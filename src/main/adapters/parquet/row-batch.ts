import { CellKind, type CellBatch, type SkippedLine, type TableEvent } from '../../services/reading/ports.ts';
import type { CellValue } from './cell-value.ts';

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_CELLS = 512 * 1024;

/** Gathers typed rows into batches; a row without any value is a blank line. */
export class RowBatch {
  private readonly columns: number;
  private readonly capacity: number;
  private bytes = Buffer.allocUnsafe(BATCH_BYTES + 1024 * 1024);
  private used = 0;
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;
  private readonly kinds: Uint8Array;
  private readonly rows: Float64Array;
  private records = 0;
  private blanks: SkippedLine[] = [];

  constructor(columns: number) {
    this.columns = columns;
    this.capacity = Math.max(1, Math.min(32 * 1024, Math.floor(BATCH_CELLS / Math.max(1, columns))));
    const cells = this.capacity * columns;
    this.starts = new Uint32Array(cells);
    this.ends = new Uint32Array(cells);
    this.kinds = new Uint8Array(cells);
    this.rows = new Float64Array(this.capacity);
  }

  /** Adds a row; answers true when the batch should be taken. */
  add(row: number, cell: (column: number) => CellValue | null): boolean {
    const base = this.records * this.columns;
    let isBlank = true;
    for (let column = 0; column < this.columns; column += 1) {
      const value = cell(column);
      const index = base + column;
      this.starts[index] = this.used;
      if (value && value.text !== '') {
        this.write(value.text);
        if (value.kind !== CellKind.text || value.text.trim() !== '') isBlank = false;
      }
      this.kinds[index] = value && value.text !== '' ? value.kind : CellKind.text;
      this.ends[index] = this.used;
    }
    if (isBlank) this.blanks.push({ row, kind: 'blank', text: '' });
    else {
      this.rows[this.records] = row;
      this.records += 1;
    }
    return this.records >= this.capacity || this.used >= BATCH_BYTES || this.blanks.length >= this.capacity;
  }

  private write(text: string): void {
    const needed = this.used + text.length * 3;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.used);
      this.bytes = larger;
    }
    this.used += this.bytes.write(text, this.used, 'utf8');
  }

  *take(bytesDone: number): Generator<TableEvent> {
    if (this.blanks.length > 0) yield { kind: 'skipped', lines: this.blanks };
    this.blanks = [];
    if (this.records === 0) return;
    const cells = this.records * this.columns;
    const batch: CellBatch = {
      bytes: this.bytes.subarray(0, this.used),
      columns: this.columns,
      records: this.records,
      starts: this.starts.subarray(0, cells),
      ends: this.ends.subarray(0, cells),
      kinds: this.kinds.subarray(0, cells),
      rows: this.rows.subarray(0, this.records),
      bytesDone,
      findings: [],
    };
    yield { kind: 'batch', batch };
    this.records = 0;
    this.used = 0;
  }
}
