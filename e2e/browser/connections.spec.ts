import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Page } from '@playwright/test';
import { expectAccessible, tabTo } from '../support/accessible.ts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { ConnectionsPage, type Service } from '../support/connections-page.ts';

/** A port of this computer at which nobody listens. */
function closedPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

const SECTIONS: readonly Service[] = ['S3', 'Druid', 'PostgreSQL', 'Keychain', 'Figures'];
const newSecret = () => randomBytes(18).toString('base64url');
const storeAt = (port: number, secretAccessKey = newSecret()) => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  bucket: 'mauzo-test',
  accessKeyId: 'mauzo-test',
  secretAccessKey,
});

test('without connections the page says that none is needed, and nothing leaves the computer', async ({
  openApp,
}) => {
  const page = await openApp();
  const connections = new ConnectionsPage(page);
  await connections.open('S3');
  await expect(page.getByText('Until then Mauzo works without any')).toBeVisible();
  for (const service of ['S3', 'Druid', 'PostgreSQL'] as const)
    await expect(connections.card(service)).toContainText('Off');
  await expect(page.getByRole('contentinfo')).toContainText('Nothing leaves this computer');
  await expect(connections.indicator('S3')).toBeHidden();
  await connections.open('Druid');
  await expect(page.getByText('Druid reads its data from S3, which is off')).toBeVisible();
  await expect(connections.button('Test')).toBeDisabled();
  await page.getByRole('link', { name: 'Set up S3' }).click();
  await expect(page.getByRole('heading', { name: 'Object store (S3)' })).toBeVisible();
});

test('what is wrong with a form is told at its fields, before anything is sent', async ({ openApp }) => {
  const page = await openApp();
  const connections = new ConnectionsPage(page);
  await connections.open('S3');
  await connections.choose('Another server');
  await connections.button('Test').click();
  await expect(connections.field('Endpoint')).toBeFocused();
  for (const label of ['Endpoint', 'Bucket', 'Access key ID', 'Secret access key'])
    await connections.expectNote(label, 'Needed');
  await connections.field('Endpoint').fill('s3.example.co.ke');
  await connections.expectNote('Endpoint', 'Begin the address with');
  await connections.field('Endpoint').fill('http://s3.example.co.ke:9000');
  await connections.expectNote('Endpoint', 'Not encrypted');
  await connections.field('Bucket').fill('s3://sales');
  await connections.expectNote('Bucket', 'without s3://');
  await connections.open('PostgreSQL');
  await connections.field('Port').fill('65536');
  await connections.field('Database').click();
  await connections.expectNote('Port', 'from 1 to 65,535');
});

test('a closed port is named with its cause and remedy, before and after saving; off is off again', async ({
  openApp,
}) => {
  test.setTimeout(600_000);
  const page = await openApp();
  const connections = new ConnectionsPage(page);
  const port = await closedPort();
  const secret = newSecret();
  await connections.open('S3');
  await connections.fillS3(storeAt(port, secret));
  await expect(page.getByText('Not saved yet')).toBeVisible();
  const error = await connections.expectTestFails('');
  await expect(error).toContainText('Cause');
  await expect(error).toContainText('Remedy');
  await expect(error).toContainText(String(port));
  await error.getByText('Details', { exact: true }).click();
  await expect(error.getByText(`http://127.0.0.1:${port}`, { exact: true })).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('Nothing leaves this computer');

  await connections.save();
  await connections.expectNote('Secret access key', /^Kept (in the keychain|until Mauzo closes)/);
  await expect(page.getByRole('contentinfo')).toContainText('Data goes to: S3');
  await expect(connections.card('S3')).toContainText('Failed', { timeout: 60_000 });
  await expect(connections.indicator('S3')).toBeVisible();
  await expectAccessible(page, 'S3 not connected');
  expect(await page.content()).not.toContain(secret);

  // Another server does not get what was typed for this one.
  await connections.field('Endpoint').fill(`http://127.0.0.1:${await closedPort()}`);
  await connections.expectNote('Secret access key', 'goes to no other');
  await connections.button('Save').click();
  await expect(connections.field('Secret access key')).toBeFocused();
  await connections.button('Discard').click();
  await expect(connections.field('Endpoint')).toHaveValue(`http://127.0.0.1:${port}`);

  await connections.turnOff('S3');
  await expect(page.getByRole('contentinfo')).toContainText('Nothing leaves this computer');
});

test('a database that nobody serves is named with its cause and remedy', async ({ openApp }) => {
  test.setTimeout(600_000);
  const page = await openApp();
  const connections = new ConnectionsPage(page);
  const port = await closedPort();
  await connections.open('PostgreSQL');
  await connections.fillPostgres({
    host: '127.0.0.1',
    port,
    database: 'mauzo',
    user: 'mauzo',
    password: newSecret(),
    onTheWay: 'Open',
  });
  const error = await connections.expectTestFails('');
  await expect(error).toContainText(String(port));
  await expect(error).toContainText('Remedy');
});

test('changes that are not saved are there when one comes back to the page', async ({ openApp }) => {
  const page = await openApp();
  const app = new AppPage(page);
  const connections = new ConnectionsPage(page);
  await connections.open('S3');
  await connections.field('Bucket').fill('mauzo-later');
  await connections.open('PostgreSQL');
  await app.goTo('Dashboard');
  await connections.open('S3');
  await expect(connections.field('Bucket')).toHaveValue('mauzo-later');
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await connections.button('Discard').click();
  await expect(connections.field('Bucket')).toHaveValue('');
  await expect(page.getByText('Not saved yet')).toBeHidden();
});

test('a form is found, filled and tested with the keyboard alone', async ({ openApp }) => {
  const page = await openApp();
  const connections = new ConnectionsPage(page);
  await tabTo(page, page.getByRole('link', { name: 'Connections' }));
  await page.keyboard.press('Enter');
  await tabTo(page, connections.card('PostgreSQL').getByRole('link'));
  await page.keyboard.press('Enter');
  await tabTo(page, connections.field('Server'));
  await page.keyboard.type('pg.example.co.ke');
  await tabTo(page, connections.button('Test'));
  await page.keyboard.press('Enter');
  await expect(connections.field('Database')).toBeFocused();
  await connections.expectNote('Database', 'Needed');
  await tabTo(page, connections.button('Discard'));
  await page.keyboard.press('Enter');
  await expect(connections.field('Server')).toHaveValue('');
});

async function expectNothingCut(page: Page): Promise<void> {
  const across = await page.evaluate(() => {
    const main = document.querySelector('main');
    return main ? main.scrollWidth - main.clientWidth : 1;
  });
  expect(across).toBeLessThanOrEqual(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no section has a grave accessibility fault, ${colorScheme}`, async ({ openApp }) => {
    const page = await openApp({ width: 1024, height: 700, colorScheme });
    const connections = new ConnectionsPage(page);
    for (const service of SECTIONS) {
      await connections.open(service);
      await expectAccessible(page, service);
      await expectNothingCut(page);
    }
    await connections.open('S3');
    await connections.button('Test').click();
    await expect(connections.field('Bucket')).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible(page, 'S3 with problems');
  });
}
