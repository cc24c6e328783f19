import { describe, expect, it } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { expectWhole, FaultBed, PATIENCE, untilDone } from './faults.fixture.ts';
import { sales } from './sales.fixture.ts';

const EARLIER = sales('2024-03', 'Kisumu', 5);
const FILE = sales('2024-03', 'Nairobi', 2_000);
const SUBMIT = '/druid/indexer/v1/task';

describe('an app that is killed after it gave a task to Druid and before it heard the answer', () => {
  const bed = new FaultBed();

  it.each([
    ['at once', /RUNNING|SUCCESS/],
    ['when the task has long succeeded', /SUCCESS/],
  ])('adopts the task, started again %s', async (_, taskState) => {
    const proxy = await startFaultProxy({ port: Number(new URL(bed.info.druid.coordinatorUrl).port) });
    bed.atEnd(() => proxy.close());
    const through = { MAUZO_DRUID_COORDINATOR_URL: proxy.endpoint };
    const app = bed.start(through);
    await bed.given(app, 'earlier.csv', EARLIER);
    const earlier = new Set((await bed.tasks()).map(({ id }) => id));

    let isSubmitted = false;
    proxy.fault = ({ method, path }) => {
      // After the answer was lost, nothing may tell the app what became of its task.
      if (isSubmitted) return { kind: 'hold' };
      isSubmitted = method === 'POST' && path === SUBMIT;
      return isSubmitted ? { kind: 'swallow' } : null;
    };
    const newTasks = async () => (await bed.tasks()).filter(({ id }) => !earlier.has(id));
    const jobId = await bed.drop(app, 'march.csv', FILE);
    await expect.poll(async () => (await newTasks()).length, PATIENCE).toBe(1);
    await bed.kill(app);
    await expect
      .poll(async () => (await newTasks()).map(({ statusCode }) => statusCode), PATIENCE)
      .toEqual([expect.stringMatching(taskState)]);
    proxy.forget();

    const again = bed.start(through);
    await untilDone(again, jobId);
    await expectWhole(again, jobId, [EARLIER, FILE]);
    expect((await newTasks()).map(({ statusCode }) => statusCode)).toEqual(['SUCCESS']);
  });
});
