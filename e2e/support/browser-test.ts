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
  openApp: async ({ hosts }, use) => {
    const executablePath = process.env['MAUZO_TEST_CHROMIUM'];
    const browser = await chromium.launch({ args: QUIET, ...(executablePath ? { executablePath } : {}) });
    const problems: string[] = [];
    await use(async ({ width = 1440, height = 900, colorScheme = 'light' } = {}) => {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        locale: 'en-KE',
        timezoneId: 'Africa/Nairobi',
      });
      const page = await context.newPage();
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
    await browser.close();
    if (problems.length > 0) throw new Error(`The page reported: ${problems.join('\n')}`);
  },
});

export { expect } from '@playwright/test';
