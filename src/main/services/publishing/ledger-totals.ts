import { LEDGER_COLUMNS, type LedgerColumn, type LedgerTotals } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';

const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,4})(0*))?$/;

/** Exact integer of ten-thousandths from decimal text; anything else is a bug (`publishing.bad_decimal`). */
export function parseE4(text: string): bigint {
  const match = DECIMAL.exec(text);
  if (!match) throw new AppError('publishing.bad_decimal', 'bug', { text: text.slice(0, 100) });
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole + fraction.padEnd(4, '0'));
  return sign ? -value : value;
}

/** Decimal text of ten-thousandths without trailing zeros: `12345.6789`, `-3`, `0`. */
export function formatE4(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}${fraction && `.${fraction}`}`;
}

/** Adds up totals in integers. A column stays null while no part has it: unknown is never 0. */
export class TotalsSum {
  rows = 0;
  readonly #sums = new Map<LedgerColumn, bigint>();

  add(part: { readonly rows: number; readonly totals: LedgerTotals }): this {
    this.rows += part.rows;
    for (const column of LEDGER_COLUMNS) {
      const text = part.totals[column];
      if (text !== null) this.#sums.set(column, (this.#sums.get(column) ?? 0n) + parseE4(text));
    }
    return this;
  }

  totals(): LedgerTotals {
    const text = (column: LedgerColumn) => {
      const sum = this.#sums.get(column);
      return sum === undefined ? null : formatE4(sum);
    };
    return {
      grossRevenue: text('grossRevenue'),
      returnsValue: text('returnsValue'),
      totalCost: text('totalCost'),
      unitsSold: text('unitsSold'),
      unitsReturned: text('unitsReturned'),
    };
  }
}

/** One amount in its shortest form, `—` when no row has the column. */
export const showAmount = (text: string | null): string => (text === null ? '—' : formatE4(parseE4(text)));

/** The first column in which the two differ, or null when they are equal to the last digit. */
export function differingColumn(left: LedgerTotals, right: LedgerTotals): LedgerColumn | null {
  return LEDGER_COLUMNS.find((column) => showAmount(left[column]) !== showAmount(right[column])) ?? null;
}
