import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { read } from '@e965/xlsx';
import type { Page } from '@playwright/test';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { runCli } from '../support/host.ts';
import { writeScratch } from '../support/scratch.ts';

const MARKUP = '<img src=x onerror=alert(1)>';
const FORMULA = `=cmd|'/c calc'!A1`;
const BRANCHES = [MARKUP, '__proto__', FORMULA, 'constructor', 'Kisumu \u202Exslx.umusiK'];
const FILE = `${FORMULA.replaceAll('/', '')} ${MARKUP}.csv`;
const COLUMN = '<svg onload=alert(2)>';

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Ten sales of KES 60 of each branch, and four rows without a readable date. */
function hostileFile(): string {
  const lines = [[COLUMN, 'Date', 'Branch', 'Sales', 'Product Line', 'Salesperson', '__proto__']];
  for (const branch of BRANCHES)
    for (let day = 10; day < 20; day += 1)
      lines.push([MARKUP, `2026-05-${day}`, branch, '60', MARKUP, FORMULA, FORMULA]);
  for (const day of [MARKUP, FORMULA, '+1+1', '@SUM(A1)'])
    lines.push([FORMULA, day, MARKUP, '100', '__proto__', '-2+3', '\tx']);
  return `${lines.map((cells) => cells.map(quoted).join(',')).join('\n')}\n`;
}

/** Nothing of the file may have become an element, and nothing may have been asked of another machine. */
async function expectOnlyText(page: Page): Promise<void> {
  const elements = page.locator('img, iframe, object, embed, svg[onload], [onerror], script:not([src])');
  await expect(elements).toHaveCount(0);
}

test('markup, formulas and names of JavaScript are shown as the text that they are', async ({
  openApp,
  hosts,
  home,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  const dialogs: string[] = [];
  const requests: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await dropFiles(page, [
    writeScratch(scratch, FILE, hostileFile()),
    writeScratch(scratch, `${MARKUP}.pdf.csv`, '%PDF-1.7\n'),
  ]);
  await expect(app.job(`${MARKUP}.pdf.csv`)).toContainText(`This is not a table. ${MARKUP}.pdf.csv is a PDF`);
  const row = app.job(FILE);
  await expect(row).toContainText('4 rows rejected');
  await row.getByRole('button', { name: 'Review' }).click();
  const panel = app.reviewPanel();
  await expect(panel.getByRole('heading', { name: FILE, exact: true })).toBeVisible();
  await expect(panel.getByRole('columnheader', { name: COLUMN, exact: true })).toBeAttached();
  for (const text of [MARKUP, FORMULA, '__proto__'])
    await expect(panel.getByRole('gridcell', { name: text, exact: true }).first()).toBeAttached();
  await expectOnlyText(page);

  const downloading = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Rejected rows' }).click();
  const workbook = read(readFileSync(await (await downloading).path()));
  const cells = Object.entries(workbook.Sheets['Rejected rows'] ?? {}).filter(([name]) =>
    /^[A-Z]/.test(name),
  );
  expect(cells.map(([, cell]) => cell.v)).toEqual(expect.arrayContaining([MARKUP, FORMULA, '+1+1', '-2+3']));
  expect(cells.filter(([, cell]) => cell.f !== undefined)).toEqual([]);

  await panel.getByRole('button', { name: 'Accept 50 rows' }).click();
  await app.expectDone(FILE);
  await app.openHistory();
  await expect(app.historyRow(FILE)).toContainText('3,000.00');
  await expectOnlyText(page);

  await app.goTo('Dashboard');
  await expect(app.keyFigure('Total revenue')).toHaveText('KES 3,000');
  const heat = page.getByRole('table', { name: /^Branch by product line/ });
  for (const branch of BRANCHES) {
    await expect(heat.getByRole('rowheader').getByText(branch, { exact: true })).toBeVisible();
    await expect(heat.getByTitle(`${branch}, ${MARKUP}: 600`, { exact: true })).toBeVisible();
  }
  await page
    .getByRole('region', { name: 'Filters' })
    .getByRole('button', { name: /^Branch/ })
    .click();
  for (const branch of BRANCHES)
    await expect(page.getByRole('button', { name: `Only ${branch}`, exact: true })).toBeAttached();
  await page.keyboard.press('Escape');
  for (const chart of await page.locator('canvas').all()) {
    await chart.hover();
    await expectOnlyText(page);
  }
  for (const branch of BRANCHES) {
    await heat.getByRole('rowheader').getByText(branch, { exact: true }).click();
    await expect(app.keyFigure('Total revenue')).toHaveText('KES 600');
    await page.reload();
    await expect(app.keyFigure('Total revenue')).toHaveText('KES 600');
    await expectOnlyText(page);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect(app.keyFigure('Total revenue')).toHaveText('KES 3,000');
  }
  expect(dialogs).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(`${new URL(hosts.current.url).origin}/`))).toEqual([]);

  // The same rejected rows as CSV: no cell begins as a formula does.
  const jobId = await app.openQueue().then(() => row.locator('[data-job]').getAttribute('data-job'));
  await hosts.current.stop();
  const out = join(scratch, 'rejects.csv');
  runCli(['rejects', jobId ?? '', '--out', out, '--home', home]);
  const csv = readFileSync(out, 'utf8');
  expect(csv).toContain('cmd|');
  expect(csv).not.toMatch(/(^|[,"\r\n])[=+@\t-]/);
});
