import type { CanonicalColumn, CanonicalRow } from '../../services/reading/canonical-port.ts';
import { ArrowColumn } from './arrow-columns.ts';
import { ArrowFile } from './arrow-file.ts';

const ARROW_TYPES = {
  timestamp: 'timestamp',
  string: 'string',
  decimal: 'decimal',
  integer: 'int64',
} as const;
const BATCH_ROWS = 65_536;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Size is looked at once in so many rows. */
const LOOK_EVERY = 1_024;

/** The accepted rows of one month: in memory up to a batch, then in an Arrow file on disk. */
export class MonthRows {
  readonly month: number;
  readonly path: string;
  readonly #columns: readonly ArrowColumn[];
  #file: ArrowFile | null = null;
  #closed = false;
  rows = 0;

  constructor(month: number, path: string, columns: readonly CanonicalColumn[]) {
    this.month = month;
    this.path = path;
    this.#columns = columns.map((column) => new ArrowColumn(column.name, ARROW_TYPES[column.type]));
  }

  /** Rows that wait in memory. */
  get buffered(): number {
    return this.#columns[0]?.length ?? 0;
  }

  append(row: CanonicalRow): void {
    const columns = this.#columns;
    const { present, numbers, starts, ends } = row;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      if (column === undefined) break;
      if (present[index] === 0) column.pushNull();
      else if (column.type === 'string') column.pushBytes(row.bytes, starts[index] ?? 0, ends[index] ?? 0);
      else {
        const value = numbers[index] ?? 0;
        if (Number.isNaN(value)) column.pushBigInt(row.bigs[index] ?? 0n);
        else column.pushInteger(value);
      }
    }
    this.rows++;
    const waiting = this.buffered;
    if (waiting >= BATCH_ROWS || (waiting % LOOK_EVERY === 0 && this.bufferedBytes >= BATCH_BYTES))
      this.flush();
  }

  get bufferedBytes(): number {
    return this.#columns.reduce((bytes, column) => bytes + column.sizeBytes, 0);
  }

  /** Moves what waits in memory to disk. */
  flush(): void {
    if (this.buffered === 0) return;
    this.#file ??= new ArrowFile(this.path, this.#columns);
    this.#file.append(this.#columns);
    for (const column of this.#columns) column.clear();
  }

  /** Completes the Arrow file. */
  finish(): void {
    this.flush();
    this.#file?.finish(this.#columns);
    this.#closed = true;
  }

  discard(): void {
    if (!this.#closed) this.#file?.close();
    this.#closed = true;
  }
}
