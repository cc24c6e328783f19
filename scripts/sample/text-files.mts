import type { SaleRow } from './sales.mts';

/** Exact decimal text of an amount in cents, with two decimals. */
export function centsText(cents: number): string {
  const absolute = Math.abs(cents);
  const rest = absolute % 100;
  return `${cents < 0 ? '-' : ''}${Math.floor(absolute / 100)}.${rest < 10 ? '0' : ''}${rest}`;
}

/** `1.234,50` */
export function centsTextContinental(cents: number): string {
  const [whole = '', rest = ''] = centsText(Math.abs(cents)).split('.');
  return `${cents < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, '.')},${rest}`;
}

export const quoted = (text: string, delimiter = ',') =>
  text.includes('"') || text.includes(delimiter) || text.includes('\n')
    ? `"${text.replaceAll('"', '""')}"`
    : text;

export const dayFirst = (time: string) => `${time.slice(8, 10)}/${time.slice(5, 7)}/${time.slice(0, 4)}`;

export const CLEAN_HEADER =
  'Posting Date,Branch,Product Line,Item Group,Item Name,Sales Employee,Account Name,Customer,Gross Revenue,Returns Value,Units Sold,Units Returned,Total Cost,Line Items\n';

export function cleanLine(row: SaleRow): string {
  return `${row.time},${row.branch},${row.productLine},${row.itemGroup},${quoted(row.item)},${row.salesPerson},${row.account},${quoted(row.customer)},${centsText(row.revenueCents)},${row.returnsCents === 0 ? '0' : centsText(row.returnsCents)},${row.unitsSold},${row.unitsReturned},${centsText(row.costCents)},${row.lines}\n`;
}

/** Semicolons, decimal commas, day-first dates; the caller writes it in Windows-1252. */
export function semicolonFile(rows: readonly SaleRow[]): string {
  const lines = [
    'Date;Branch;Customer;Sales Rep;Category;Sub Category;Item;Qty;Amount KES;Returns KES;Qty Returned;Cost KES;Segment',
    ...rows.map((row) =>
      [
        dayFirst(row.time),
        row.branch,
        quoted(row.customer, ';'),
        row.salesPerson,
        row.productLine,
        row.itemGroup,
        quoted(row.item, ';'),
        row.unitsSold,
        centsTextContinental(row.revenueCents),
        centsTextContinental(row.returnsCents),
        row.unitsReturned,
        centsTextContinental(row.costCents),
        row.account,
      ].join(';'),
    ),
  ];
  return `${lines.join('\r\n')}\r\n`;
}
