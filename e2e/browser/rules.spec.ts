import { readFileSync } from 'node:fs';
import { expectAccessible } from '../support/accessible.ts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { writeScratch } from '../support/scratch.ts';

const HEADER = 'Date,Branch,Gross revenue,Total cost';
const fileOf = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a rule is made, saved, shared as a file, and judges the next file, ${colorScheme}`, async ({
    openApp,
    scratch,
  }) => {
    const page = await openApp({ colorScheme, width: 1280 });
    const app = new AppPage(page);
    await app.goTo('Rules');
    await expect(page.getByText('2 rules on, as Mauzo comes')).toBeVisible();
    await expectAccessible(page, 'rules');

    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByRole('menuitem', { name: 'Between two amounts' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Nothing above 1000');
    await page.getByRole('textbox', { name: 'Largest' }).fill('-1');
    await expect(page.getByText('The largest amount is below the smallest')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save rules' })).toBeDisabled();
    await page.getByRole('textbox', { name: 'Largest' }).fill('1000');
    await page.getByRole('radio', { name: 'is rejected' }).check({ force: true });
    await expect(page.getByText('Gross revenue must lie between 0 and 1000.').first()).toBeVisible();
    await expectAccessible(page, 'rule in the making');

    // Looking at another page loses nothing.
    await app.goTo('Import');
    await app.goTo('Rules');
    await page.getByRole('button', { name: 'Save rules' }).click();
    await expect(page.getByText('3 rules on, version 1')).toBeVisible();

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const path = await (await downloading).path();
    const shared = JSON.parse(readFileSync(path, 'utf8')) as { rules: { name: string }[] };
    expect(shared.rules.map(({ name }) => name)).toContain('Nothing above 1000');

    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await expect(page.getByText('2 rules on, version 2')).toBeVisible();
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import a file' }).click();
    await (await choosing).setFiles(path);
    await page.getByRole('button', { name: 'Save rules' }).click();
    await expect(page.getByText('3 rules on, version 3')).toBeVisible();

    await app.goTo('Import');
    const file = writeScratch(
      scratch,
      'March.csv',
      fileOf('2026-03-01,Kisumu,1000,60', '2026-03-02,Kisumu,1000.01,60', '2026-03-03,Kisumu,5,1'),
    );
    await dropFiles(page, [file]);
    await app.job('March.csv').getByRole('button', { name: 'Review' }).click();
    const panel = app.reviewPanel();
    await panel.getByRole('button', { name: /Nothing above 1000/ }).click();
    await expect(panel.getByText('A rule of your company: Gross revenue must lie')).toBeVisible();
    await expect(panel.getByRole('grid')).toContainText('1000.01');
    await panel.getByRole('button', { name: 'Accept 2 rows' }).click();
    await app.expectDone('March.csv');
  });
}

test('a file that holds no rules changes nothing, and the limit of rejected rows is kept', async ({
  openApp,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  await app.goTo('Rules');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import a file' }).click();
  await (await choosing).setFiles(writeScratch(scratch, 'none.json', '{"version":1,"rules":[{"id":"x"}]}'));
  await expect(
    page.getByRole('alert').or(page.getByText('A rule cannot be used as it is')).first(),
  ).toBeVisible();
  await expect(page.getByText('2 rules on, as Mauzo comes')).toBeVisible();

  const limit = page.getByRole('textbox', { name: 'Rejected rows that are acceptable' });
  await limit.fill('101');
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await limit.fill('50');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await app.goTo('Import');
  await dropFiles(page, [
    writeScratch(
      scratch,
      'Half.csv',
      fileOf(
        '2026-03-01,Kisumu,7,1',
        '2026-03-02,Kisumu,8,1',
        '2026-03-03,Kisumu,9,1',
        '2026-03-04,Kisumu,#REF!,1',
      ),
    ),
  ]);
  await app.expectDone('Half.csv');
});

test('a branch that looks like a known one is asked about, read as it, and remembered', async ({
  openApp,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  await app.goTo('Import');
  await dropFiles(page, [writeScratch(scratch, 'March.csv', fileOf('2026-03-01,Kisumu,100,60'))]);
  await app.expectDone('March.csv');
  await dropFiles(page, [
    writeScratch(scratch, 'April.csv', fileOf('2026-04-01,Kisumu Town,10,6', '2026-04-02,Kisumu,20,6')),
  ]);
  await expect(app.job('April.csv')).toContainText('“Kisumu Town” is new and looks like “Kisumu”');
  await app.job('April.csv').getByRole('button', { name: 'Review' }).click();
  await expect(
    app.reviewPanel().getByRole('heading', { name: 'New names that look like known ones' }),
  ).toBeVisible();
  await expectAccessible(page, 'look-alike names');
  await app.reviewPanel().getByRole('button', { name: 'Read as “Kisumu”' }).click();
  await app.expectDone('April.csv');
  await dropFiles(page, [writeScratch(scratch, 'May.csv', fileOf('2026-05-01,Kisumu Town,1,1'))]);
  await app.expectDone('May.csv');
  // One branch, not two.
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('1 branch');
});
