import { join } from 'node:path';
import { writeLargeCsv } from '../../scripts/sample/large-files.mts';
import { branchMonths } from '../../scripts/sample/plan.mts';
import { allSales } from '../../scripts/sample/sales.mts';
import { createWorld } from '../../scripts/sample/world.mts';
import { AppPage } from '../support/app-page.ts';
import { expect, test } from '../support/browser-test.ts';
import { dropFiles } from '../support/drop.ts';
import { exactAmount } from '../support/figures.ts';

const ROWS = 118_000;
const SEED = 77;

/** The sums of the file, from the generator. */
function expected(): { revenueCents: bigint; netCents: bigint } {
  const world = createWorld(SEED, 400);
  let [revenueCents, netCents] = [0n, 0n];
  for (const row of allSales(world, SEED, branchMonths(world), ROWS)) {
    revenueCents += BigInt(row.revenueCents);
    netCents += BigInt(row.revenueCents) + BigInt(row.returnsCents);
  }
  return { revenueCents, netCents };
}

test('an import goes on over a reload and over a kill, and counts once', async ({
  openApp,
  hosts,
  scratch,
}) => {
  const path = join(scratch, 'Twenty megabytes.csv');
  await writeLargeCsv(path, ROWS, SEED);
  const page = await openApp();
  const app = new AppPage(page);
  await dropFiles(page, [path]);
  const row = app.job('Twenty megabytes.csv');
  const name = row.getByRole('button', { name: 'Twenty megabytes.csv', exact: true });
  await expect(row).toContainText('Checking', { timeout: 60_000 });
  const jobId = await name.getAttribute('data-job');

  await page.reload();
  await expect(name).toHaveAttribute('data-job', jobId ?? '');
  await expect(row).toContainText(/Checking|Accepting|Storing|Publishing/);
  await expect(row).toHaveCount(1);

  await hosts.current.kill();
  await expect(page.getByText('The engine is not answering')).toBeVisible();
  await hosts.restart();
  const again = await openApp();
  const next = new AppPage(again);
  await next.goTo('Import');
  await next.expectDone('Twenty megabytes.csv');
  await expect(next.job('Twenty megabytes.csv')).toHaveCount(1);
  await next.openHistory();
  const counted = next.historyRow('Twenty megabytes.csv');
  await expect(counted).toHaveCount(1);
  await expect(counted).toContainText(exactAmount(expected().revenueCents));
  await next.goTo('Dashboard');
  await next.showPeriod('All data');
  await next.expectExactly('Net sales', `KES ${exactAmount(expected().netCents)}`);
});
