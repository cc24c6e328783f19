import { independentFigures, netSalesCents } from './independent-figures.mts';
import type { SaleRow } from './sales.mts';
import { centsText } from './text-files.mts';
import { monthsBetween, type World } from './world.mts';
import { volumeOf } from './sales.mts';
import { writeXlsx, type XlsxCell } from './xlsx-writer.mts';

const money = (cents: number, bold = false): XlsxCell => ({ number: centsText(cents), bold });
const whole = (value: number): XlsxCell => ({ number: String(value) });

/** A branch's export: title rows, an empty row, the header, the sales and a total line. */
export async function writeBranchWorkbook(path: string, rows: readonly SaleRow[]): Promise<void> {
  const sum = (of: (row: SaleRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const cells: XlsxCell[][] = [
    ['Mauzo Distributors Ltd'],
    ['Sales detail, Nakuru branch'],
    ['Period: 1 September 2026 to 31 October 2026. Amounts in KES.'],
    [],
    [
      'Posting Date',
      'Branch',
      'BP Name',
      'Sales Employee',
      'Product Line',
      'Item Group',
      'Item Description',
      'Qty',
      'Sales Amount',
      'Credit Notes',
      'Qty Returned',
      'Cost of Sales',
      'Account',
    ],
    ...rows.map((row): XlsxCell[] => [
      { date: row.time },
      row.branch,
      row.customer,
      row.salesPerson,
      row.productLine,
      row.itemGroup,
      row.item,
      whole(row.unitsSold),
      money(row.revenueCents),
      row.returnsCents === 0 ? null : money(row.returnsCents),
      row.unitsReturned === 0 ? null : whole(row.unitsReturned),
      money(row.costCents),
      row.account,
    ]),
    [
      'Total',
      null,
      null,
      null,
      null,
      null,
      null,
      whole(sum((row) => row.unitsSold)),
      money(
        sum((row) => row.revenueCents),
        true,
      ),
      money(
        sum((row) => row.returnsCents),
        true,
      ),
      whole(sum((row) => row.unitsReturned)),
      money(
        sum((row) => row.costCents),
        true,
      ),
    ],
  ];
  await writeXlsx(path, [
    { name: 'Sales detail', rows: cells, widths: [18, 14, 30, 22, 20, 20, 30, 8, 16, 14, 12, 16, 14] },
  ]);
}

/** Monthly targets of net sales for the company and each branch in 2026: a little above what the season promises. */
export async function writeTargets(
  path: string,
  world: World,
  seed: number,
  cleanRows: number,
): Promise<void> {
  const figures = independentFigures(['clean', 'workbook', 'semicolon', 'errors'], seed, cleanRows);
  const known = [...figures.byBranchMonth].filter(([key]) => key.includes('|2025-'));
  const netByBranch = new Map<string, bigint>();
  for (const [key, value] of known) {
    const branch = key.split('|')[0] ?? '';
    netByBranch.set(branch, (netByBranch.get(branch) ?? 0n) + netSalesCents(value));
  }
  const rows: XlsxCell[][] = [['Month', 'Scope', 'Branch', 'Metric', 'Amount']];
  for (const month of monthsBetween('2026-01', '2026-12')) {
    let company = 0;
    const branchRows: XlsxCell[][] = [];
    for (const branch of world.branches) {
      const year = monthsBetween('2025-01', '2025-12').reduce(
        (sum, m) => sum + volumeOf({ branch, month: m }),
        0,
      );
      const share = volumeOf({ branch, month }) / year;
      const lastYearKes = Number(netByBranch.get(branch.name) ?? 0n) / 100;
      const amount = Math.max(10_000, Math.round((lastYearKes * share * 1.08) / 10_000) * 10_000);
      company += amount;
      branchRows.push([{ date: `${month}-01` }, 'branch', branch.name, 'netSales', money(amount * 100)]);
    }
    rows.push([{ date: `${month}-01` }, 'company', null, 'netSales', money(company * 100)], ...branchRows);
  }
  await writeXlsx(path, [{ name: 'Targets', rows, widths: [12, 12, 16, 12, 16] }]);
}
