import { describe, expect, test } from 'vitest';
import { querySchema, type DataStatus, type Query, type QueryInput } from '#shared/domain/query';
import { AppError } from '#shared/errors/app-error';
import { testEngine, testManifest, untilAsked } from './analytics.fixture.ts';
import { createAnalyticsService } from './index.ts';

const parse = (input: QueryInput): Query => querySchema.parse(input);
const sales = parse({ metrics: ['netSales'] });

function setUp(extent?: Parameters<typeof testEngine>[0]) {
  const manifest = testManifest();
  const engine = testEngine(extent);
  const errors: AppError[] = [];
  let clock = 0;
  let stats = () => Promise.resolve({ rowsRead: 5, rowsRejected: 2, activeImports: 1 });
  const service = createAnalyticsService({
    engine: engine.engine,
    manifest: manifest.reader,
    importStats: () => stats(),
    now: () => (clock += 10),
    onError: (error) => errors.push(error),
  });
  return {
    manifest,
    engine,
    service,
    errors,
    breakStats: () => (stats = () => Promise.reject(new AppError('store.gone', 'unavailable'))),
  };
}
const settle = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

describe('names and periods', () => {
  const refused = (input: Partial<Query>) => setUp().service.query({ ...sales, ...input });
  test('unknown metrics, dimensions and sort columns name the nearest valid one', async () => {
    await expect(refused({ metrics: ['netsale'] })).rejects.toMatchObject({
      code: 'analytics.unknown_metric',
      details: { name: 'netsale', nearest: 'netSales' },
    });
    for (const name of ['__proto__', 'constructor', 'x); DROP TABLE y; --'])
      await expect(refused({ metrics: [name] })).rejects.toMatchObject({ code: 'analytics.unknown_metric' });
    await expect(refused({ sort: [{ column: 'netsales', direction: 'asc' }] })).rejects.toMatchObject({
      code: 'analytics.unknown_column',
      details: { nearest: 'netSales' },
    });
    await expect(
      refused({ sort: [{ column: 'netSales.previous-period.change', direction: 'asc' }] }),
    ).rejects.toMatchObject({
      code: 'analytics.unknown_column',
    });
    // What the schema would refuse is refused here too: the command line and tests call the service directly.
    await expect(refused({ dimensions: ['branch' as 'Branch'] })).rejects.toMatchObject({
      code: 'analytics.unknown_column',
      details: { nearest: 'Branch' },
    });
    await expect(
      refused({ filters: [{ dimension: '__proto__' as 'Branch', op: 'contains', text: 'x' }] }),
    ).rejects.toMatchObject({
      code: 'analytics.unknown_column',
    });
  });
  test('periods that are not possible are refused', async () => {
    for (const period of [
      { from: '2025-02-01', to: '2025-02-30' },
      { from: '2025-03-02', to: '2025-03-01' },
      { from: '2023-02-29', to: '2023-03-01' },
    ]) {
      await expect(refused({ period })).rejects.toMatchObject({
        code: 'analytics.bad_period',
        details: period,
      });
      await expect(
        setUp().service.values({ dimension: 'Branch', search: '', filters: [], limit: 5, period }),
      ).rejects.toMatchObject({
        code: 'analytics.bad_period',
      });
    }
  });
});

describe('periods of an answer', () => {
  const decided = async (input: QueryInput, extent?: Parameters<typeof testEngine>[0]) => {
    const { service, engine } = setUp(extent);
    const answer = service.query(parse(input));
    await untilAsked(engine, 1);
    engine.asked[0]?.answer(1);
    const { period, comparisonPeriods, columns } = await answer;
    return { period, comparisonPeriods, columns: columns.length, engine: engine.asked[0]?.query };
  };
  test('without a period: all data, and the engine need not look at times', async () => {
    expect(await decided({ metrics: ['netSales'] })).toMatchObject({
      period: { from: '2024-01-05', to: '2024-03-15' },
      comparisonPeriods: [],
      engine: { period: null },
    });
  });
  test('cut at the newest day with data, and the compared periods as early', async () => {
    const answer = await decided({
      metrics: ['netSales'],
      period: { from: '2024-03-01', to: '2024-03-31' },
      compare: ['previous-period', 'same-period-last-year'],
    });
    const compared = [
      { comparison: 'previous-period', period: { from: '2024-02-01', to: '2024-02-15' } },
      { comparison: 'same-period-last-year', period: { from: '2023-03-01', to: '2023-03-15' } },
    ];
    expect(answer).toMatchObject({
      period: { from: '2024-03-01', to: '2024-03-15' },
      comparisonPeriods: compared.map((one, index) => ({ ...one, startsBeforeData: index === 1 })),
      engine: { period: { from: '2024-03-01', to: '2024-03-31' }, comparisons: compared },
    });
  });
  test('days before the first of the data are no gap while they lie in its month', async () => {
    const first = await decided({
      metrics: ['netSales'],
      period: { from: '2024-02-01', to: '2024-02-29' },
      compare: ['previous-period'],
    });
    expect(first.comparisonPeriods).toMatchObject([
      { period: { from: '2024-01-01' }, startsBeforeData: false },
    ]);
  });
  test('no data: no period, but the columns that were asked for', async () => {
    const nothing = { rows: 0, from: null, to: null, branches: [], branchesInNewestMonth: [] };
    expect(await decided({ metrics: ['netSales'], compare: ['previous-period'] }, nothing)).toMatchObject({
      period: null,
      comparisonPeriods: [],
      columns: 4,
      engine: { period: null, comparisons: [{ comparison: 'previous-period' }] },
    });
  });
});

