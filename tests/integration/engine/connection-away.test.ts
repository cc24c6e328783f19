import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobView } from '../../../src/shared/domain/job.ts';
import { AppError } from '../../../src/shared/errors/app-error.ts';
import { AwayRegistry } from './away-registry.fixture.ts';
import { removeHome, startTestEngine, type TestEngine } from './engine.fixture.ts';
import { createSimpleParser } from './simple-parser.fixture.ts';

const PATIENCE = { timeout: 90_000, interval: 50 };

describe('while a connection is away', () => {
  let registry: AwayRegistry;
  let test: TestEngine;
  beforeEach(async () => {
    registry = new AwayRegistry();
    test = await startTestEngine({ parser: createSimpleParser({}), wrapStores: registry.wrap });
  });
  afterEach(async () => {
    registry.comeBack();
    await test.close();
    await removeHome(test.home);
  });
  const restart = async () => {
    await test.close();
    test = await startTestEngine({
      home: test.home,
      parser: createSimpleParser({}),
      wrapStores: registry.wrap,
    });
  };
  const jobOf = (jobId: string) => test.client.call('jobs.get', { jobId });
  const allDone = (jobs: readonly JobView[]) =>
    expect
      .poll(
        async () => (await Promise.all(jobs.map(({ jobId }) => jobOf(jobId)))).map(({ state }) => state),
        PATIENCE,
      )
      .toEqual(jobs.map(() => 'done'));
  const drop = async (count: number, options = {}) => {
    const paths = [];
    for (let index = 0; index < count; index += 1)
      paths.push(
        await test.file(`file-${index}.csv`, [`2024-03-0${1 + (index % 9)},Branch ${index},${index + 1},`]),
      );
    return test.importFiles(paths, options);
  };
  const accepted = async () =>
    (await test.client.call('history.list', {})).entries.map(({ fileName }) => fileName).reverse();

  it('checks files all the same, and counts them in the order of the queue when it is back', async () => {
    registry.leave();
    const jobs = await drop(12);
    for (const job of jobs)
      expect(job).toMatchObject({
        state: 'validated',
        rowsAccepted: 1,
        error: null,
        waitingFor: { connection: 'postgres', step: 'accept', error: { code: 'postgres.refused' } },
      });
    expect(jobs[0]?.waitingFor?.nextTryAt).not.toBeNull();
    registry.comeBack();
    await allDone(jobs);
    expect(await accepted()).toEqual(jobs.map(({ fileName }) => fileName));
    for (const { jobId } of jobs)
      expect(await jobOf(jobId)).toMatchObject({ waitingFor: null, ledger: { balanced: true } });
    expect((await test.figures()).rows).toBe(12);
  });

  it('asks now and then, however many wait', async () => {
    registry.leave();
    await drop(12);
    const before = registry.refused;
    const startedMs = performance.now();
    // Three more tries of the first in the queue, after growing pauses.
    await expect.poll(() => registry.refused - before, PATIENCE).toBeGreaterThanOrEqual(3);
    expect(registry.refused - before).toBeLessThan(1 + (performance.now() - startedMs) / 400);
    const [first] = (await test.client.call('jobs.list', {})).jobs;
    expect(first?.waitingFor?.nextTryAt).not.toBeNull();
    expect(first?.error).toBeNull();
    // One line however often it was tried.
    const database = new DatabaseSync(join(test.home, 'store.sqlite'));
    const tries = database.prepare(
      `select count(*) as n from job_steps where job_id = ? and step = 'accept'`,
    );
    expect(tries.get(first?.jobId ?? '')).toEqual({ n: 1 });
    database.close();
  });

  it('goes on at once when somebody asks for it', async () => {
    registry.leave();
    const jobs = await drop(2);
    await expect.poll(() => registry.refused, PATIENCE).toBeGreaterThan(5);
    registry.comeBack();
    await test.client.call('jobs.retry', { jobId: jobs[1]?.jobId ?? '' });
    await test.engine.settled();
    expect(await accepted()).toEqual(['file-0.csv', 'file-1.csv']);
  });

  it('a file that comes later does not overtake those that wait', async () => {
    registry.leave();
    const [first] = await test.importFiles([await test.file('early.csv', ['2024-03-01,Nairobi,1,'])], {
      onOverlap: 'replace',
    });
    const before = registry.refused;
    // Until it pauses for some seconds.
    await expect.poll(() => registry.refused - before, PATIENCE).toBeGreaterThanOrEqual(3);
    registry.comeBack();
    const late = await test.importFiles([await test.file('late.csv', ['2024-03-01,Nairobi,2,'])], {
      onOverlap: 'replace',
    });
    await allDone([...(first ? [first] : []), ...late]);
    expect(await accepted()).toEqual(['early.csv', 'late.csv']);
    expect(await test.figures()).toEqual({ rows: 1, revenue: 2 });
  });

  it('looks for overlaps again with what was counted meanwhile', async () => {
    registry.leave();
    const waiting = await test.importFiles([await test.file('mine.csv', ['2024-03-01,Nairobi,1,'])]);
    const elsewhere = await test.file('theirs.csv', ['2024-03-01,Nairobi,2,']);
    // Somebody else's file is counted first: the next in the queue, with an answer about overlaps of its own.
    await test.client.call('jobs.cancel', { jobId: waiting[0]?.jobId ?? '' });
    registry.comeBack();
    await test.importFiles([elsewhere]);
    registry.leave();
    const [again] = await test.importFiles([join(test.home, 'mine.csv')]);
    expect(again?.state).toBe('validated');
    registry.comeBack();
    await expect.poll(async () => (await jobOf(again?.jobId ?? '')).state, PATIENCE).toBe('review-needed');
    expect((await jobOf(again?.jobId ?? '')).review).toMatchObject([
      { kind: 'overlap', overlaps: [{ fileName: 'theirs.csv' }] },
    ]);
  });

  it.each([
    ['was stored', true],
    ['was not stored', false],
  ])('counts a file once whose acceptance %s and whose answer was lost', async (_, stored) => {
    registry.onActivate = async (activate) => {
      if (stored) await activate();
      throw new AppError('postgres.outcome_unknown', 'unavailable', { reason: 'cut' });
    };
    const jobs = await drop(1);
    await allDone(jobs);
    expect(await accepted()).toEqual(['file-0.csv']);
    expect(await test.figures()).toEqual({ rows: 1, revenue: 1 });
    expect((await jobOf(jobs[0]?.jobId ?? '')).duplicateOf).toBeNull();
  });

  it('cancels what waits', async () => {
    registry.leave();
    const [first, second] = await drop(2);
    expect((await test.client.call('jobs.cancel', { jobId: first?.jobId ?? '' })).state).toBe('cancelled');
    registry.comeBack();
    await allDone(second ? [second] : []);
    expect(await accepted()).toEqual(['file-1.csv']);
  });

  it.each([
    ['cancels it', false, 'cancelled'],
    ['says that it is counted', true, 'done'],
  ] as const)(
    'when it is not known whether a file counts, a cancel waits, and then %s',
    async (_, stored, end) => {
      registry.onActivate = async (activate) => {
        if (stored) await activate();
        registry.leave();
        throw new AppError('postgres.outcome_unknown', 'unavailable', { reason: 'cut' });
      };
      const [job] = await drop(1);
      const jobId = job?.jobId ?? '';
      const asked = await test.client.call('jobs.cancel', { jobId });
      expect(asked).toMatchObject({ state: 'validated', waitingFor: { connection: 'postgres' } });
      registry.comeBack();
      await expect.poll(async () => (await jobOf(jobId)).state, PATIENCE).toBe(end);
      expect((await test.figures()).rows).toBe(stored ? 1 : 0);
    },
  );

  it('waits after acceptance too, where a cancel is too late', async () => {
    registry.onActivated = () => registry.leave();
    const jobs = await drop(1);
    const jobId = jobs[0]?.jobId ?? '';
    expect(jobs[0]).toMatchObject({ state: 'accepted', waitingFor: { step: 'upload' } });
    await expect(test.client.call('jobs.cancel', { jobId })).rejects.toThrow('jobs.too_late');
    registry.comeBack();
    await allDone(jobs);
    expect((await test.figures()).rows).toBe(1);
  });

  it('fails what a person must put right, and goes on when it is', async () => {
    registry.onActivate = () =>
      Promise.reject(new AppError('postgres.password_wrong', 'permission', { user: 'mauzo' }));
    const [job] = await drop(1);
    expect(job).toMatchObject({
      state: 'failed',
      waitingFor: null,
      error: { code: 'postgres.password_wrong' },
    });
    await test.client.call('jobs.retry', { jobId: job?.jobId ?? '' });
    await test.engine.settled();
    expect((await jobOf(job?.jobId ?? '')).state).toBe('done');
  });

  it('starts, shows the figures of before, says what it does not know, and goes on in order', async () => {
    await drop(2);
    registry.leave();
    const waiting = await test.importFiles([
      await test.file('x.csv', ['2024-05-01,Nairobi,10,']),
      await test.file('y.csv', ['2024-05-02,Nairobi,20,']),
    ]);
    await restart();
    expect(await test.figures()).toEqual({ rows: 2, revenue: 3 });
    expect(await test.client.call('analytics.status', {})).toMatchObject({
      publishing: true,
      rows: 2,
      activeImports: null,
    });
    expect((await jobOf(waiting[1]?.jobId ?? '')).waitingFor).toMatchObject({ connection: 'postgres' });
    registry.comeBack();
    await allDone(waiting);
    expect((await accepted()).slice(2)).toEqual(['x.csv', 'y.csv']);
    await expect
      .poll(async () => (await test.client.call('analytics.status', {})).publishing, PATIENCE)
      .toBe(false);
    expect(await test.client.call('analytics.status', {})).toMatchObject({ activeImports: 4, rows: 4 });
  });

  /** A failover to a server that had not received the last changes. */
  const lose = (importId: string) => {
    const database = new DatabaseSync(join(test.home, 'store.sqlite'));
    for (const table of ['activation_log', 'footprints', 'import_chunks', 'imports'])
      database.prepare(`delete from ${table} where import_id = ?`).run(importId);
    database.prepare('update desired_generations set generation = generation - 1').run();
    database.close();
  };

  it.each([
    ['that had gone all the way, from its stored objects', false],
    ['that was still on its way', true],
  ])('accepts once again what the registry lost %s', async (_, onItsWay) => {
    await test.importFiles([await test.file('kept.csv', ['2024-03-09,Nairobi,5,'])]);
    if (onItsWay) registry.onActivated = () => registry.leave();
    const [job] = await drop(1);
    expect(job?.state).toBe(onItsWay ? 'accepted' : 'done');
    await test.close();
    lose(job?.importId ?? '');
    registry.comeBack();
    test = await startTestEngine({
      home: test.home,
      parser: createSimpleParser({}),
      wrapStores: registry.wrap,
    });
    await allDone(job ? [job] : []);
    expect(await accepted()).toEqual(['kept.csv', 'file-0.csv']);
    await expect.poll(() => test.figures(), PATIENCE).toEqual({ rows: 2, revenue: 6 });
    const { checks } = await test.client.call('app.doctor', {});
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
  });
});
