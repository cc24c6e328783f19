import type { Expr } from 'nodejs-polars';
import { basename, join } from 'node:path';
import { LEDGER_COLUMNS, type LedgerColumn, type LedgerTotals } from '#shared/domain/sales-schema';
import { formatE4 } from '#shared/domain/values/numbers';
import { AppError } from '#shared/errors/app-error';
import { loadPolars, type Polars } from './load-polars.ts';

const REQUIRED = ['__time', 'Branch', 'grossRevenue', 'lineItemCount', 'importId', 'sheet', 'row'] as const;

/** Up to here all is asked in one query, which is quicker; Polars holds every column of it in memory at once. */
const ROWS_AT_ONCE = 300_000;

export const chunkName = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** A path that Polars takes literally: its scans expand `*`, `?` and `[…]`. */
export const literalPath = (path: string): string => path.replace(/[*?[\]]/g, '[$&]');

export const differs = (check: string, expected: number | string, actual: number | string): AppError =>
  new AppError('reading.totals_differ', 'bug', { check, expected: String(expected), actual: String(actual) });

/** What one written month holds, in ten-thousandths; a column without any value is absent. */
export interface MeasuredMonth {
  readonly rows: number;
  readonly sums: ReadonlyMap<LedgerColumn, bigint>;
}

/** Ten-thousandths of a decimal as Polars writes it, always with four places. */
function toE4(text: string): bigint {
  const match = /^(-?)(\d+)\.(\d{4})$/.exec(text);
  if (!match) throw differs('a sum', 'a decimal with four places', text);
  const magnitude = BigInt(`${match[2] ?? ''}${match[3] ?? ''}`);
  return match[1] === '-' ? -magnitude : magnitude;
}

/** What is asked of the files, in groups that can be asked one by one where memory matters. */
function questions(polars: Polars): Expr[][] {
  // Decimals and 64-bit counts reach JavaScript exactly only as text.
  const asText = polars.Utf8;
  const nulls = (name: string) => polars.col(name).nullCount().cast(asText).alias(`nulls:${name}`);
  return [
    [
      polars.len().cast(asText).alias('rows'),
      polars.col('__time').min().dt.strftime('%Y-%m').alias('first'),
      polars.col('__time').max().dt.strftime('%Y-%m').alias('last'),
    ],
    ...REQUIRED.map((name) => [nulls(name)]),
    ...LEDGER_COLUMNS.map((name) => [
      polars.col(name).sum().cast(asText).alias(`sum:${name}`),
      polars.col(name).count().cast(asText).alias(`count:${name}`),
    ]),
  ];
}

/** Checks the answers for one file. */
function understand(chunk: string, found: Readonly<Record<string, unknown>>): MeasuredMonth {
  const text = (name: string) => {
    const value = found[name];
    return typeof value === 'string' ? value : '';
  };
  if (text('first') !== chunk) throw differs(`the first month in ${chunk}`, chunk, text('first'));
  if (text('last') !== chunk) throw differs(`the last month in ${chunk}`, chunk, text('last'));
  for (const name of REQUIRED) {
    if (text(`nulls:${name}`) !== '0') throw differs(`blank ${name} in ${chunk}`, 0, text(`nulls:${name}`));
  }
  const sums = LEDGER_COLUMNS.flatMap((name): [LedgerColumn, bigint][] =>
    text(`count:${name}`) === '0' ? [] : [[name, toE4(text(`sum:${name}`))]],
  );
  return { rows: Number(text('rows')), sums: new Map(sums) };
}

async function measureTogether(folder: string): Promise<Map<string, MeasuredMonth>> {
  const polars = await loadPolars();
  const frame = await polars
    .scanParquet(`${literalPath(folder)}/*.parquet`, { includeFilePaths: 'file', hivePartitioning: false })
    .groupBy('file')
    .agg(...questions(polars).flat())
    .collect();
  return new Map(
    frame.toRecords().map((found: Record<string, unknown>) => {
      const chunk = basename(String(found['file']), '.parquet');
      return [chunk, understand(chunk, found)];
    }),
  );
}

async function measureOne(path: string, chunk: string, rows: number): Promise<MeasuredMonth> {
  const polars = await loadPolars();
  const groups = rows <= ROWS_AT_ONCE ? [questions(polars).flat()] : questions(polars);
  const found: Record<string, unknown> = {};
  for (const group of groups) {
    const frame = await polars
      .scanParquet(path, { glob: false, hivePartitioning: false })
      .select(...group)
      .collect();
    Object.assign(found, frame.toRecords()[0]);
  }
  return understand(chunk, found);
}

/**
 * Reads the written files of a folder back, by month: rows, exact sums of the ledger columns, and that every row lies
 * in its month and has what is required.
 * @throws AppError `reading.totals_differ`
 */
export async function measureMonths(
  folder: string,
  written: readonly { readonly month: number; readonly rows: number }[],
): Promise<ReadonlyMap<string, MeasuredMonth>> {
  const all = written.reduce((sum, month) => sum + month.rows, 0);
  if (all <= ROWS_AT_ONCE) return measureTogether(folder);
  const months = new Map<string, MeasuredMonth>();
  for (const { month, rows } of written) {
    const chunk = chunkName(month);
    months.set(chunk, await measureOne(join(folder, `${chunk}.parquet`), chunk, rows));
  }
  return months;
}

/** The sums of all months as decimal text. */
export function totalsOf(months: readonly MeasuredMonth[]): LedgerTotals {
  const total = (column: LedgerColumn): string | null => {
    const sums = months.flatMap((month) => month.sums.get(column) ?? []);
    return sums.length === 0 ? null : formatE4(sums.reduce((sum, value) => sum + value, 0n));
  };
  return {
    grossRevenue: total('grossRevenue'),
    returnsValue: total('returnsValue'),
    totalCost: total('totalCost'),
    unitsSold: total('unitsSold'),
    unitsReturned: total('unitsReturned'),
  };
}
