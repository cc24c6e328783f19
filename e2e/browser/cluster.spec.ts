import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { readStackInfo } from '../../scripts/stack/stack-info.mts';
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
import { expect, test } from '../support/browser-test.ts';
import { ConnectionsPage, type Service } from '../support/connections-page.ts';
import { dropFiles } from '../support/drop.ts';
import { SAMPLE_FILES, samplePath } from '../support/sample.ts';

/** A publication is a task of Druid, which shares its computer with other tests. */
const PUBLISHED = { timeout: 300_000 };
const SERVICES = ['S3', 'Druid', 'PostgreSQL'] as const satisfies readonly Service[];

const stack = readStackInfo(process.env['MAUZO_TEST_STACK'] ?? '');

/** A folder, a datasource and a schema that no other test uses. */
function newPlace() {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const { s3, druid, postgres } = stack;
  return {
    s3: { folder: name, ...s3 },
    druid: { coordinator: druid.coordinatorUrl, broker: druid.brokerUrl, datasource: name },
    postgres: { ...postgres, schema: name, onTheWay: 'Open' as const },
  };
}

/** Engines that answered the page's questions from its next load on. */
function watchEngines(page: Page): Set<string> {
  const seen = new Set<string>();
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      for (const [, engine] of payload.toString().matchAll(/"engine":"(\w+)"/g)) seen.add(engine ?? '');
    }),
  );
  return seen;
}

/** Nothing of a secret is left in the page: no markup, no field, no storage of the browser. */
async function expectNoSecret(page: Page): Promise<void> {
  const held = await page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('input')].map(({ value }) => value),
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      document.cookie,
      location.href,
    ].join('\n'),
  );
  for (const secret of [stack.s3.secretAccessKey, stack.postgres.password])
    expect(held.includes(secret)).toBe(false);
}

test('settings, test, files, figures of Druid, a correction and its undo: the same to the cent as on this computer', async ({
  openApp,
  scratch,
}) => {
  test.setTimeout(1_500_000);
  const page = await openApp();
  const app = new AppPage(page);
  const connections = new ConnectionsPage(page);
  const place = newPlace();

  await test.step('a wrong secret is named with cause and remedy', async () => {
    await connections.open('S3');
    await connections.fillS3({ ...place.s3, secretAccessKey: randomBytes(20).toString('hex') });
    const error = await connections.expectTestFails('');
    await expect(error).toContainText('Cause');
    await expect(error).toContainText('Remedy');
    await expect(error).toContainText('Enter “Secret access key” again');
  });

  await test.step('every step of each test is passed', async () => {
    await connections.fillS3(place.s3);
    await connections.expectTestPasses();
    await connections.save();
    await connections.open('Druid');
    await connections.fillDruid(place.druid);
    await connections.expectTestPasses();
    await connections.save();
    await connections.open('PostgreSQL');
    await connections.fillPostgres(place.postgres);
    await connections.expectTestPasses();
    await connections.save();
    await connections.expectNote('Password', 'Kept until Mauzo closes');
    for (const service of SERVICES) await connections.expectConnected(service);
    for (const service of SERVICES) await expect(connections.indicator(service)).toContainText('ms');
    await expect(page.getByRole('contentinfo')).toContainText('Data goes to: S3, Druid, PostgreSQL');
    await connections.open('Keychain');
    await expect(page.getByRole('list', { name: 'Secrets' }).getByRole('listitem')).toContainText([
      'Until Mauzo closes',
      'Until Mauzo closes',
    ]);
    await expectNoSecret(page);
    await connections.takeFiguresFrom('Druid');
  });

  const engines = watchEngines(page);
  await page.reload();
  await app.goTo('Import');
  await dropFiles(page, [samplePath('semicolon'), samplePath('workbook')]);
  await app.expectDone(SAMPLE_FILES.semicolon, PUBLISHED);
  await app.expectDone(SAMPLE_FILES.workbook, PUBLISHED);
  await app.goTo('Dashboard');
  await expectFiguresOf(app, [...KISUMU, ...NAKURU], PUBLISHED);

  await app.goTo('Import');
  await replaceByCorrected(app, scratch, PUBLISHED);
  await app.goTo('Dashboard');
  await expectFiguresOf(app, [...KEPT, ...CORRECTED, ...NAKURU], PUBLISHED);
  await app.showOnly('Branch', 'Nakuru');
  await expectFiguresOf(app, NAKURU, PUBLISHED);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expectFiguresOf(app, [...KEPT, ...CORRECTED, ...NAKURU], PUBLISHED);
  const keyFigures = page.getByRole('region', { name: 'Key figures' });
  const fromDruid = await keyFigures.innerText();
  expect([...engines]).toEqual(['druid']);

  await test.step('this computer answers the same', async () => {
    await connections.takeFiguresFrom('This computer');
    engines.clear();
    await app.goTo('Dashboard');
    await expectFiguresOf(app, [...KEPT, ...CORRECTED, ...NAKURU], PUBLISHED);
    await expect.poll(() => [...engines]).toEqual(['local']);
    expect(await keyFigures.innerText()).toBe(fromDruid);
    await connections.takeFiguresFrom('Druid');
  });

  await undoCorrected(app, PUBLISHED);
  engines.clear();
  await app.goTo('Dashboard');
  await expectFiguresOf(app, [...KISUMU, ...NAKURU], PUBLISHED);
  await app.showOnly('Branch', 'Nakuru');
  await expectFiguresOf(app, NAKURU, PUBLISHED);
  expect([...engines]).toEqual(['druid']);
  await expectNoSecret(page);
});
