import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAnalysis, NAMED_ANALYSIS_IDS } from '../../src/shared/domain/named-analyses.ts';
import { placeOn, startConnectedEngine, type Place } from '../support/connected-engine.ts';
import { testStack } from '../support/test-stack.ts';
import { removeHome, type TestEngine } from '../integration/engine/engine.fixture.ts';

const NAIROBI = ['2024-03-01,Nairobi,100.50,60', '2024-03-31,Nairobi,0.25,', '2024-04-01,Nairobi,50,20'];
const MOMBASA = ['2024-03-02,Mombasa,200.25,', '2024-04-30,Mombasa,0.01,0'];

const ANALYSES = NAMED_ANALYSIS_IDS.flatMap((id) => findAnalysis(id)?.query({}) ?? []);

describe('the main job on S3, Druid and PostgreSQL', () => {
  let place: Place;
  const running: TestEngine[] = [];
  const homes = new Set<string>();
  const start = async (figuresFrom: 'local' | 'druid', home?: string): Promise<TestEngine> => {
    const test = await startConnectedEngine(place, figuresFrom, home);
    running.push(test);
    homes.add(test.home);
    return test;
  };
  const stop = async (test: TestEngine) => {
    running.splice(running.indexOf(test), 1);
    await test.close();
  };
  beforeEach(() => {
    place = placeOn(testStack());
  });
  afterEach(async () => {
    for (const test of running.splice(0)) await test.close();
    for (const home of homes) await removeHome(home);
    homes.clear();
  });

  const branch = async (test: TestEngine, name: string) => {
    const { rows } = await test.client.call('analytics.query', {
      metrics: ['totalRevenue'],
      filters: [{ dimension: 'Branch', op: 'in', values: [name] }],
    });
    return rows[0]?.[0];
  };
  const published = (test: TestEngine) =>
    expect
      .poll(async () => (await test.client.call('analytics.status', {})).publishing, { timeout: 120_000 })
      .toBe(false);

  it('imports, corrects and undoes; Druid and this computer agree on every analysis', async () => {
    const druid = await start('druid');
    const jobs = await druid.importFiles([
      await druid.file('nairobi.csv', NAIROBI),
      await druid.file('mombasa.csv', MOMBASA),
    ]);
    expect(jobs.map(({ state, error }) => [state, error])).toEqual([
      ['done', null],
      ['done', null],
    ]);
    expect(jobs.flatMap(({ ledger }) => ledger?.lines.filter(({ balanced }) => !balanced))).toEqual([]);
    expect(jobs[0]?.ledger?.lines.map(({ check }) => check)).toContain(
      'Rows in Druid = accepted − superseded − excluded',
    );
    expect(await druid.figures()).toEqual({ rows: 5, revenue: 351.01 });

    // Branch A again, corrected: branch B stays as it is to the cent.
    const corrected = await druid.file('nairobi corrected.csv', [
      '2024-03-01,Nairobi,90.50,60',
      ...NAIROBI.slice(1),
    ]);
    const [job] = await druid.importFiles([corrected], { onOverlap: 'replace' });
    expect([job?.state, job?.waitingFor]).toEqual(['done', null]);
    expect([await branch(druid, 'Nairobi'), await branch(druid, 'Mombasa')]).toEqual([140.75, 200.26]);
    const answers = await Promise.all(ANALYSES.map((query) => druid.client.call('analytics.query', query)));

    await druid.client.call('history.undo', { importId: job?.importId ?? '' });
    await published(druid);
    expect([await branch(druid, 'Nairobi'), await branch(druid, 'Mombasa')]).toEqual([150.75, 200.26]);
    await druid.client.call('history.reactivate', { importId: job?.importId ?? '', onOverlap: 'replace' });
    await published(druid);
    await stop(druid);

    const local = await start('local', druid.home);
    for (const [index, query] of ANALYSES.entries()) {
      const answer = await local.client.call('analytics.query', query);
      expect(answer.engine).toBe('local');
      expect(answers[index]?.engine).toBe('druid');
      expect({ rows: answer.rows, totals: answer.totals, columns: answer.columns }).toEqual({
        rows: answers[index]?.rows,
        totals: answers[index]?.totals,
        columns: answers[index]?.columns,
      });
    }
  });

  it('empties a month whose only import is undone, and brings it back', async () => {
    const test = await start('druid');
    const [job] = await test.importFiles([await test.file('march.csv', ['2024-03-01,Nairobi,100,'])]);
    expect(await test.figures()).toEqual({ rows: 1, revenue: 100 });
    const importId = job?.importId ?? '';
    await test.client.call('history.undo', { importId });
    await published(test);
    expect((await test.figures()).rows).toBe(0);
    await test.client.call('history.reactivate', { importId, onOverlap: 'keep' });
    await published(test);
    expect(await test.figures()).toEqual({ rows: 1, revenue: 100 });
  });

  it('shows a second computer with an empty folder the same figures, from registry and objects alone', async () => {
    const first = await start('local');
    await first.importFiles([await first.file('nairobi.csv', NAIROBI)]);
    const second = await start('local');
    await expect.poll(() => second.figures(), { timeout: 60_000 }).toEqual({ rows: 3, revenue: 150.75 });
    // What the second accepts, the first sees; a file that the first has is known to the second.
    const [again] = await second.importFiles([await second.file('copy.csv', NAIROBI)]);
    expect(again?.duplicateOf?.fileName).toBe('nairobi.csv');
    await second.importFiles([await second.file('mombasa.csv', MOMBASA)]);
    await expect.poll(() => first.figures(), { timeout: 60_000 }).toEqual({ rows: 5, revenue: 351.01 });
    const { tasks } = await first.client.call('jobs.everywhere', {});
    expect(tasks.map(({ fileName }) => fileName)).toEqual(
      expect.arrayContaining(['nairobi.csv', 'copy.csv', 'mombasa.csv']),
    );
  });

  it('counts a file once that two computers import at the same time', async () => {
    const [first, second] = [await start('druid'), await start('druid')];
    const [left, right] = await Promise.all([
      first.importFiles([await first.file('march.csv', NAIROBI)]),
      second.importFiles([await second.file('march.csv', NAIROBI)]),
    ]);
    const jobs = [...left, ...right];
    expect(jobs.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(jobs.filter(({ duplicateOf }) => duplicateOf === null)).toHaveLength(1);
    for (const test of [first, second])
      await expect.poll(() => test.figures(), { timeout: 60_000 }).toEqual({ rows: 3, revenue: 150.75 });
  });

  it('finishes an import that was cut off while Druid worked on it', async () => {
    const first = await start('druid');
    const path = await first.file('march.csv', NAIROBI);
    const { jobIds } = await first.client.call('imports.start', { files: [{ kind: 'path', path }] });
    const jobId = jobIds[0] ?? '';
    await expect
      .poll(async () => (await first.client.call('jobs.get', { jobId })).progress?.step, { timeout: 60_000 })
      .toBe('publish');
    await stop(first);
    const second = await start('druid', first.home);
    await second.engine.settled();
    const job = await second.client.call('jobs.get', { jobId });
    expect([job.state, job.ledger?.balanced]).toEqual(['done', true]);
    expect(await second.figures()).toEqual({ rows: 3, revenue: 150.75 });
  });
});
