import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grain, Period } from '#shared/domain/query';
import type { EngineQuery } from '../../services/analytics/ports.ts';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import { writeCanonical, type TestRow } from './canonical-rows.fixture.ts';
import { createLocalAnalyticsEngine } from './analytics-engine.ts';
import { openLockedDatabase } from './locked-database.ts';
import { openPublished, type Published } from './published.fixture.ts';

let published: Published;
let chunks: PublishedChunk[];
const signal = new AbortController().signal;

const march: readonly TestRow[] = [
  {
    time: '2024-02-29T23:59:59',
    Branch: 'Thika',
    CardName: 'A',
    grossRevenue: '80',
    totalCost: '60',
    returnsValue: '0',
  },
  {
    time: '2024-03-01T00:00:00',
    Branch: 'Thika',
    CardName: 'A',
    grossRevenue: '100',
    totalCost: '70',
    returnsValue: '0',
  },
  { time: '2024-03-31T23:59:59', Branch: 'Thika', CardName: 'B', grossRevenue: '300', returnsValue: '-30' },
  { time: '2024-03-31T23:59:59', Branch: 'Embu', CardName: 'B', grossRevenue: '0', totalCost: '5' },
  { time: '2024-04-01T00:00:00', Branch: 'Nyeri', grossRevenue: '7.0001', lineItemCount: 0 },
];

beforeAll(async () => {
  published = await openPublished();
  chunks = await published.publish(march);
});
afterAll(() => published.close());

const inMarch: Period = { from: '2024-03-01', to: '2024-03-31' };
const question = (parts: Partial<EngineQuery>): EngineQuery => ({
  metrics: ['totalRevenue'],
  dimensions: [],
  period: inMarch,
  comparisons: [],
  grain: null,
  filters: [],
  sort: [],
  limit: 100,
  totals: false,
  ...parts,
});
const ask = (parts: Partial<EngineQuery>, from: readonly PublishedChunk[] = chunks) =>
  published.engine.query(question(parts), from, signal);

