import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CANONICAL_COLUMNS,
  type CanonicalColumn,
  type CanonicalRow,
  type CanonicalWriter,
  type OpenCanonicalWriter,
  type WrittenRows,
} from '../../services/reading/canonical-port.ts';
import type { CanonicalChunk } from '../../services/imports/ports.ts';
import { loadPolars } from './load-polars.ts';
import { chunkName, differs, literalPath, measureMonths, totalsOf } from './measure-months.ts';
import { ColumnPool, MonthRows } from './month-rows.ts';

/** Rows that may wait in memory over all months, before all of them are moved to disk. */
const MAX_BUFFERED_ROWS = 262_144;
const ROW_GROUP_ROWS = 122_880;
const ZSTD_LEVEL = 1;

async function sha256(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const part of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(part);
    sizeBytes += part.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

class PolarsWriter implements CanonicalWriter {
  readonly #folder: string;
  readonly #columns: readonly CanonicalColumn[];
  readonly #constants: ReadonlyMap<string, string>;
  readonly #pool: ColumnPool;
  readonly #months = new Map<number, MonthRows>();
  #current: MonthRows | null = null;
  #buffered = 0;

  constructor(options: Parameters<OpenCanonicalWriter>[0]) {
    this.#folder = join(options.outDir, 'canonical');
    this.#columns = options.columns;
    this.#constants = options.constants;
    this.#pool = new ColumnPool(options.columns);
    mkdirSync(this.#folder);
  }

  append(month: number, row: CanonicalRow): void {
    let rows = this.#current;
    if (rows === null || rows.month !== month) {
      rows = this.#months.get(month) ?? null;
      if (rows === null) {
        rows = new MonthRows(month, join(this.#folder, `${chunkName(month)}.arrow`), this.#pool);
        this.#months.set(month, rows);
      }
      this.#current = rows;
    }
    rows.append(row);
    this.#buffered++;
    if (this.#buffered >= MAX_BUFFERED_ROWS) {
      for (const each of this.#months.values()) each.flush();
      this.#buffered = 0;
    }
  }

  async finish(signal: AbortSignal): Promise<WrittenRows> {
    const months = [...this.#months.values()].sort((a, b) => a.month - b.month);
    if (months.length === 0) return { chunks: [], rows: 0, totals: totalsOf([]) };
    for (const month of months) {
      signal.throwIfAborted();
      month.finish();
      await this.#write(month, join(this.#folder, `${chunkName(month.month)}.parquet`));
      rmSync(month.path);
    }
    const measured = await measureMonths(this.#folder, months);
    const chunks: CanonicalChunk[] = [];
    for (const month of months) {
      const chunk = chunkName(month.month);
      const path = join(this.#folder, `${chunk}.parquet`);
      const rows = measured.get(chunk)?.rows ?? 0;
      if (rows !== month.rows) throw differs(`the rows of ${chunk}`, month.rows, rows);
      chunks.push({ chunk, path, rows, ...(await sha256(path)) });
    }
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    return { chunks, rows, totals: totalsOf([...measured.values()]) };
  }

  async #write(month: MonthRows, path: string): Promise<void> {
    const polars = await loadPolars();
    const typeOf = { string: polars.Utf8, decimal: polars.Decimal(18, 4), integer: polars.Int64 };
    const fed = new Set(this.#columns.map((column) => column.name));
    const select = CANONICAL_COLUMNS.map((column) => {
      if (fed.has(column.name)) return polars.col(column.name);
      const constant = this.#constants.get(column.name);
      if (constant !== undefined) return polars.lit(constant).alias(column.name);
      if (column.type === 'timestamp') throw new RangeError(`no values for ${column.name}`);
      return polars.lit(null).cast(typeOf[column.type]).alias(column.name);
    });
    await polars
      .scanIPC(literalPath(month.path))
      .select(...select)
      .sinkParquet(path, {
        compression: 'zstd',
        compressionLevel: ZSTD_LEVEL,
        rowGroupSize: ROW_GROUP_ROWS,
        maintainOrder: true,
      })
      .collect();
  }

  discard(): void {
    for (const month of this.#months.values()) month.discard();
    this.#months.clear();
  }
}

/**
 * Canonical Parquet by Polars: rows wait as Arrow record batches on disk, month by month, and each month becomes one
 * Parquet file (zstd) in one streaming pass, so memory does not grow with the file or the number of months.
 */
export const openPolarsWriter: OpenCanonicalWriter = (options) => new PolarsWriter(options);
