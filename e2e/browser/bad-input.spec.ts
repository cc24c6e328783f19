import { readFileSync } from 'node:fs';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { samplePath } from '../support/sample.ts';
import { writeScratch } from '../support/scratch.ts';

/** A sale of KES 250.75 on each of the first days of March. */
function branchFile(branch: string, rows: number): string {
  const lines = ['Date,Branch,Sales'];
  for (let day = 1; day <= rows; day += 1) lines.push(`2026-03-${day + 10},${branch},250.75`);
  return `${lines.join('\n')}\n`;
}

interface BadFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What a person must read in the row of the file. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

const BAD: readonly BadFile[] = [
  {
    name: 'Empty.csv',
    content: '',
    title: 'The file is empty',
    cause: '“Empty.csv” holds 0 bytes',
    remedy: 'Export it again',
  },
  {
    name: 'Scan.csv',
    content: `%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n`,
    title: 'This is not a table',
    cause: 'Scan.csv is a PDF document, whatever its name ends with',
    remedy: 'Export the data as CSV or Excel',
  },
  {
    name: 'Header only.csv',
    content: 'Date,Branch,Sales\n',
    title: 'The file has no rows',
    cause: 'Header only.csv has a header and nothing below it',
    remedy: 'Export it again for days that have sales',
  },
  {
    name: 'Half.xlsx',
    content: readFileSync(samplePath('workbook')).subarray(0, 6_000),
    title: 'The workbook is damaged',
    cause: 'Half.xlsx cannot be read to its end',
    remedy: 'let Excel repair it',
  },
];

test('each bad file says what is wrong and what to do, and does not stop the good one', async ({
  openApp,
  scratch,
}) => {
  const page = await openApp();
  const app = new AppPage(page);
  const good = writeScratch(scratch, 'Good.csv', branchFile('Thika', 8));
  await dropFiles(page, [...BAD.map(({ name, content }) => writeScratch(scratch, name, content)), good]);
  await app.expectDone('Good.csv');
  for (const { name, title, cause, remedy } of BAD)
    for (const words of [title, cause, remedy]) await expect(app.job(name)).toContainText(words);
  await app.goTo('Dashboard');
  await expect(app.keyFigure('Total revenue')).toHaveText('KES 2,006');
  await app.goTo('Import');

  // The same bytes fail the same way again; the others are not touched.
  const scan = app.job('Scan.csv');
  await scan.getByRole('button', { name: 'Try again' }).click();
  await expect(scan).toContainText('This is not a table');
  await expect(scan.getByRole('button', { name: 'Try again' })).toBeVisible();
  for (const { name } of BAD) {
    await app
      .job(name)
      .getByRole('button', { name: `Take ${name} off the list` })
      .click();
    await expect(app.job(name)).toHaveCount(0);
  }
  await page.reload();
  await expect(app.job('Good.csv')).toBeVisible();
  for (const { name } of BAD) await expect(app.job(name)).toHaveCount(0);

  await dropFiles(page, [good]);
  const twice = app.job('Good.csv').filter({ hasText: 'Already imported' });
  await expect(twice).toContainText('Nothing added');
  await twice.getByRole('button', { name: 'Show import' }).click();
  await expect(app.historyRow('Good.csv')).toHaveCount(1);
  await expect(app.historyRow('Good.csv')).toContainText('2,006.00');
  await app.goTo('Dashboard');
  await expect(app.keyFigure('Total revenue')).toHaveText('KES 2,006');
});

test('one poisoned file among twenty leaves nineteen imported', async ({ openApp, scratch }) => {
  const page = await openApp();
  const app = new AppPage(page);
  const good = Array.from({ length: 19 }, (_, index) =>
    writeScratch(scratch, `Branch ${index + 1}.csv`, branchFile(`Branch ${index + 1}`, 4)),
  );
  const damaged = readFileSync(samplePath('workbook')).fill(0xa7, 2_000, 6_000);
  const poison = writeScratch(scratch, 'Poison.xlsx', damaged);
  await dropFiles(page, [...good.slice(0, 7), poison, ...good.slice(7)]);
  await expect(page.getByText('Done 19', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Needs you 1', { exact: true })).toBeVisible();
  await expect(app.job('Poison.xlsx')).toContainText('Inspected: failedThe workbook is');
  await app.goTo('Dashboard');
  // 19 files of 4 rows of KES 250.75.
  await expect(app.keyFigure('Total revenue')).toHaveText('KES 19,057');
});

test('a drop in the very moment in which the window appears is taken', async ({ openApp, hosts }) => {
  const page = await (await openApp()).context().newPage();
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('nav')) return;
      observer.disconnect();
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['Date,Branch,Sales\n2026-03-01,Thika,12.50\n'], 'Early.csv'));
      for (const type of ['dragover', 'drop'])
        dispatchEvent(new DragEvent(type, { cancelable: true, dataTransfer }));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  await page.goto(new URL(hosts.current.url).origin);
  await new AppPage(page).expectDone('Early.csv');
});

test('a drop is taken on an element that the pointer has only just come to', async ({ openApp, scratch }) => {
  const page = await openApp();
  const path = writeScratch(scratch, 'Quick.csv', 'Date,Branch,Sales\n2026-03-01,Thika,12.50\n');
  // The same happens when the page is drawn anew below a resting pointer.
  await dropFiles(page, [path], { x: 60, y: 200 });
  await new AppPage(page).expectDone('Quick.csv');
});
