import { centsText, dayFirst, quoted } from './text-files.mts';
import type { SaleRow } from './sales.mts';

export interface ExpectedLine {
  /** Physical 1-based line of the file. */
  readonly line: number;
  readonly reason: string;
  readonly column?: string;
  readonly value?: string;
}

/** What an import of the errors file must do with each physical line. */
export interface ExpectedOutcome {
  readonly file: string;
  readonly headerLine: number;
  /** Good rows and the `kept` ones. */
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  readonly rowsSkipped: number;
  /** Lines that must be rejected, and no others. */
  readonly rejected: readonly ExpectedLine[];
  /** Lines that are accepted although something about them must be said or repaired. */
  readonly kept: readonly ExpectedLine[];
  /** Lines that are no records. */
  readonly skipped: readonly ExpectedLine[];
}

export interface ErrorsFile {
  readonly text: string;
  readonly expected: ExpectedOutcome;
  /** The rows as they must count once imported: returns negative, damaged rows absent. */
  readonly accepted: readonly SaleRow[];
}

const HEADER = [
  'Posting Date',
  'Branch',
  'Customer',
  'Sales Employee',
  'Product Line',
  'Item Group',
  'Item',
  'Qty',
  'Sales Amount',
  'Returns',
  'Qty Returned',
  'Cost',
] as const;
type Column = (typeof HEADER)[number];

type Damage =
  | {
      readonly outcome: 'rejected';
      readonly reason: string;
      readonly column?: Column;
      readonly value?: string;
      readonly line?: (cells: string[]) => string;
    }
  | {
      readonly outcome: 'kept';
      readonly reason: string;
      readonly column?: Column;
      readonly value?: string;
      readonly row?: (row: SaleRow) => SaleRow;
      readonly write?: (row: SaleRow, cells: string[]) => void;
    }
  | { readonly outcome: 'skipped'; readonly reason: string; readonly text: string };

const at = (column: Column) => HEADER.indexOf(column);

/** One per kind of damage, in the order in which they appear, each a few lines after the last. */
const DAMAGES: readonly Damage[] = [
  { outcome: 'rejected', reason: 'not-a-date', column: 'Posting Date', value: '31/09/2026' },
  { outcome: 'rejected', reason: 'not-a-number', column: 'Sales Amount', value: 'twelve thousand' },
  { outcome: 'skipped', reason: 'blank', text: '' },
  { outcome: 'rejected', reason: 'error-value', column: 'Sales Amount', value: '#REF!' },
  { outcome: 'rejected', reason: 'missing-branch', column: 'Branch', value: '' },
  {
    outcome: 'kept',
    reason: 'positive-returns',
    row: (row) => ({
      ...row,
      returnsCents: -Math.round(row.revenueCents / row.unitsSold),
      unitsReturned: -1,
    }),
    write: (row, cells) => {
      cells[at('Returns')] = centsText(-row.returnsCents);
      cells[at('Qty Returned')] = '1';
    },
  },
  { outcome: 'rejected', reason: 'future-date', column: 'Posting Date', value: '12/10/2031' },
  // A name with an unquoted comma: one cell too many, and everything after it in the wrong column.
  {
    outcome: 'rejected',
    reason: 'too-many-cells',
    line: (cells) => cells.with(at('Customer'), 'Mlima Builders, Contractors').join(','),
  },
  { outcome: 'rejected', reason: 'too-few-cells', line: (cells) => cells.slice(0, at('Qty')).join(',') },
  {
    outcome: 'rejected',
    reason: 'stray-quote',
    // The quote is never closed, and the amount is lost with it: the line is bad, the next ones are not.
    line: (cells) =>
      cells
        .with(at('Customer'), `"${cells[at('Customer')] ?? ''}`)
        .with(at('Sales Amount'), '#VALUE!')
        .join(','),
  },
  {
    outcome: 'kept',
    reason: 'quote-inside-a-cell',
    column: 'Customer',
    value: 'Bomba 4" Pipes',
    row: (row) => ({ ...row, customer: 'Bomba 4" Pipes' }),
    write: (_, cells) => {
      cells[at('Customer')] = 'Bomba 4" Pipes';
    },
  },
  { outcome: 'rejected', reason: 'missing-date', column: 'Posting Date', value: '' },
  { outcome: 'rejected', reason: 'missing-amount', column: 'Sales Amount', value: '' },
  {
    outcome: 'kept',
    reason: 'cost-above-revenue',
    column: 'Cost',
    row: (row) => ({ ...row, costCents: row.revenueCents * 3 }),
  },
  { outcome: 'skipped', reason: 'blank', text: ',,,,,,,,,,,' },
  { outcome: 'rejected', reason: 'not-a-number', column: 'Sales Amount', value: '1e309' },
  { outcome: 'rejected', reason: 'not-a-date', column: 'Posting Date', value: '00/10/2026' },
  {
    outcome: 'kept',
    reason: 'amount-with-currency',
    column: 'Sales Amount',
    value: 'KES 12,450/=',
    row: (row) => ({
      ...row,
      revenueCents: 1_245_000,
      returnsCents: 0,
      unitsReturned: 0,
      costCents: 1_010_000,
    }),
    write: (_, cells) => {
      cells[at('Sales Amount')] = '"KES 12,450/="';
    },
  },
  { outcome: 'rejected', reason: 'error-value', column: 'Sales Amount', value: '#DIV/0!' },
];

