import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppPage } from '../support/app-page.ts';
import { exactAmount } from '../support/figures.ts';
import { desktopCommand, expect, test } from '../support/desktop-test.ts';
import { expectedFigures, SAMPLE_FILES, samplePath } from '../support/sample.ts';

test('a file that the system opens with Mauzo is imported, and counts once', async ({ startDesktop }) => {
  const { window } = await startDesktop([samplePath('semicolon'), samplePath('semicolon')]);
  const app = new AppPage(window);
  await app.goTo('Import');
  await expect(app.job(SAMPLE_FILES.semicolon).filter({ hasText: 'ledger balanced' })).toBeVisible();
  await app.openHistory();
  await expect(app.historyRow(SAMPLE_FILES.semicolon)).toHaveCount(1);
  await expect(app.historyRow(SAMPLE_FILES.semicolon)).toContainText(
    exactAmount(expectedFigures(['semicolon']).revenueCents),
  );
});

test('files chosen in the system dialog are imported', async ({ startDesktop }) => {
  const { app, window } = await startDesktop();
  // The dialog itself belongs to the system and cannot be driven: what it answers is given here.
  await app.evaluate(
    ({ dialog }, filePaths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths });
    },
    [samplePath('workbook')],
  );
  await window.getByRole('button', { name: 'Browse files' }).click();
  const page = new AppPage(window);
  await page.goTo('Import');
  await page.expectDone(SAMPLE_FILES.workbook);
});

test('when the engine dies the window says so, and its successor goes on', async ({ startDesktop, home }) => {
  const { app, window } = await startDesktop([samplePath('workbook')]);
  const page = new AppPage(window);
  await page.goTo('Import');
  await page.expectDone(SAMPLE_FILES.workbook);
  const enginePid = () => {
    // This file names the engine that holds the data folder.
    const text = readFileSync(join(home, 'engine.json'), 'utf8');
    return (JSON.parse(text) as { pid: number }).pid;
  };
  const first = enginePid();
  process.kill(first, 'SIGKILL');
  await expect.poll(enginePid).not.toBe(first);
  await page.openHistory();
  await expect(page.historyRow(SAMPLE_FILES.workbook)).toContainText('Counts');
  expect(app.windows()).toHaveLength(1);
});

test('a second start brings the first window to the front', async ({ startDesktop, home }) => {
  const first = await startDesktop();
  // It hands its files over and ends by itself.
  const [binary, args, env] = desktopCommand(home, [samplePath('workbook')]);
  await promisify(execFile)(binary, args, { env });
  const page = new AppPage(first.window);
  await page.goTo('Import');
  await page.expectDone(SAMPLE_FILES.workbook);
  expect(first.app.windows()).toHaveLength(1);
});

test('the window opens where it was closed', async ({ startDesktop }) => {
  const bounds = { x: 60, y: 40, width: 1180, height: 760 };
  const first = await startDesktop();
  await first.app.evaluate(
    ({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted),
    bounds,
  );
  await first.app.close();
  const second = await startDesktop();
  const found = await second.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(found).toMatchObject({ width: bounds.width, height: bounds.height });
});
