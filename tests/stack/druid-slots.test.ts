import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openPublishing, type RealPublishing } from './druid-publishing.fixture.ts';

const never = new AbortController().signal;

let real: RealPublishing;
beforeAll(async () => {
  real = await openPublishing();
});
afterAll(() => real.close());

/** Tasks that do nothing, one more than there are slots: whatever comes after them waits. They cannot be ended early. */
async function fillSlots(): Promise<void> {
  const slots = await real.cluster.slots(never);
  for (let index = 0; index <= (slots?.capacity ?? 0); index += 1) {
    const id = `mauzo_test_noop_${randomBytes(5).toString('hex')}`;
    const task = { type: 'noop', id, runTime: 20_000 };
    await real.client.coordinator.post('/druid/indexer/v1/task', task, z.unknown());
  }
  await expect
    .poll(() => real.cluster.slots(never), { timeout: 60_000, interval: 100 })
    .toEqual({ capacity: slots?.capacity, used: slots?.capacity });
}

it('a Druid without a free slot is said within seconds, with how many there are, and publishing goes on when one is free', async () => {
  await real.accept('one', [{ time: '2024-01-01T00:00:00', Branch: 'Embu', grossRevenue: '1' }]);
  let submittedAt = 0;
  let noticedAfterMs: number | null = null;
  const publisher = real.open({
    async submit(load, signal) {
      await fillSlots();
      submittedAt = performance.now();
      await real.cluster.submit(load, signal);
    },
  });
  publisher.onProgress(({ notice }) => {
    if (notice?.code === 'druid.no_free_slots') noticedAfterMs ??= performance.now() - submittedAt;
  });
  await publisher.publish(never);
  const { capacity } = (await real.cluster.slots(never)) ?? { capacity: 0 };
  const notice = real.progress.find((item) => item.notice?.code === 'druid.no_free_slots')?.notice;
  expect(notice?.details).toMatchObject({ used: capacity, capacity });
  expect(noticedAfterMs).toBeLessThan(20_000);
  expect(await real.cluster.measure('2024-01', never)).toMatchObject([{ importId: 'one', rows: 1 }]);
});
