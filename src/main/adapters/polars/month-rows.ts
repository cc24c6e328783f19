import type { CanonicalColumn, CanonicalRow } from '../../services/reading/canonical-port.ts';
import { ArrowColumn } from './arrow-columns.ts';
import { ArrowFile } from './arrow-file.ts';

const ARROW_TYPES = {
  timestamp: 'timestamp',
  string: 'string',
  decimal: 'decimal',
  integer: 'int64',
} as const;
/** Sets of emptied columns that are kept for the next month. */
const KEPT_SETS = 2;
const BATCH_ROWS = 65_536;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Size is looked at once in so many rows. */
const LOOK_EVERY = 1_024;

/** Memory of columns that is used again, by whichever month has rows next. */
export class ColumnPool {
  readonly #columns: readonly CanonicalColumn[];
  readonly #free: ArrowColumn[][] = [];

  constructor(columns: readonly CanonicalColumn[]) {
    this.#columns = columns;
  }

  take(): ArrowColumn[] {
    const free = this.#free.pop();
    return free ?? this.#columns.map((column) => new ArrowColumn(column.name, ARROW_TYPES[column.type]));
  }

  give(columns: ArrowColumn[]): void {
    for (const column of columns) column.clear();
    if (this.#free.length < KEPT_SETS) this.#free.push(columns);
  }
}

/** The accepted rows of one month: in memory up to a batch, then in an Arrow file on disk. */
export class MonthRows {
  readonly month: number;
  readonly path: string;
  readonly #pool: ColumnPool;
  /** Rows that wait in memory; null when there are none. */
  #waiting: ArrowColumn[] | null = null;
  #file: ArrowFile | null = null;
  #closed = false;
  rows = 0;

  constructor(month: number, path: string, pool: ColumnPool) {
    this.month = month;
    this.path = path;
    this.#pool = pool;
  }

  append(row: CanonicalRow): void {
    const columns = (this.#waiting ??= this.#pool.take());
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
    const waiting = columns[0]?.length ?? 0;
    if (waiting >= BATCH_ROWS || (waiting % LOOK_EVERY === 0 && sizeOf(columns) >= BATCH_BYTES)) this.flush();
  }

  /** Moves what waits in memory to disk. */
  flush(): void {
    const columns = this.#waiting;
    if (columns === null) return;
    this.#file ??= new ArrowFile(this.path, columns);
    this.#file.append(columns);
    this.#pool.give(columns);
    this.#waiting = null;
  }

  /** Completes the Arrow file. */
  finish(): void {
    this.flush();
    const columns = this.#pool.take();
    this.#file?.finish(columns);
    this.#pool.give(columns);
    this.#closed = true;
  }

  discard(): void {
    if (!this.#closed) this.#file?.close();
    this.#closed = true;
  }
}

const sizeOf = (columns: readonly ArrowColumn[]): number =>
  columns.reduce((bytes, column) => bytes + column.sizeBytes, 0);