describe('figures', () => {
  test('a derived metric covers the rows that have all its inputs, and says how much of revenue', async () => {
    const { rows, coverage } = await ask({
      metrics: ['totalRevenue', 'totalCost', 'grossProfit', 'grossMargin', 'netSales', 'uniqueCustomers'],
    });
    // Profit: (100 − 70) + (0 − 5) = 25 over revenue of 100; the 300 without a cost are left out.
    expect(rows).toEqual([[400, 75, 25, 0.25, 370, 2]]);
    expect(coverage).toEqual({ totalCost: 0.25, grossProfit: 0.25, grossMargin: 0.25 });
  });

  test('blank, not 0: no rows, no inputs, division by 0', async () => {
    const april = { from: '2024-04-01', to: '2024-04-30' };
    expect(
      await ask({
        metrics: ['grossProfit', 'averageTransaction', 'uniqueCustomers', 'totalRevenue'],
        period: april,
      }),
    ).toMatchObject({
      rows: [[null, null, null, 7.0001]],
      coverage: { grossProfit: 0, uniqueCustomers: 0 },
    });
    const empty = { rows: [[null, null, 0]], rowCount: 1, coverage: {} };
    const metrics = ['totalRevenue', 'uniqueBranches', 'rowCount'];
    expect(await ask({ metrics, period: { from: '1999-01-01', to: '1999-12-31' } })).toMatchObject(empty);
    expect(await ask({ metrics, period: null }, [])).toMatchObject(empty);
    expect(
      await ask({
        metrics,
        dimensions: ['Branch'],
        filters: [{ dimension: 'Branch', op: 'in', values: ['x'] }],
      }),
    ).toMatchObject({
      rows: [],
      rowCount: 0,
    });
  });

  test('a sale belongs to the day on its clock: midnight and the last second of a month', async () => {
    const months = await ask({ grain: 'month', period: null });
    expect(months.rows).toEqual([
      ['2024-02-01', 80],
      ['2024-03-01', 400],
      ['2024-04-01', 7.0001],
    ]);
    const day = async (date: string) => (await ask({ period: { from: date, to: date } })).rows[0]?.[0];
    expect([
      await day('2024-02-29'),
      await day('2024-03-01'),
      await day('2024-03-31'),
      await day('2024-04-01'),
    ]).toEqual([80, 100, 300, 7.0001]);
  });

  test('buckets before and after the base of bucket numbers begin where they should', async () => {
    const old = await published.publish([
      { time: '1999-11-30T10:00:00', Branch: 'A', grossRevenue: '1' },
      { time: '2000-12-31T23:59:59', Branch: 'A', grossRevenue: '2' },
      { time: '2001-01-07T23:59:59', Branch: 'A', grossRevenue: '4' },
      { time: '2001-01-08T00:00:00', Branch: 'A', grossRevenue: '8' },
    ]);
    const by = async (grain: Grain) => (await ask({ grain, period: null }, old)).rows.map(([time]) => time);
    expect(await by('day')).toEqual(['1999-11-30', '2000-12-31', '2001-01-07', '2001-01-08']);
    expect(await by('week')).toEqual(['1999-11-29', '2000-12-25', '2001-01-01', '2001-01-08']);
    expect(await by('month')).toEqual(['1999-11-01', '2000-12-01', '2001-01-01']);
    expect(await by('quarter')).toEqual(['1999-10-01', '2000-10-01', '2001-01-01']);
    expect(await by('year')).toEqual(['1999-01-01', '2000-01-01', '2001-01-01']);
  });

  test('compared groups line up, those of one period only included; totals are recomputed', async () => {
    const comparisons = [
      { comparison: 'previous-period' as const, period: { from: '2024-02-01', to: '2024-02-29' } },
    ];
    const answer = await ask({
      metrics: ['totalRevenue', 'rowCount'],
      dimensions: ['Branch'],
      comparisons,
      totals: true,
    });
    expect(answer.rows).toEqual([
      ['Embu', 0, 1, null, null, null, 0, 1, null],
      ['Thika', 400, 2, 80, 320, 400, 1, 1, 100],
    ]);
    expect(answer.totals).toEqual([null, 400, 3, 80, 320, 400, 1, 2, 200]);
    const daily = await ask({ dimensions: [], grain: 'day', comparisons });
    // The 29th day of February stands beside the 29th of March.
    expect(daily.rows).toEqual([
      ['2024-03-01', 100, null, null, null],
      ['2024-03-29', null, 80, null, null],
      ['2024-03-31', 300, null, null, null],
    ]);
  });

  test('a limit cuts the sorted answer and says how many rows there were', async () => {
    const sort = [{ column: 'totalRevenue', direction: 'asc' as const }];
    expect(await ask({ dimensions: ['Branch'], period: null, sort, limit: 2 })).toMatchObject({
      rows: [
        ['Embu', 0],
        ['Nyeri', 7.0001],
      ],
      rowCount: 3,
    });
  });

  test('text of a person is bound: nothing of it is SQL, a pattern or a path', async () => {
    const hostile = ["'; DROP TABLE x; --", "') OR 1=1 --", '%', '$1', '"Branch"', '/etc/passwd'];
    for (const text of hostile) {
      expect((await ask({ filters: [{ dimension: 'Branch', op: 'in', values: [text] }] })).rows).toEqual([
        [null],
      ]);
      expect((await ask({ filters: [{ dimension: 'Branch', op: 'contains', text }] })).rows).toEqual([
        [null],
      ]);
      expect((await ask({ filters: [{ dimension: 'Branch', op: 'not-in', values: [text] }] })).rows).toEqual([
        [400],
      ]);
    }
    expect((await ask({ filters: [{ dimension: 'Branch', op: 'contains', text: 'HIK' }] })).rows).toEqual([
      [400],
    ]);
  });
});

