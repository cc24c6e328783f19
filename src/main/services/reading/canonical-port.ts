import type { LedgerTotals } from '#shared/domain/sales-schema';
import type { CanonicalChunk } from '../imports/ports.ts';

export type CanonicalType = 'timestamp' | 'string' | 'decimal' | 'integer';

export interface CanonicalColumn {
  readonly name: string;
  readonly type: CanonicalType;
}

/** All columns of canonical Parquet in their order; `importId` and `sheet` are the same in every row of a file. */
export const CANONICAL_COLUMNS: readonly CanonicalColumn[] = [
  { name: '__time', type: 'timestamp' },
  { name: 'Branch', type: 'string' },
  { name: 'ProductLine', type: 'string' },
  { name: 'ItemGroup', type: 'string' },
  { name: 'ItemName', type: 'string' },
  { name: 'SalesPerson', type: 'string' },
  { name: 'AcctName', type: 'string' },
  { name: 'CardName', type: 'string' },
  { name: 'grossRevenue', type: 'decimal' },
  { name: 'returnsValue', type: 'decimal' },
  { name: 'totalCost', type: 'decimal' },
  { name: 'unitsSold', type: 'decimal' },
  { name: 'unitsReturned', type: 'decimal' },
  { name: 'lineItemCount', type: 'integer' },
  { name: 'importId', type: 'string' },
  { name: 'sheet', type: 'string' },
  { name: 'row', type: 'integer' },
];

/**
 * One accepted row, reused from row to row. The arrays are by position in the writer's `columns`; a value counts only
 * where `present` is 1.
 */
export interface CanonicalRow {
  /** Where the spans of the string columns point to. */
  bytes: Uint8Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Microseconds, ten-thousandths or counts; NaN when the value is beyond 2^53, then `bigs` has it. */
  readonly numbers: Float64Array;
  readonly bigs: bigint[];
  readonly present: Uint8Array;
}

export interface WrittenRows {
  readonly chunks: readonly CanonicalChunk[];
  readonly rows: number;
  /** Sums that were read back from the written Parquet files. */
  readonly totals: LedgerTotals;
}

/** Writes accepted rows as canonical Parquet, one file per calendar month, rows in the order of the file. */
export interface CanonicalWriter {
  /** `month` counts months since the year 0: `year * 12 + month - 1`. */
  append(month: number, row: CanonicalRow): void;
  /** Completes and measures the files. The same rows give the same bytes. */
  finish(signal: AbortSignal): Promise<WrittenRows>;
  /** Releases files and memory of a writer that is not finished. */
  discard(): void;
}

export type OpenCanonicalWriter = (options: {
  /** An existing folder; the writer makes its own folder in it. */
  readonly outDir: string;
  /** The columns that `append` brings, in order; the other canonical columns are constant. */
  readonly columns: readonly CanonicalColumn[];
  /** Text of the string columns that are the same in every row; what is in neither is null. */
  readonly constants: ReadonlyMap<string, string>;
}) => CanonicalWriter;
