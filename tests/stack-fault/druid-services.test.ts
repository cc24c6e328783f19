import { describe, expect, it } from 'vitest';
import type { EngineProcess } from '../fault/engine-process.fixture.ts';
import { expectWhole, FaultBed, isRunning, jobOf, PATIENCE, served, untilDone } from './faults.fixture.ts';
import { figuresOf, sales } from './sales.fixture.ts';

const EARLIER = sales('2024-03', 'Kisumu', 5);
/** Enough that its task is not over before it is disturbed. */
const LARGE = sales('2024-03', 'Nairobi', 200_000);
/** Of the stack's one Indexer. */
const PLACES = 3;
/** A task that does nothing cannot be stopped: it ends by itself. */
const FILLED_MS = 45_000;
const SMALL = sales('2024-03', 'Nairobi', 2_000);

describe('a service of Druid that goes away', () => {
  const bed = new FaultBed();

  const noticeOf = async (app: EngineProcess, jobId: string) =>
    (await jobOf(app, jobId)).progress?.notice?.code ?? null;

  it('the Overlord, killed in mid task: said at once, the figures of before are shown, the job goes on', async () => {
    const app = bed.start();
    await bed.given(app, 'earlier.csv', EARLIER);
    const jobId = await bed.drop(app, 'march.csv', LARGE);
    await bed.runningTask();
    await bed.stack.kill('coordinator');
    await expect.poll(() => noticeOf(app, jobId), PATIENCE).toBe('druid.unreachable');
    expect(await served(app)).toEqual({ engine: 'druid', ...figuresOf(EARLIER) });
    await bed.bringBack();
    await untilDone(app, jobId);
    await expectWhole(app, jobId, [EARLIER, LARGE]);
  });

  it('the Indexer, killed in mid task: the task is given up and another one does its work', async () => {
    const app = bed.start();
    await bed.given(app, 'earlier.csv', EARLIER);
    const jobId = await bed.drop(app, 'march.csv', LARGE);
    const { id } = await bed.runningTask();
    await bed.stack.kill('indexer');
    expect(await served(app)).toEqual({ engine: 'druid', ...figuresOf(EARLIER) });
    await bed.bringBack();
    await untilDone(app, jobId);
    await expectWhole(app, jobId, [EARLIER, LARGE]);
    const tasks = await bed.tasks();
    expect(tasks.find((task) => task.id === id)?.statusCode).toBe('FAILED');
    expect(tasks.filter(({ statusCode }) => statusCode === 'SUCCESS')).toHaveLength(2);
  });

  it('every place for tasks is taken: said within seconds, and the job goes on when one is free', async () => {
    const app = bed.start();
    await bed.given(app, 'earlier.csv', EARLIER);
    for (let place = 1; place <= PLACES; place += 1) await bed.occupyPlace(FILLED_MS);
    await expect.poll(async () => (await bed.tasks('none')).filter(isRunning).length, PATIENCE).toBe(PLACES);
    const jobId = await bed.drop(app, 'march.csv', SMALL);
    await expect
      .poll(async () => (await bed.tasks()).map(({ runnerStatusCode }) => runnerStatusCode), PATIENCE)
      .toContain('PENDING');
    const startedMs = performance.now();
    await expect.poll(() => noticeOf(app, jobId), PATIENCE).toBe('druid.no_free_slots');
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    await untilDone(app, jobId);
    await expectWhole(app, jobId, [EARLIER, SMALL]);
  });
});
