import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppPage } from '../support/app-page.ts';
import { dropFiles } from '../support/drop.ts';
import { cardAmount } from '../support/figures.ts';
import { expect, startPackaged, test } from '../support/desktop-test.ts';
import { root } from '../support/host.ts';
import { expectedFigures, SAMPLE_FILES, samplePath } from '../support/sample.ts';

const unpacked = join(root, 'dist', 'linux-unpacked');

test('the packaged app holds everything that it needs: a dropped file becomes figures', async ({ home }) => {
  test.setTimeout(300_000);
  await promisify(execFile)(process.env['MAUZO_NODE'] ?? process.execPath, ['scripts/package.mts', '--dir'], {
    cwd: root,
    timeout: 240_000,
  });
  expect(existsSync(join(unpacked, 'resources', 'app.asar'))).toBe(true);
  expect(existsSync(join(unpacked, 'resources', 'sample', SAMPLE_FILES.clean))).toBe(true);
  const { window, close } = await startPackaged(join(unpacked, 'mauzo'), home);
  try {
    const app = new AppPage(window);
    await dropFiles(window, [samplePath('clean'), samplePath('workbook')]);
    await app.expectDone(SAMPLE_FILES.clean);
    await app.expectDone(SAMPLE_FILES.workbook);
    await app.goTo('Dashboard');
    const expected = expectedFigures(['clean', 'workbook'], '2026-01', '2026-12');
    await expect(app.keyFigure('Net sales')).toHaveText(cardAmount(expected.netSalesCents));
  } finally {
    await close();
  }
});
