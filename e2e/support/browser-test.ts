import { chromium, test as base, type Page } from '@playwright/test';
import { startHost, temporaryFolder, type Host } from './host.ts';

/** Debian's Chromium calls home at every start unless it is told not to. */
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

interface Fixtures {
  /** An empty data folder of this test. */
  readonly home: string;
  /** An empty folder for the files that the test drops. */
  readonly scratch: string;
  /** The running host; `restart` starts another one over the same folder. */
  readonly hosts: { current: Host; restart(): Promise<void> };
  /** Opens the app through the host's one-time address. Page errors and refused content fail the test. */
  readonly openApp: (options?: {
    width?: number;
    height?: number;
    colorScheme?: 'light' | 'dark';
  }) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  home: async ({}, use) => {
    const folder = temporaryFolder();
    await use(folder.path);
    folder.remove();
  },
  scratch: async ({}, use) => {
    const folder = temporaryFolder();
    await use(folder.path);
    folder.remove();
  },
  hosts: async ({ home }, use) => {
    const hosts = {
      current: await startHost(home),
      async restart() {
        this.current = await startHost(home);
      },
    };
    await use(hosts);
    await hosts.current.stop();
  },
  openApp: async ({ hosts }, use, testInfo) => {
    const executablePath = process.env['MAUZO_TEST_CHROMIUM'];
    const browser = await chromium.launch({ args: QUIET, ...(executablePath ? { executablePath } : {}) });
    const problems: string[] = [];
    const pages: Page[] = [];
    await use(async ({ width = 1440, height = 900, colorScheme = 'light' } = {}) => {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        locale: 'en-KE',
        timezoneId: 'Africa/Nairobi',
      });
      const page = await context.newPage();
      pages.push(page);
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
      });
      await page.goto(hosts.current.url);
      // A drop before the app is drawn belongs to the browser.
      await page.getByRole('main').waitFor();
      await page.getByText('Local engine ready').waitFor();
      return page;
    });
    if (testInfo.status !== testInfo.expectedStatus)
      for (const page of pages) console.error(await describePage(page));
    await browser.close();
    if (problems.length > 0) throw new Error(`The page reported: ${problems.join('\n')}`);
  },
});

/** What a person would have seen: a failure on another machine leaves nothing else behind. */
async function describePage(page: Page): Promise<string> {
  const seen = await page
    .locator('body')
    .ariaSnapshot({ timeout: 5_000 })
    .catch((error: unknown) => `not readable: ${String(error)}`);
  return `At the failure ${page.url().replace(/token=[^&#]*/, 'token=…')} showed:\n${seen}`;
}

export { expect } from '@playwright/test';
