import { expect } from '@playwright/test';
import type { AppPage } from './app-page.ts';
import { dropFiles } from './drop.ts';
import { cardAmount, exactAmount, percent } from './figures.ts';
import { expectedFigures, expectedRejectedLines, SAMPLE_FILES, samplePath } from './sample.ts';

type Files = Parameters<typeof expectedFigures>[0];

/** The sample ends in October 2026; the dashboard opens on that year. */
async function expectKeyFigures(app: AppPage, files: Files): Promise<void> {
  const expected = expectedFigures(files, '2026-01', '2026-12');
  await expect(app.keyFigure('Net sales')).toHaveText(cardAmount(expected.netSalesCents));
  await expect(app.keyFigure('Returns value')).toHaveText(cardAmount(expected.returnsCents));
  const profit = expected.revenueCents - expected.costCents;
  await expect(app.keyFigure('Gross profit')).toHaveText(cardAmount(profit));
  await expect(app.keyFigure('Gross margin')).toHaveText(percent(profit, expected.revenueCents, 1));
}

/**
 * The main job, the same in the browser and in the desktop window: drop, check, accept, read figures, undo, see the
 * earlier figures again. Starts on an empty data folder.
 */
export async function mainJob(app: AppPage): Promise<void> {
  await expect(app.page.getByText('Drop a sales spreadsheet to begin')).toBeVisible();
  await dropFiles(app.page, [
    samplePath('clean'),
    samplePath('semicolon'),
    samplePath('workbook'),
    samplePath('errors'),
  ]);
  for (const file of ['clean', 'semicolon', 'workbook'] as const) await app.expectDone(SAMPLE_FILES[file]);

  // The damaged file waits: nothing of it counts until a person accepts its good rows.
  const damaged = app.job(SAMPLE_FILES.errors);
  await expect(damaged).toContainText('13 rows rejected');
  await app.goTo('Dashboard');
  await expectKeyFigures(app, ['clean', 'semicolon', 'workbook']);

  await app.goTo('Import');
  await damaged.getByRole('button', { name: 'Review' }).click();
  const rejected = app.reviewPanel().getByRole('grid').getByRole('rowheader');
  await expect
    .poll(async () => (await rejected.allTextContents()).map(Number))
    .toEqual(expectedRejectedLines());
  await app
    .reviewPanel()
    .getByRole('button', { name: /^Accept 48 rows/ })
    .click();
  await app.expectDone(SAMPLE_FILES.errors);

  await app.goTo('Dashboard');
  await expectKeyFigures(app, ['clean', 'semicolon', 'workbook', 'errors']);

  await app.openHistory();
  const row = app.historyRow(SAMPLE_FILES.semicolon);
  await expect(row).toContainText(exactAmount(expectedFigures(['semicolon']).revenueCents));
  await row.getByRole('button', { name: /Undo/ }).click();
  const dialog = app.page.getByRole('dialog');
  await expect(dialog).toContainText(
    exactAmount(expectedFigures(['clean', 'workbook', 'errors']).revenueCents),
  );
  await dialog.getByRole('button', { name: 'Undo import' }).click();
  await expect(row).toContainText('Undone');

  await app.goTo('Dashboard');
  await expectKeyFigures(app, ['clean', 'workbook', 'errors']);

  await app.openHistory();
  await row.getByRole('button', { name: /Count again/ }).click();
  await dialog.getByRole('button', { name: /^Count again/ }).click();
  await expect(row.filter({ hasText: 'Counts' })).toBeVisible();
  await app.goTo('Dashboard');
  await expectKeyFigures(app, ['clean', 'semicolon', 'workbook', 'errors']);
}
