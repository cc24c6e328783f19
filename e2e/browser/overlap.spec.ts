import { AppPage } from '../support/app-page.ts';
import {
  CORRECTED,
  expectFiguresOf,
  KEPT,
  KISUMU,
  NAKURU,
  replaceByCorrected,
  undoCorrected,
} from '../support/branches.ts';
import { test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { SAMPLE_FILES, samplePath } from '../support/sample.ts';

test('a corrected file takes the place of its branch-days, and undo brings the old totals back to the cent', async ({
  openApp,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  await dropFiles(page, [samplePath('semicolon'), samplePath('workbook')]);
  await app.expectDone(SAMPLE_FILES.semicolon);
  await app.expectDone(SAMPLE_FILES.workbook);
  await app.goTo('Dashboard');
  await expectFiguresOf(app, [...KISUMU, ...NAKURU]);
  await app.goTo('Import');
  await replaceByCorrected(app, scratch);

  await app.goTo('Dashboard');
  await expectFiguresOf(app, [...KEPT, ...CORRECTED, ...NAKURU]);
  await app.showOnly('Branch', 'Nakuru');
  await expectFiguresOf(app, NAKURU);
  await app.showOnly('Branch', 'Kisumu');
  await expectFiguresOf(app, [...KEPT, ...CORRECTED]);
  await page.getByRole('button', { name: 'Clear filters' }).click();

  await undoCorrected(app);
  await app.goTo('Dashboard');
  await expectFiguresOf(app, [...KISUMU, ...NAKURU]);
});
