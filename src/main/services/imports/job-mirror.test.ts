import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SharedTask } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import { openEmbeddedStores } from '../../adapters/embedded/index.ts';
import { JobMirror } from './job-mirror.ts';
import { tasksOfEverybody } from './shared-tasks.ts';
import type { Stores, TaskBoard } from './store-ports.ts';
import { LATER, NOW, sampleJob } from './stores-samples.fixture.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A board in memory that can be away. */
class FakeBoard implements TaskBoard {
  readonly posted: SharedTask[] = [];
  away = false;
  tries = 0;
  post = (task: SharedTask) => {
    this.tries += 1;
    if (this.away) return Promise.reject(new AppError('postgres.refused', 'unavailable'));
    this.posted.push(task);
    return Promise.resolve();
  };
  list = () => Promise.resolve(this.posted);
}

describe('the mirror of jobs', () => {
  let folder: string;
  let stores: Stores;
  let board: FakeBoard;
  let mirror: JobMirror;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-mirror-'));
    stores = await openEmbeddedStores({ path: join(folder, 'store.sqlite') });
    board = new FakeBoard();
    mirror = new JobMirror({ jobs: stores.jobs, board, owner: 'Ann on desk-1', log });
  });
  afterEach(async () => {
    await mirror.stop();
    await stores.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const states = () => board.posted.map(({ jobId, state }) => `${jobId} ${state}`);

  it('tells every job as it is, and every change', async () => {
    await stores.jobs.insert(sampleJob('old', { state: 'done' }));
    await mirror.start();
    await expect.poll(states).toEqual(['old done']);
    await mirror.jobs.insert(sampleJob('new'));
    await expect.poll(states).toContain('new queued');
    await mirror.jobs.update('new', { state: 'staged', updatedAt: LATER });
    await expect
      .poll(() => board.posted.at(-1))
      .toMatchObject({
        jobId: 'new',
        state: 'staged',
        owner: 'Ann on desk-1',
        rowsRead: null,
        updatedAt: LATER,
      });
  });

  it('neither stops nor fails a job when nobody listens, and tells the newest of each when somebody does', async () => {
    board.away = true;
    await mirror.jobs.insert(sampleJob('a'));
    for (const state of ['staged', 'inspected', 'validated'] as const)
      await mirror.jobs.update('a', { state });
    await mirror.jobs.insert(sampleJob('b', { createdAt: LATER }));
    await expect.poll(() => board.tries).toBeGreaterThan(0);
    expect((await stores.jobs.get('a'))?.state).toBe('validated');
    const triesBefore = board.tries;
    for (let index = 0; index < 50; index += 1) await mirror.jobs.update('b', { sizeBytes: index });
    expect(board.tries - triesBefore).toBeLessThan(5);
    board.away = false;
    mirror.wake();
    await expect.poll(() => states().toSorted()).toEqual(['a validated', 'b queued']);
  });

  it('shows jobs of everybody, those of this computer as they stand', async () => {
    await board.post({
      jobId: 'theirs',
      owner: 'Ben on desk-2',
      dataset: 'sales',
      fileName: 'x.csv',
      state: 'failed',
      rowsRead: 1,
      rowsAccepted: 1,
      rowsRejected: 0,
      error: null,
      createdAt: LATER,
      updatedAt: LATER,
    });
    await stores.jobs.insert(sampleJob('mine', { state: 'validated', createdAt: NOW }));
    const own = await stores.jobs.list({ includeDismissed: false });
    const tasks = await tasksOfEverybody(board, own, 'Ann on desk-1', 10);
    expect(tasks.map(({ jobId, owner }) => [jobId, owner])).toEqual([
      ['theirs', 'Ben on desk-2'],
      ['mine', 'Ann on desk-1'],
    ]);
    expect(await tasksOfEverybody(board, own, 'Ann on desk-1', 1)).toHaveLength(1);
  });
});
