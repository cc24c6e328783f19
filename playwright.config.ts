import { defineConfig } from '@playwright/test';

const chromium = process.env['MAUZO_TEST_CHROMIUM'];
const electron = process.env['MAUZO_TEST_ELECTRON'];
const withoutStack = process.env['MAUZO_TEST_STACK'] ? [] : ['browser/cluster.spec.ts'];

/** Real browsers and real windows over a real engine. What the machine lacks is left out here and named by `npm test`. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  retries: 0,
  reporter: [['list']],
  projects: [
    ...(chromium ? [{ name: 'browser', testMatch: 'browser/**/*.spec.ts', testIgnore: withoutStack }] : []),
    ...(electron ? [{ name: 'desktop', testMatch: 'desktop/**/*.spec.ts' }] : []),
  ],
});
