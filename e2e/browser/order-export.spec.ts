import { ORDER_HEADER, orderRows, type OrderRow } from '../../scripts/sample/order-export.mts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { cardAmount, exactE4, percent } from '../support/figures.ts';
import { writeScratch } from '../support/scratch.ts';

/** Two exports of the same program: other rows, other years, the same columns. */
const EARLIER = [...orderRows({ rows: 6_000, seed: 11 })].filter(({ orderDate }) => orderDate < '2024');
const LATER = [...orderRows({ rows: 4_000, seed: 12 })].filter(({ orderDate }) => orderDate >= '2024');

function totals(rows: readonly OrderRow[]) {
  let [salesE4, costE4] = [0n, 0n];
  for (const row of rows) {
    salesE4 += BigInt(row.salesE4);
    costE4 += BigInt(row.salesE4) - BigInt(row.profitE4);
  }
  return { salesE4, costE4, profitE4: salesE4 - costE4 };
}

const exportOf = (rows: readonly OrderRow[]) =>
  Buffer.from(`${[ORDER_HEADER, ...rows.map((row) => row.line)].join('\r\n')}\r\n`, 'latin1');

async function expectFigures(app: AppPage, rows: readonly OrderRow[]): Promise<void> {
  const { salesE4, profitE4 } = totals(rows);
  await expect(app.keyFigure('Net sales')).toHaveText(cardAmount(salesE4 / 100n));
  await expect(app.keyFigure('Gross profit')).toHaveText(cardAmount(profitE4 / 100n));
  await expect(app.keyFigure('Gross margin')).toHaveText(percent(profitE4, salesE4, 1));
  await expect(app.keyFigure('Returns value')).toHaveText('KES 0');
}

test('an export of another shape is mapped once; the next one goes through without a question', async ({
  openApp,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  await dropFiles(page, [writeScratch(scratch, 'Orders to 2023.csv', exportOf(EARLIER))]);
  const earlier = app.job('Orders to 2023.csv');
  await expect(earlier).toContainText('Not certain which column is Branch');
  await earlier.getByRole('button', { name: 'Map columns' }).click();
  const panel = app.reviewPanel();
  const save = panel.getByRole('button', { name: 'Save and check' });
  await expect(save).toBeDisabled();
  await app.choose('Branch', /^Region/);
  await panel.getByRole('button', { name: 'Use [Sales] - [Profit]' }).click();
  await app.choose('Returns value', 'One value for all rows…');
  await panel.getByRole('textbox', { name: 'Returns value, the value for all rows' }).fill('0');
  await save.click();
  await app.expectDone('Orders to 2023.csv');
  await expect(earlier).toContainText(`${EARLIER.length.toLocaleString('en-US')} rows, ledger balanced`);

  await dropFiles(page, [writeScratch(scratch, 'Orders from 2024.csv', exportOf(LATER))]);
  await app.expectDone('Orders from 2024.csv');
  await expect(app.job('Orders from 2024.csv')).toContainText(
    `${LATER.length.toLocaleString('en-US')} rows, ledger balanced`,
  );

  // Sums to the ten-thousandth, as the file has them.
  for (const [name, rows] of [
    ['Orders to 2023.csv', EARLIER],
    ['Orders from 2024.csv', LATER],
  ] as const) {
    await app.job(name).getByRole('button', { name }).click();
    await expect(
      panel.getByRole('definition').filter({ hasText: exactE4(totals(rows).salesE4) }),
    ).toBeVisible();
    await expect(
      panel.getByRole('definition').filter({ hasText: exactE4(totals(rows).costE4) }),
    ).toBeVisible();
    await panel.getByRole('button', { name: 'Close' }).click();
  }

  await app.openHistory();
  for (const rows of [EARLIER, LATER]) {
    const sum = exactE4(totals(rows).salesE4);
    await expect(page.getByRole('row').filter({ hasText: sum })).toContainText('Counts');
  }

  await app.goTo('Dashboard');
  await expectFigures(
    app,
    LATER.filter(({ orderDate }) => orderDate.startsWith('2025')),
  );
  await app.showPeriod('All data');
  await expectFigures(app, [...EARLIER, ...LATER]);
});

test('dates that can be read in two ways are asked with both readings', async ({ openApp, scratch }) => {
  const page = await openApp();
  const app = new AppPage(page);
  const lines = ['Date,Branch,Sales'];
  for (let day = 1; day <= 12; day += 1) lines.push(`${String(day).padStart(2, '0')}/04/2024,Kisumu,100.25`);
  await dropFiles(page, [writeScratch(scratch, 'Kisumu April.csv', `${lines.join('\n')}\n`)]);
  const row = app.job('Kisumu April.csv');
  await row.getByRole('button', { name: 'Map columns' }).click();
  const panel = app.reviewPanel();
  await expect(panel.getByRole('radio', { name: '4 Jan 2024 month first' })).not.toBeChecked();
  const dayFirst = panel.getByRole('radio', { name: '1 Apr 2024 day first' });
  await expect(dayFirst).not.toBeChecked();
  await expect(panel.getByRole('button', { name: 'Save and check' })).toBeDisabled();
  await dayFirst.check();
  await panel.getByRole('button', { name: 'Save and check' }).click();
  await app.expectDone('Kisumu April.csv');
  await app.openHistory();
  await expect(app.historyRow('Kisumu April.csv')).toContainText('1,203.00');
  await expect(app.historyRow('Kisumu April.csv')).toContainText(/Apr\s2024/);
  await expect(app.historyRow('Kisumu April.csv')).not.toContainText(/Jan|Dec/);
});
