import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** Sees that axe finds no grave fault. `part` when the rest of the screen has been looked at already. */
export async function expectAccessible(page: Page, screen: string, part = 'html'): Promise<void> {
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

/** Goes to a control with the Tab key alone, and sees on the way that each stop shows where the focus is. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
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
