import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { writeScratch } from '../support/scratch.ts';
import { SAMPLE_FILES, samplePath } from '../support/sample.ts';

/** `part` when the rest of the screen has been looked at already. */
async function expectAccessible(page: Page, screen: string, part = 'html'): Promise<void> {
  // Half faded in, a dialog has no contrast yet.
  await expect
    .poll(() =>
      page.evaluate(
        () => document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1).length,
      ),
    )
    .toBe(0);
  // Decoration that nobody has to read, as the picture of a dashboard behind the first drop.
  const { violations } = await new AxeBuilder({ page })
    .include(part)
    .exclude('[aria-hidden="true"]')
    .analyze();
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect.soft(grave).toEqual([]);
}

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

/** Goes to a control with the Tab key alone, and sees on the way that each stop shows where the focus is. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const shows = (node: Element, pseudo?: string) => {
        const style = getComputedStyle(node, pseudo);
        return (
          (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
        );
      };
      // A name shows it on its row, a grid on its cell, a field inside a frame on the frame.
      const cell = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
      const visible =
        shows(element) ||
        shows(element, '::after') ||
        (cell !== null && shows(cell)) ||
        (element.parentElement !== null && shows(element.parentElement));
      return { visible, name: element.outerHTML.slice(0, 160) };
    });
    if (stop && !stop.visible) expect.soft(stop.name, 'a stop of the Tab key without visible focus').toBe('');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the Tab key does not reach the control');
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
