import type { Page } from '@playwright/test';
import type { SaleRow } from '../../scripts/sample/sales.mts';
import { sampleRows } from '../../scripts/sample/independent-figures.mts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { cardAmount } from '../support/figures.ts';
import { SAMPLE_FILES, samplePath } from '../support/sample.ts';

const ROWS = [...sampleRows('workbook'), ...sampleRows('semicolon')];

const net = (keep: (row: SaleRow) => boolean) =>
  cardAmount(
    ROWS.filter(keep).reduce((sum, row) => sum + BigInt(row.revenueCents) + BigInt(row.returnsCents), 0n),
  );

async function start(page: Page): Promise<AppPage> {
  const app = new AppPage(page);
  await dropFiles(page, [samplePath('workbook'), samplePath('semicolon')]);
  await app.expectDone(SAMPLE_FILES.workbook);
  await app.expectDone(SAMPLE_FILES.semicolon);
  await app.goTo('Dashboard');
  await expect(app.keyFigure('Net sales')).toHaveText(net(() => true));
  return app;
}

test('a view lives in its address: another tab, back and forward show the same figures', async ({
  openApp,
}) => {
  const page = await openApp();
  const app = await start(page);
  const lines = [...new Set(ROWS.filter(({ branch }) => branch === 'Kisumu').map((row) => row.productLine))];
  const line = lines[0] ?? '';
  const cell = net((row) => row.branch === 'Kisumu' && row.productLine === line);
  expect(cell).not.toBe(net((row) => row.branch === 'Kisumu'));
  const sales = app.keyFigure('Net sales');
  const heat = page.getByRole('table', { name: /^Branch by product line/ });
  await heat.getByTitle(new RegExp(`^Kisumu, ${line}: `)).click();
  await expect(sales).toHaveText(cell);
  await app.showPeriod('This month to date');
  const inOctober = net(
    (row) => row.branch === 'Kisumu' && row.productLine === line && row.time.startsWith('2026-10'),
  );
  await expect(sales).toHaveText(inOctober);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy a link to this view' }).click();
  await expect(page.getByRole('button', { name: 'Link copied' })).toBeVisible();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(address).toContain('Branch=Kisumu');
  const other = await page.context().newPage();
  await other.goto(address);
  await expect(new AppPage(other).keyFigure('Net sales')).toHaveText(inOctober);
  await other.close();

  await page.goBack();
  await expect(sales).toHaveText(cell);
  await page.goBack();
  await expect(sales).toHaveText(net(() => true));
  await page.goForward();
  await expect(sales).toHaveText(cell);
  await app.goTo('Import');
  await app.goTo('Dashboard');
  await expect(sales).toHaveText(cell);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the key figures are whole at 1024 px, ${colorScheme}`, async ({ openApp }) => {
    const page = await openApp({ width: 1024, height: 700, colorScheme });
    await start(page);
    const figures = page.getByRole('region', { name: 'Key figures' }).getByRole('article');
    await expect(figures).toHaveCount(8);
    const clipped = await figures.evaluateAll((articles) =>
      articles
        .flatMap((article) => [article, ...article.querySelectorAll<HTMLElement>('h2, .ui-kpi-value')])
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => element.textContent),
    );
    expect(clipped).toEqual([]);
    const across = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(across).toBeLessThanOrEqual(0);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light =
      (background.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) > 384;
    expect(light).toBe(colorScheme === 'light');
  });
}
