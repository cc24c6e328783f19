import type { Ledger, LedgerLine } from '#shared/domain/job';
import { LEDGER_COLUMNS, SALES_FIELDS, type LedgerTotals } from '#shared/domain/sales-schema';
import { showAmount, TotalsSum, type Contribution } from '../publishing/index.ts';
import type { FootprintRow } from '../publishing/ports.ts';

/** Everything the ledger compares, each obtained from its own place. */
export interface LedgerInputs {
  /** Counts and sums as the reader found them in the file. */
  readonly file: {
    readonly rowsRead: number;
    readonly rowsAccepted: number;
    readonly rowsRejected: number;
    readonly rowsSkipped: number;
    readonly totals: LedgerTotals;
  };
  /** Lines of the files that say where each rejected and skipped row is; null when they are not kept any more. */
  readonly located: { readonly rejected: number; readonly skipped: number } | null;
  /** Canonical Parquet as DuckDB measured it. */
  readonly footprint: readonly FootprintRow[];
  /** What the log says that counts; null when the import is undone. */
  readonly contribution: Contribution | null;
  /** What each engine serves of this import: the files of the local one, what queries see of the cluster. */
  readonly engines: readonly {
    readonly name: 'engine' | 'Druid';
    readonly rows: number;
    readonly totals: LedgerTotals;
  }[];
}

const label = (column: string) => SALES_FIELDS.find((field) => field.id === column)?.label ?? column;

/** The ledger of one import. Balanced only when every line is: counts exactly, money to the last digit. */
export function buildLedger(inputs: LedgerInputs): Ledger {
  const { file, located, contribution, engines } = inputs;
  const parquet = new TotalsSum();
  for (const row of inputs.footprint) parquet.add(row);
  const lines: LedgerLine[] = [
    count(
      'Rows read = accepted + rejected + skipped',
      file.rowsRead,
      file.rowsAccepted + file.rowsRejected + file.rowsSkipped,
    ),
    count('Rows accepted = rows in Parquet', file.rowsAccepted, parquet.rows),
  ];
  if (located)
    lines.push(
      count('Rows rejected = rejected rows with a location', file.rowsRejected, located.rejected),
      count('Rows skipped = skipped rows with a location', file.rowsSkipped, located.skipped),
    );
  const notCounted = contribution
    ? contribution.rowsSuperseded + contribution.rowsExcluded
    : file.rowsAccepted;
  for (const { name, rows } of engines)
    lines.push(
      count(
        contribution
          ? `Rows in ${name} = accepted − superseded − excluded`
          : `Rows in ${name} = none, because the import is undone`,
        file.rowsAccepted - notCounted,
        rows,
      ),
    );
  const parquetTotals = parquet.totals();
  for (const column of LEDGER_COLUMNS)
    lines.push(
      amount(`${label(column)}: file = Parquet`, file.totals[column], parquetTotals[column]),
      ...engines.map(({ name, totals }) =>
        amount(
          `${label(column)}: what counts = ${name}`,
          contribution ? contribution.totals[column] : null,
          totals[column],
        ),
      ),
    );
  return { balanced: lines.every((line) => line.balanced), lines };
}

const count = (check: string, expected: number, actual: number): LedgerLine =>
  compare(check, String(expected), String(actual));
const amount = (check: string, expected: string | null, actual: string | null): LedgerLine =>
  compare(check, showAmount(expected), showAmount(actual));
const compare = (check: string, expected: string, actual: string): LedgerLine => ({
  check,
  expected,
  actual,
  balanced: expected === actual,
});