function cellsOf(row: SaleRow): string[] {
  return [
    dayFirst(row.time),
    row.branch,
    quoted(row.customer),
    row.salesPerson,
    row.productLine,
    row.itemGroup,
    quoted(row.item),
    String(row.unitsSold),
    centsText(row.revenueCents),
    row.returnsCents === 0 ? '0.00' : centsText(row.returnsCents),
    String(row.unitsReturned),
    centsText(row.costCents),
  ];
}

/** Builds the errors file from sound rows: every third line carries the next damage; a duplicate and a total end it. */
export function errorsFile(file: string, rows: readonly SaleRow[]): ErrorsFile {
  const lines: string[] = [HEADER.join(',')];
  const rejected: ExpectedLine[] = [];
  const kept: ExpectedLine[] = [];
  const skipped: ExpectedLine[] = [];
  const accepted: SaleRow[] = [];
  const note = (damage: { reason: string; column?: Column; value?: string }): ExpectedLine => ({
    line: lines.length,
    reason: damage.reason,
    ...(damage.column === undefined ? {} : { column: damage.column }),
    ...(damage.value === undefined ? {} : { value: damage.value }),
  });
  const damages = [...DAMAGES];
  rows.forEach((row, index) => {
    const damage = index % 3 === 2 ? damages.shift() : undefined;
    if (damage?.outcome === 'rejected') {
      const cells = cellsOf(row);
      if (damage.column !== undefined) cells[at(damage.column)] = damage.value ?? '';
      lines.push(damage.line ? damage.line(cells) : cells.join(','));
      rejected.push(note(damage));
      return;
    }
    if (damage?.outcome === 'skipped') {
      lines.push(damage.text);
      skipped.push(note(damage));
    }
    const counted = damage?.outcome === 'kept' && damage.row ? damage.row(row) : row;
    const cells = cellsOf(counted);
    if (damage?.outcome === 'kept') damage.write?.(counted, cells);
    lines.push(cells.join(','));
    accepted.push(counted);
    if (damage?.outcome === 'kept') kept.push(note(damage));
  });
  if (damages.length > 0) throw new RangeError(`${damages.length} kinds of damage found no row`);
  const twice = accepted.at(-2);
  if (!twice) throw new RangeError('too few rows');
  lines.push(cellsOf(twice).join(','));
  accepted.push(twice);
  kept.push(note({ reason: 'duplicate-row' }));
  const revenueCents = accepted.reduce((sum, row) => sum + row.revenueCents, 0);
  const total = HEADER.map(() => '');
  total[0] = 'Total';
  total[at('Sales Amount')] = centsText(revenueCents);
  lines.push(total.join(','));
  skipped.push(note({ reason: 'total' }));
  return {
    text: `${lines.join('\n')}\n`,
    accepted,
    expected: {
      file,
      headerLine: 1,
      rowsAccepted: accepted.length,
      rowsRejected: rejected.length,
      rowsSkipped: skipped.length,
      rejected,
      kept,
      skipped,
    },
  };
}
