import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cardAmount } from '../support/figures.ts';
import { expect, test } from '../support/desktop-test.ts';
import { root } from '../support/host.ts';
import { startPackaged } from '../support/packaged-app.ts';
import { expectedFigures, SAMPLE_FILES, samplePath } from '../support/sample.ts';

const unpacked = join(root, 'dist', 'linux-unpacked');
const node = process.env['MAUZO_NODE'] ?? process.execPath;

test('the packaged app holds everything that it needs: a dropped file becomes figures', async ({ home }) => {
  test.setTimeout(300_000);
  await promisify(execFile)(node, ['scripts/package.mts', '--dir'], { cwd: root, timeout: 240_000 });
  expect(existsSync(join(unpacked, 'resources', 'app.asar'))).toBe(true);
  expect(existsSync(join(unpacked, 'resources', 'sample', SAMPLE_FILES.clean))).toBe(true);
  const app = await startPackaged(join(unpacked, 'mauzo'), home, node);
  try {
    await expect.poll(() => app.text()).toContain('Drop a sales spreadsheet to begin');
    await app.drop([samplePath('clean'), samplePath('workbook')]);
    await expect
      .poll(async () => (await app.text()).match(/ledger balanced/g)?.length ?? 0, { timeout: 60_000 })
      .toBe(2);
    await app.evaluate("location.hash = '#/dashboard'");
    const { netSalesCents } = expectedFigures(['clean', 'workbook'], '2026-01', '2026-12');
    await expect
      .poll(() => app.evaluate(`document.querySelector('[aria-label="Key figures"] article p')?.innerText`))
      .toBe(cardAmount(netSalesCents));
  } finally {
    await app.close();
  }
});