describe('shared work', () => {
  test('equal questions in flight are asked once, later ones answered from memory until the data moves', async () => {
    const { service, engine, manifest } = setUp();
    const both = [service.query(sales), service.query(parse({ metrics: ['netSales'], totals: false }))];
    await untilAsked(engine, 1);
    expect(manifest.held).not.toEqual([]);
    engine.asked[0]?.answer(1);
    expect((await Promise.all(both)).map(({ rows, dataVersion }) => [rows, dataVersion])).toEqual([
      [[[1]], 1],
      [[[1]], 1],
    ]);
    expect((await service.query(sales)).rows).toEqual([[1]]);
    expect(engine.extents()).toBe(1);
    expect(manifest.held).toEqual([]);
    manifest.advance();
    const after = service.query(sales);
    await untilAsked(engine, 2);
    engine.asked[1]?.answer(2);
    expect(await after).toMatchObject({ rows: [[2]], dataVersion: 2 });
    expect(engine.extents()).toBe(2);
  });
  test('an answer for data that moved meanwhile goes to those who asked and is not kept', async () => {
    const { service, engine, manifest } = setUp();
    const early = service.query(sales);
    await untilAsked(engine, 1);
    manifest.advance();
    const late = service.query(sales);
    await untilAsked(engine, 2);
    engine.asked[0]?.answer(1);
    engine.asked[1]?.answer(2);
    expect([(await early).rows, (await late).rows]).toEqual([[[1]], [[2]]]);
    expect((await service.query(sales)).rows).toEqual([[2]]);
  });
  test('work is aborted when the last one who waits gives up', async () => {
    const { service, engine, manifest } = setUp();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [service.query(sales, first.signal), service.query(sales, second.signal)];
    await untilAsked(engine, 1);
    first.abort();
    await expect(answers[0]).rejects.toMatchObject({ code: 'app.cancelled' });
    expect(engine.asked[0]?.signal.aborted).toBe(false);
    second.abort();
    await expect(answers[1]).rejects.toMatchObject({ code: 'app.cancelled' });
    expect(engine.asked[0]?.signal.aborted).toBe(true);
    const again = service.query(sales);
    await untilAsked(engine, 2);
    // The aborted work ends late: it must not take the books of the new work with it.
    engine.asked[0]?.fail(new AppError('app.cancelled', 'cancelled'));
    await settle();
    const joined = service.query(sales);
    await settle();
    await untilAsked(engine, 2);
    engine.asked[1]?.answer(7);
    expect([(await again).rows, (await joined).rows]).toEqual([[[7]], [[7]]]);
    expect(manifest.held).toEqual([]);
  });
  test('a failure reaches everybody who waits and is not kept', async () => {
    const { service, engine, manifest } = setUp();
    const both = [service.query(sales), service.query(sales)];
    await untilAsked(engine, 1);
    engine.asked[0]?.fail(new AppError('analytics.engine_failed', 'unavailable', { message: 'x' }));
    for (const answer of both)
      await expect(answer).rejects.toMatchObject({ code: 'analytics.engine_failed' });
    const again = service.query(sales);
    await untilAsked(engine, 2);
    engine.asked[1]?.answer(1);
    await again;
    expect(manifest.held).toEqual([]);
  });
});

describe('status', () => {
  test('what is known of the data', async () => {
    expect(await setUp().service.status()).toEqual({
      dataVersion: 1,
      publishing: false,
      rows: 3,
      from: '2024-01-05',
      to: '2024-03-15',
      branches: ['Embu', 'Thika'],
      branchesInNewestMonth: ['Thika'],
      rowsRead: 5,
      rowsRejected: 2,
      activeImports: 1,
    });
  });
  test('watchers get it at once and with every change, the newest last; errors are told, not swallowed', async () => {
    const { service, manifest, errors, breakStats } = setUp();
    const seen: DataStatus[] = [];
    const stop = service.watch((status) => seen.push(status));
    await settle();
    manifest.setPublishing(true);
    manifest.advance();
    manifest.advance();
    await settle();
    expect(seen[0]).toMatchObject({ dataVersion: 1, publishing: false });
    expect(seen.at(-1)).toMatchObject({ dataVersion: 3, publishing: true });
    breakStats();
    manifest.advance();
    await settle();
    expect(errors.map(({ code }) => code)).toEqual(['store.gone']);
    stop();
    const before = seen.length;
    manifest.advance();
    await settle();
    expect(seen).toHaveLength(before);
    service.close();
    expect(manifest.listeners.size).toBe(0);
  });
});
