import { CLEAN_HEADER, cleanLine } from '../../scripts/sample/text-files.mts';
import type { SaleRow } from '../../scripts/sample/sales.mts';
import { sampleRows } from '../../scripts/sample/independent-figures.mts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { cardAmount, exactAmount } from '../support/figures.ts';
import { SAMPLE_FILES, samplePath } from '../support/sample.ts';
import { writeScratch } from '../support/scratch.ts';

const KISUMU = sampleRows('semicolon');
const NAKURU = sampleRows('workbook');

/** The first half of September of Kisumu as it should have been: every amount is another one, one sale is missing. */
const CORRECTED: readonly SaleRow[] = KISUMU.filter(({ time }) => time >= '2026-09-01' && time < '2026-09-16')
  .slice(1)
  .map((row) => ({ ...row, revenueCents: row.revenueCents + 1_234_567, costCents: row.costCents + 1 }));

const dayOf = ({ time }: SaleRow) => time.slice(0, 10);
const correctedDays = new Set(CORRECTED.map(dayOf));
/** The rows that stay when the corrected file has taken over its branch-days. */
const KEPT = KISUMU.filter((row) => !correctedDays.has(dayOf(row)));

const sum = (rows: readonly SaleRow[], of: (row: SaleRow) => number) =>
  rows.reduce((total, row) => total + BigInt(of(row)), 0n);

async function expectFigures(app: AppPage, rows: readonly SaleRow[]): Promise<void> {
  const revenue = sum(rows, (row) => row.revenueCents);
  const net = revenue + sum(rows, (row) => row.returnsCents);
  const profit = revenue - sum(rows, (row) => row.costCents);
  await expect(app.keyFigure('Net sales')).toHaveText(cardAmount(net));
  await expect(app.keyFigure('Gross profit')).toHaveText(cardAmount(profit));
  await app.expectExactly('Net sales', `KES ${exactAmount(net)}`);
  await app.expectExactly('Gross profit', `KES ${exactAmount(profit)}`);
}

test('a corrected file takes the place of its branch-days, and undo brings the old totals back to the cent', async ({
  openApp,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  await dropFiles(page, [samplePath('semicolon'), samplePath('workbook')]);
  await app.expectDone(SAMPLE_FILES.semicolon);
  await app.expectDone(SAMPLE_FILES.workbook);
  await app.goTo('Dashboard');
  await expectFigures(app, [...KISUMU, ...NAKURU]);
  await app.goTo('Import');
  const text = CLEAN_HEADER + CORRECTED.map(cleanLine).join('');
  await dropFiles(page, [writeScratch(scratch, 'Kisumu corrected.csv', text)]);
  const row = app.job('Kisumu corrected.csv');
  await expect(row).toContainText(`already covered by ${SAMPLE_FILES.semicolon}`);
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
  await app.expectDone('Kisumu corrected.csv');

  await app.goTo('Dashboard');
  await expectFigures(app, [...KEPT, ...CORRECTED, ...NAKURU]);
  await app.showOnly('Branch', 'Nakuru');
  await expectFigures(app, NAKURU);
  await app.showOnly('Branch', 'Kisumu');
  await expectFigures(app, [...KEPT, ...CORRECTED]);
  await page.getByRole('button', { name: 'Clear filters' }).click();

  await app.openHistory();
  await expect(app.historyRow(SAMPLE_FILES.semicolon)).toContainText('Counts in part');
  await app.historyRow('Kisumu corrected.csv').getByRole('button', { name: /Undo/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(exactAmount(sum([...KISUMU, ...NAKURU], (sale) => sale.revenueCents)));
  await dialog.getByRole('button', { name: 'Undo import' }).click();
  await expect(app.historyRow('Kisumu corrected.csv')).toContainText('Undone');
  await expect(app.historyRow(SAMPLE_FILES.semicolon)).not.toContainText('in part');
  await app.goTo('Dashboard');
  await expectFigures(app, [...KISUMU, ...NAKURU]);
});
