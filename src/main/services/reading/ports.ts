import type { Finding } from '#shared/domain/findings';
import type { DateOrder } from '#shared/domain/mapping';
import type { Dialect, FileFormat } from '#shared/domain/tables';

/** What a cell was in the file. Text files only have `text`; workbooks and Parquet tell their types. */
export const CellKind = {
  text: 0,
  /** `bytes` hold a plain decimal: digits, '.', sign, no grouping, no exponent; exact as stored or its shortest form. */
  number: 1,
  /** `bytes` hold `yyyy-mm-dd` or `yyyy-mm-ddThh:mm:ss[.ffffff]`, wall-clock. */
  date: 2,
  boolean: 3,
  /** An error value such as `#REF!`. */
  error: 4,
  /** A formula without a cached value: unknown, never 0. */
  uncomputed: 5,
} as const;

/**
 * Records of a table as spans of UTF-8 bytes, so that clean cells are never turned into strings. Every record has
 * exactly `columns` cells; quotes are removed and escapes resolved. The arrays are reused: valid until the next batch.
 */
export interface CellBatch {
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly records: number;
  /** `records * columns` offsets into `bytes`: first byte and one past the last byte of each cell. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** {@link CellKind} of each cell; null when all are text. */
  readonly kinds: Uint8Array | null;
  /** Physical 1-based line or row on which each record begins. */
  readonly rows: Float64Array;
  /** Source bytes consumed so far, for progress. */
  readonly bytesDone: number;
  /** Repairs made to records of this batch (`reading.*` codes), by physical row; severity warning. */
  readonly findings: readonly Finding[];
}

/** A record that could not be understood: kept whole, with why. */
export interface BrokenRecord {
  readonly row: number;
  readonly cells: readonly string[];
  readonly finding: Finding;
}

/** A line that is no record: title, blank or comment lines and what stands after the table. */
export interface SkippedLine {
  readonly row: number;
  readonly kind: 'title' | 'blank' | 'comment' | 'footer' | 'total';
  readonly text: string;
}

export type TableEvent =
  | { readonly kind: 'batch'; readonly batch: CellBatch }
  | { readonly kind: 'broken'; readonly records: readonly BrokenRecord[] }
  | { readonly kind: 'skipped'; readonly lines: readonly SkippedLine[] };

/** One table of an opened file. Events come in row order within each kind; batches are 1 to 32 MB. */
export interface TableSource {
  /** '' for files with one table. */
  readonly sheet: string;
  readonly hidden: boolean;
  /** Header cells as found, joined over several header rows; [] when the table has none. */
  readonly header: readonly string[];
  readonly headerRows: readonly number[];
  readonly firstDataRow: number;
  readonly columns: number;
  /** Serial-number system of native numbers that a person maps to a date; null for text files. */
  readonly serialDates: Extract<DateOrder, 'excel-1900' | 'excel-1904'> | null;
  events(signal: AbortSignal): AsyncIterable<TableEvent>;
}

export interface OpenedFile {
  readonly format: FileFormat;
  readonly dialect: Dialect | null;
  readonly sizeBytes: number;
  readonly tables: readonly TableSource[];
  /** Tables or structures that were seen and are not offered, in words (hidden sheets, macros, external links). */
  readonly notes: readonly Finding[];
  close(): Promise<void>;
}

/**
 * Opens a file of one family. Throws an `AppError` with a `reading.*` code when the file as a whole cannot be read.
 * `dialect` (of an earlier inspection) makes the second opening agree with the first.
 */
export type OpenFile = (
  path: string,
  options: { signal: AbortSignal; fileName: string; dialect?: Dialect },
) => Promise<OpenedFile>;