describe('values and extent', () => {
  test('values with their rows, most first, blanks too unless searched', async () => {
    const request = { dimension: 'CardName' as const, search: '', period: null, filters: [], limit: 2 };
    expect(await published.engine.values(request, chunks, signal)).toEqual({
      values: [
        { value: 'A', rows: 2 },
        { value: 'B', rows: 2 },
      ],
      total: 3,
    });
    expect(await published.engine.values({ ...request, search: 'b', limit: 9 }, chunks, signal)).toEqual({
      values: [{ value: 'B', rows: 2 }],
      total: 1,
    });
    expect(
      await published.engine.values(
        { ...request, period: { from: '2024-04-01', to: '2024-04-01' } },
        chunks,
        signal,
      ),
    ).toEqual({
      values: [{ value: null, rows: 1 }],
      total: 1,
    });
    expect(await published.engine.values(request, [], signal)).toEqual({ values: [], total: 0 });
  });
  test('what the data covers', async () => {
    expect(await published.engine.extent(chunks)).toEqual({
      rows: 5,
      from: '2024-02-29',
      to: '2024-04-01',
      branches: ['Embu', 'Nyeri', 'Thika'],
      branchesInNewestMonth: ['Nyeri'],
    });
    expect(await published.engine.extent([])).toEqual({
      rows: 0,
      from: null,
      to: null,
      branches: [],
      branchesInNewestMonth: [],
    });
  });
});

describe('failures', () => {
  test('a chunk that is gone or lies outside the folder fails by name', async () => {
    const gone = await published.publish([{ time: '2024-03-05T00:00:00', Branch: 'X' }]);
    await rm(gone[0]?.path ?? '');
    await expect(ask({}, gone)).rejects.toMatchObject({ code: 'analytics.engine_failed' });
    const outside = await openPublished();
    const path = await writeCanonical(join(outside.root, 'x.parquet'), march.slice(1, 2));
    await expect(ask({}, [{ chunk: '2024-03', generation: 1, path, rows: 1 }])).rejects.toMatchObject({
      code: 'analytics.engine_failed',
    });
    await outside.close();
  });

  test('an abort before, while waiting and while running; the engine goes on', async () => {
    const aborted = AbortSignal.abort();
    await expect(published.engine.query(question({}), chunks, aborted)).rejects.toMatchObject({
      code: 'app.cancelled',
    });
    const database = await openLockedDatabase({
      allowedDirectories: [published.root],
      memoryLimit: '256MB',
      threads: 1,
      tempDirectory: join(published.root, 'spill'),
      maxConcurrent: 1,
    });
    const endless = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 7';
    const [running, waiting] = [new AbortController(), new AbortController()];
    let started: () => void = () => undefined;
    const hasStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const first = database.use((connection) => {
      const answer = connection.run(endless);
      started();
      return answer;
    }, running.signal);
    const second = database.use((connection) => connection.run('SELECT 1'), waiting.signal);
    await hasStarted;
    waiting.abort();
    running.abort();
    await expect(first).rejects.toMatchObject({ code: 'app.cancelled' });
    await expect(second).rejects.toMatchObject({ code: 'app.cancelled' });
    expect((await database.use((connection) => connection.run('SELECT 1'))).rowCount).toBe(1);
    const last = database.use((connection) => connection.run(endless));
    const [closing, outcome] = await Promise.allSettled([database.close(), last]);
    expect(closing.status).toBe('fulfilled');
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'analytics.engine_closed' } });
    await expect(database.use(() => Promise.resolve())).rejects.toMatchObject({
      code: 'analytics.engine_closed',
    });
  });

  test('the database is locked: no files outside, no extensions, no settings', async () => {
    const database = await openLockedDatabase({
      allowedDirectories: [published.root],
      memoryLimit: '256MB',
      threads: 1,
      tempDirectory: join(published.root, 'spill'),
    });
    for (const sql of [
      "SELECT * FROM read_csv('/etc/hostname')",
      "SELECT * FROM read_text('/etc/hostname')",
      "SELECT * FROM glob('/etc/*')",
      "COPY (SELECT 1) TO '/tmp/mauzo-escape.csv'",
      "ATTACH '/tmp/mauzo-escape.db'",
      'INSTALL httpfs',
      'LOAD httpfs',
      "SELECT * FROM read_parquet('https://localhost/x.parquet')",
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
      "SET memory_limit = '100GB'",
      'RESET lock_configuration',
    ])
      await expect(database.use((connection) => connection.run(sql))).rejects.toThrow(
        /Permission Error|locked|disabled|not allow/i,
      );
    await database.close();
  });

  test('an unusable configuration fails by name', async () => {
    const options = {
      allowedDirectories: [published.root],
      memoryLimit: 'plenty',
      threads: 1,
      tempDirectory: published.root,
    };
    await expect(createLocalAnalyticsEngine(options)).rejects.toMatchObject({
      code: 'analytics.engine_failed',
    });
  });
});
