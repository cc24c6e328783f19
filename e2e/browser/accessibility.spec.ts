import type { Locator } from '@playwright/test';
import { expectAccessible, tabTo } from '../support/accessible.ts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { writeScratch } from '../support/scratch.ts';
import { SAMPLE_FILES, samplePath } from '../support/sample.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no screen has a grave accessibility fault, ${colorScheme}`, async ({ openApp, scratch }) => {
    const page = await openApp({ colorScheme });
    const app = new AppPage(page);
    await expectAccessible(page, 'first run');
    const unmapped = writeScratch(
      scratch,
      'Unmapped.csv',
      'When,Where,Paid,Back\n03/04/2026,Kisumu,100,0\n04/05/2026,Nyeri,200,0\n',
    );
    const empty = writeScratch(scratch, 'Empty.csv', '');
    await dropFiles(page, [samplePath('clean'), samplePath('errors'), unmapped, empty]);
    await app.expectDone(SAMPLE_FILES.clean);
    await expect(app.job('Empty.csv')).toContainText('The file is empty');
    await app.job('Unmapped.csv').getByRole('button', { name: 'Map columns' }).click();
    await expect(app.reviewPanel().getByRole('combobox').first()).toBeVisible();
    await expectAccessible(page, 'queue and columns');
    await app.job(SAMPLE_FILES.errors).getByRole('button', { name: 'Review' }).click();
    await expect(app.reviewPanel().getByRole('grid').getByRole('rowheader').first()).toBeVisible();
    await expectAccessible(page, 'review');
    await app.openHistory();
    await expect(app.historyRow(SAMPLE_FILES.clean)).toBeVisible();
    await expectAccessible(page, 'history');
    await app.historyRow(SAMPLE_FILES.clean).getByRole('button', { name: /Undo/ }).click();
    await expect(page.getByRole('dialog').getByRole('table')).toBeVisible();
    await expectAccessible(page, 'undo', '[role="dialog"]');
    await page.keyboard.press('Escape');
    await app.goTo('Dashboard');
    await expect(page.getByRole('table', { name: /^Branch by product line/ })).toBeVisible();
    await expectAccessible(page, 'dashboard');
    await page.getByRole('button', { name: /^Period / }).click();
    await expect(page.getByRole('list', { name: 'Periods' })).toBeVisible();
    await expectAccessible(page, 'period', '[role="dialog"]');
  });
}

test('the main job is done with the keyboard alone', async ({ openApp }) => {
  const page = await openApp();
  const app = new AppPage(page);
  const press = async (target: Locator, key = 'Enter') => {
    await tabTo(page, target);
    await page.keyboard.press(key);
  };
  await press(page.getByRole('link', { name: 'Import' }));
  const choosing = page.waitForEvent('filechooser');
  await press(page.getByRole('button', { name: 'Browse files' }));
  await (await choosing).setFiles([samplePath('workbook'), samplePath('errors')]);
  await app.expectDone(SAMPLE_FILES.workbook);
  await press(app.job(SAMPLE_FILES.errors).getByRole('button', { name: 'Review' }));
  await expect(app.reviewPanel().getByRole('heading', { level: 2 })).toBeFocused();
  await press(app.reviewPanel().getByRole('grid'));
  for (const key of ['ArrowDown', 'ArrowRight', 'End']) await page.keyboard.press(key);
  await press(app.reviewPanel().getByRole('button', { name: /^Accept 48 rows/ }));
  await app.expectDone(SAMPLE_FILES.errors);
  await press(page.getByRole('button', { name: 'History' }));
  await press(app.historyRow(SAMPLE_FILES.workbook).getByRole('button', { name: /Undo/ }));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Undo import' }));
  await expect(app.historyRow(SAMPLE_FILES.workbook)).toContainText('Undone');
  await press(page.getByRole('link', { name: 'Dashboard' }));
  const heat = page.getByRole('table', { name: /^Branch by product line/ });
  await press(heat.getByRole('button').and(page.locator('[tabindex="0"]')));
  await expect(page.getByRole('button', { name: 'Clear filters' })).toBeVisible();
});

test('Escape closes a popover although the focus is not in it', async ({ openApp }) => {
  const page = await openApp();
  const app = new AppPage(page);
  await dropFiles(page, [samplePath('workbook')]);
  await app.expectDone(SAMPLE_FILES.workbook);
  await app.goTo('Dashboard');
  const about = page.getByRole('button', { name: 'About Net sales' });
  await about.click();
  const popover = page.getByRole('dialog', { name: 'About Net sales' });
  await expect(popover).toBeVisible();
  await about.focus();
  await about.press('Escape');
  await expect(popover).toBeHidden();
});
