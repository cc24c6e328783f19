import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LEDGER_COLUMNS, type LedgerTotals } from '#shared/domain/sales-schema';
import { formatE4 } from '#shared/domain/values/numbers';
import { AppError } from '#shared/errors/app-error';
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
import { MonthRows } from './month-rows.ts';

/** Rows that may wait in memory over all months, before all of them are moved to disk. */
const MAX_BUFFERED_ROWS = 262_144;
const ROW_GROUP_ROWS = 122_880;
const ZSTD_LEVEL = 1;

const chunkName = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

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
  readonly #months = new Map<number, MonthRows>();
  #current: MonthRows | null = null;
  #buffered = 0;

  constructor(options: Parameters<OpenCanonicalWriter>[0]) {
    this.#folder = join(options.outDir, 'canonical');
    this.#columns = options.columns;
    this.#constants = options.constants;
    mkdirSync(this.#folder);
  }

  append(month: number, row: CanonicalRow): void {
    let rows = this.#current;
    if (rows === null || rows.month !== month) {
      rows = this.#months.get(month) ?? null;
      if (rows === null) {
        rows = new MonthRows(month, join(this.#folder, `${chunkName(month)}.arrow`), this.#columns);
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
    const chunks: CanonicalChunk[] = [];
    const totals = new Map<string, bigint>();
    let rows = 0;
    for (const month of [...this.#months.values()].sort((a, b) => a.month - b.month)) {
      signal.throwIfAborted();
      month.finish();
      const path = join(this.#folder, `${chunkName(month.month)}.parquet`);
      await this.#write(month, path);
      rmSync(month.path);
      const measured = await this.#measure(path, month.month);
      rows += measured.rows;
      for (const [column, sum] of measured.sums) totals.set(column, (totals.get(column) ?? 0n) + sum);
      chunks.push({ chunk: chunkName(month.month), path, rows: measured.rows, ...(await sha256(path)) });
    }
    const text = (column: string) => {
      const sum = totals.get(column);
      return sum === undefined ? null : formatE4(sum);
    };
    return {
      chunks,
      rows,
      totals: Object.fromEntries(LEDGER_COLUMNS.map((column) => [column, text(column)])) as LedgerTotals,
    };
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
      .scanIPC(month.path)
      .select(...select)
      .sinkParquet(path, {
        compression: 'zstd',
        compressionLevel: ZSTD_LEVEL,
        rowGroupSize: ROW_GROUP_ROWS,
        maintainOrder: true,
      })
      .collect();
  }

  /**
   * Reads the written file back: its rows, the exact sums of its ledger columns (null when a column has no value), and
   * that every row is of the month and has what is required.
   */
  async #measure(path: string, month: number): Promise<{ rows: number; sums: Map<string, bigint> }> {
    const polars = await loadPolars();
    const asText = polars.Utf8;
    const frame = await polars
      .scanParquet(path)
      .select(
        polars.len().cast(asText).alias('rows'),
        polars.col('__time').min().dt.strftime('%Y-%m').alias('first'),
        polars.col('__time').max().dt.strftime('%Y-%m').alias('last'),
        ...['__time', 'Branch', 'grossRevenue', 'row'].map((name) =>
          polars.col(name).nullCount().cast(asText).alias(`nulls:${name}`),
        ),
        ...LEDGER_COLUMNS.flatMap((name) => [
          polars.col(name).sum().cast(asText).alias(`sum:${name}`),
          polars.col(name).count().cast(asText).alias(`count:${name}`),
        ]),
      )
      .collect();
    const [found = {}] = frame.toRecords();
    const text = (name: string) => String(found[name] ?? '');
    const chunk = chunkName(month);
    const sound =
      text('first') === chunk &&
      text('last') === chunk &&
      ['__time', 'Branch', 'grossRevenue', 'row'].every((name) => text(`nulls:${name}`) === '0');
    if (!sound) {
      throw new AppError('reading.totals_differ', 'bug', {
        check: `rows of ${chunk}`,
        expected: `all from ${chunk}, complete`,
        actual: `${text('first')} to ${text('last')}`,
      });
    }
    const sums = new Map<string, bigint>();
    for (const name of LEDGER_COLUMNS) {
      if (text(`count:${name}`) !== '0') sums.set(name, toE4(text(`sum:${name}`)));
    }
    return { rows: Number(text('rows')), sums };
  }

  discard(): void {
    for (const month of this.#months.values()) month.discard();
    this.#months.clear();
  }
}

/** Ten-thousandths of a decimal as Polars writes it, always with four places. */
function toE4(text: string): bigint {
  const match = /^(-?)(\d+)\.(\d{4})$/.exec(text);
  if (!match) {
    throw new AppError('reading.totals_differ', 'bug', { check: 'sum', expected: 'a decimal', actual: text });
  }
  const magnitude = BigInt(`${match[2] ?? ''}${match[3] ?? ''}`);
  return match[1] === '-' ? -magnitude : magnitude;
}

/**
 * Canonical Parquet by Polars: rows wait as Arrow record batches on disk, month by month, and each month becomes one
 * Parquet file (zstd) in one streaming pass, so memory does not grow with the file or the number of months.
 */
export const openPolarsWriter: OpenCanonicalWriter = (options) => new PolarsWriter(options);
