import { expect, type Locator, type Page } from '@playwright/test';

/** The screens of Mauzo as a person reads them; the same in the browser and in the desktop window. */
export class AppPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async goTo(name: 'Dashboard' | 'Import' | 'Rules' | 'Connections'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible();
  }

  /** The row of a file in the queue. */
  job(fileName: string): Locator {
    return this.page
      .getByRole('region', { name: 'Queue' })
      .getByRole('listitem')
      .filter({ hasText: fileName });
  }

  async expectDone(fileName: string, { timeout = 60_000 } = {}): Promise<void> {
    await expect(this.job(fileName)).toContainText('ledger balanced', { timeout });
  }

  /** What a key figure shows, unit and number, as in "KES 46.2 M". */
  keyFigure(name: string): Locator {
    return this.page
      .getByRole('region', { name: 'Key figures' })
      .getByRole('article', { name })
      .getByRole('paragraph')
      .first();
  }

  /** Checks a figure to the cent as its popover tells it, as in "KES 46,213,980.55". */
  async expectExactly(name: string, amount: string): Promise<void> {
    const figure = this.page.getByRole('region', { name: 'Key figures' }).getByRole('article', { name });
    await figure.getByRole('button', { name: `About ${name}` }).click();
    const about = this.page.getByRole('dialog', { name: `About ${name}` });
    const exactly = about.getByRole('term').filter({ hasText: 'Exactly' });
    await expect(exactly.locator('xpath=following-sibling::dd[1]')).toHaveText(amount);
    await this.page.keyboard.press('Escape');
    await expect(about).toBeHidden();
  }

  async showPeriod(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Period / }).click();
    await this.page.getByRole('list', { name: 'Periods' }).getByRole('button', { name }).click();
  }

  /** Holds the page to one value of a dimension through its filter. */
  async showOnly(dimension: string, value: string): Promise<void> {
    await this.page
      .getByRole('region', { name: 'Filters' })
      .getByRole('button', { name: new RegExp(`^${dimension}`) })
      .click();
    await this.page.getByRole('button', { name: `Only ${value}`, exact: true }).click();
    await this.page.keyboard.press('Escape');
  }

  async openHistory(): Promise<void> {
    await this.goTo('Import');
    // The page keeps its side when one comes back to it.
    const toggle = this.page.getByRole('button', { name: /^(History|Back to the queue)$/ });
    if ((await toggle.innerText()) === 'History') await toggle.click();
  }

  async openQueue(): Promise<void> {
    await this.goTo('Import');
    const toggle = this.page.getByRole('button', { name: /^(History|Back to the queue)$/ });
    if ((await toggle.innerText()) !== 'History') await toggle.click();
  }

  historyRow(fileName: string): Locator {
    return this.page
      .getByRole('table', { name: /Accepted imports/ })
      .getByRole('row')
      .filter({ hasText: fileName });
  }

  reviewPanel(): Locator {
    return this.page.getByRole('complementary');
  }

  /** Chooses an option of a field of the mapping panel by its words. */
  async choose(field: string | RegExp, option: string | RegExp): Promise<void> {
    await this.reviewPanel().getByRole('combobox', { name: field }).click();
    await this.page.getByRole('option', { name: option }).first().click();
  }
}
