import { expect } from '@playwright/test';
import { CLEAN_HEADER, cleanLine } from '../../scripts/sample/text-files.mts';
import type { SaleRow } from '../../scripts/sample/sales.mts';
import { sampleRows } from '../../scripts/sample/independent-figures.mts';
import type { AppPage } from './app-page.ts';
import { dropFiles } from './drop.ts';
import { cardAmount, exactAmount } from './figures.ts';
import { SAMPLE_FILES } from './sample.ts';
import { writeScratch } from './scratch.ts';

/** Two branches with a file each, and a correction of the first one. */
export const KISUMU = sampleRows('semicolon');
export const NAKURU = sampleRows('workbook');

/** The first half of September of Kisumu as it should have been: every amount is another one, one sale is missing. */
export const CORRECTED: readonly SaleRow[] = KISUMU.filter(
  ({ time }) => time >= '2026-09-01' && time < '2026-09-16',
)
  .slice(1)
  .map((row) => ({ ...row, revenueCents: row.revenueCents + 1_234_567, costCents: row.costCents + 1 }));
const CORRECTED_FILE = 'Kisumu corrected.csv';

const dayOf = ({ time }: SaleRow) => time.slice(0, 10);
const correctedDays = new Set(CORRECTED.map(dayOf));
/** The rows that stay when the corrected file has taken over its branch-days. */
export const KEPT = KISUMU.filter((row) => !correctedDays.has(dayOf(row)));

const sum = (rows: readonly SaleRow[], of: (row: SaleRow) => number) =>
  rows.reduce((total, row) => total + BigInt(of(row)), 0n);

/** Sees the figures of exactly these rows on the dashboard, to the cent. `timeout` while they are being published. */
export async function expectFiguresOf(
  app: AppPage,
  rows: readonly SaleRow[],
  { timeout = 20_000 } = {},
): Promise<void> {
  const revenue = sum(rows, (row) => row.revenueCents);
  const net = revenue + sum(rows, (row) => row.returnsCents);
  const profit = revenue - sum(rows, (row) => row.costCents);
  await expect(app.keyFigure('Net sales')).toHaveText(cardAmount(net), { timeout });
  await expect(app.keyFigure('Gross profit')).toHaveText(cardAmount(profit), { timeout });
  await app.expectExactly('Net sales', `KES ${exactAmount(net)}`);
  await app.expectExactly('Gross profit', `KES ${exactAmount(profit)}`);
}

/** Drops the corrected file of Kisumu and lets it replace the branch-days that it covers. */
export async function replaceByCorrected(
  app: AppPage,
  folder: string,
  { timeout = 60_000 } = {},
): Promise<void> {
  const text = CLEAN_HEADER + CORRECTED.map(cleanLine).join('');
  await dropFiles(app.page, [writeScratch(folder, CORRECTED_FILE, text)]);
  const row = app.job(CORRECTED_FILE);
  await expect(row).toContainText(`already covered by ${SAMPLE_FILES.semicolon}`, { timeout });
  await row.getByRole('button', { name: 'Review' }).click();
  const panel = app.reviewPanel();
  const accept = panel.getByRole('button', { name: `Accept ${CORRECTED.length} rows` });
  await expect(accept).toBeDisabled();
  for (const name of [
    /^Replace the same branch-days/,
    /^Skip what is there already/,
    /^Replace that file/,
    /^Keep both/,
  ])
    await expect(panel.getByRole('radio', { name })).not.toBeChecked();
  await panel.getByRole('radio', { name: /^Replace the same branch-days/ }).check();
  await accept.click();
  await app.expectDone(CORRECTED_FILE, { timeout });
}

/** Undoes the correction; the dialog has told the total that comes back. */
export async function undoCorrected(app: AppPage, { timeout = 20_000 } = {}): Promise<void> {
  await app.openHistory();
  await expect(app.historyRow(SAMPLE_FILES.semicolon)).toContainText('Counts in part');
  await app.historyRow(CORRECTED_FILE).getByRole('button', { name: /Undo/ }).click();
  const dialog = app.page.getByRole('dialog');
  await expect(dialog).toContainText(exactAmount(sum([...KISUMU, ...NAKURU], (sale) => sale.revenueCents)));
  await dialog.getByRole('button', { name: 'Undo import' }).click();
  await expect(app.historyRow(CORRECTED_FILE)).toContainText('Undone', { timeout });
  await expect(app.historyRow(SAMPLE_FILES.semicolon)).not.toContainText('in part');
}
