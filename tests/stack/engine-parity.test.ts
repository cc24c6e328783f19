import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METRICS } from '../../src/shared/domain/metrics/catalogue.ts';
import { findAnalysis, NAMED_ANALYSIS_IDS } from '../../src/shared/domain/named-analyses.ts';
import {
  GRAINS,
  querySchema,
  resultColumns,
  type Period,
  type Query,
  type QueryInput,
} from '../../src/shared/domain/query.ts';
import { DIMENSIONS } from '../../src/shared/domain/sales-schema.ts';
import { testRow, type TestRow } from '../../src/main/adapters/duckdb/canonical-rows.fixture.ts';
import { openPublished, type Published } from '../../src/main/adapters/duckdb/published.fixture.ts';
import type { DruidClient } from '../../src/main/adapters/druid/druid-client.ts';
import { createDruidAnalyticsEngine } from '../../src/main/adapters/druid/query/analytics-engine.ts';
import type { DruidSql } from '../../src/main/adapters/druid/query/druid-sql.ts';
import { createAnalyticsService } from '../../src/main/services/analytics/index.ts';
import { evaluateQuery, type OracleRow } from '../../src/main/services/analytics/evaluate-query.fixture.ts';
import { testManifest } from '../../src/main/services/analytics/analytics.fixture.ts';
import type { AnalyticsEngine, EngineQuery } from '../../src/main/services/analytics/ports.ts';
import {
  amountUpTo,
  NAMES,
  periodArbitrary,
  queryArbitrary,
  rowOf,
} from '../../src/main/services/analytics/query-arbitraries.fixture.ts';
import type { PublishedChunk } from '../../src/main/services/publishing/ports.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { connectDruid, dropDatasource, freshName, ingestRows } from './druid-rows.fixture.ts';
import { regularSales } from './regular-sales.fixture.ts';

const SEED = 20_261_125;
const signal = new AbortController().signal;
const ALL_METRICS = METRICS.map(({ id }) => id);

/** The same rows on both engines. */
interface Sides {
  readonly rows: readonly OracleRow[];
  readonly chunks: readonly PublishedChunk[];
  readonly datasource: string;
  readonly local: AnalyticsEngine;
  readonly cluster: AnalyticsEngine;
}

let druid: DruidClient;
let published: Published;
const datasources: string[] = [];

async function publish(rows: readonly OracleRow[], leftOut: readonly string[] = []): Promise<Sides> {
  const datasource = freshName('parity');
  datasources.push(datasource);
  const testRows: TestRow[] = rows.map(testRow);
  const blanks = Object.fromEntries(leftOut.map((name) => [name, null]));
  const [chunks] = await Promise.all([
    published.write(testRows.map((row) => ({ ...row, ...blanks }))),
    ingestRows(druid, datasource, testRows, leftOut),
  ]);
  const cluster = createDruidAnalyticsEngine({ druid: druid.broker, datasource });
  return { rows, chunks, datasource, local: published.engine, cluster };
}

let usual: Sides;
let huge: Sides;

beforeAll(async () => {
  druid = connectDruid();
  published = await openPublished();
  const some = (largest: bigint, count: number) =>
    fc.sample(rowOf(amountUpTo(largest)), { seed: SEED, numRuns: count });
  [usual, huge] = await Promise.all([
    publish([...regularSales, ...some(10n ** 10n, 160)]),
    // Sums of these leave the range of Druid's longs.
    publish(some(10n ** 18n - 1n, 120)),
  ]);
});

afterAll(async () => {
  for (const datasource of datasources) await dropDatasource(druid, datasource);
  await published.close();
});

/** The whole way of a question, from the contract's words to the answer, on either engine. */
function services({ chunks, local, cluster }: Sides) {
  return [local, cluster].map((engine) => {
    const manifest = testManifest();
    manifest.advance([...chunks]);
    return createAnalyticsService({
      engine,
      manifest: manifest.reader,
      importStats: () => Promise.resolve({ rowsRead: 0, rowsRejected: 0, activeImports: 0 }),
      now: () => 0,
      onError: () => undefined,
    });
  });
}

/** What the cluster answers, and what it has to answer. */
async function answers(sides: Sides, input: Query) {
  const [local, cluster] = services(sides);
  const [expected, actual] = await Promise.all([local?.query(input), cluster?.query(input)]);
  return { input, actual, expected: { ...expected, engine: 'druid' } };
}

const parse = (input: QueryInput): Query => querySchema.parse(input);
const BOTH = ['previous-period', 'same-period-last-year'] as const;
const PERIODS: readonly (Period | undefined)[] = [
  undefined,
  { from: '2024-02-01', to: '2024-02-29' },
  { from: '2024-12-18', to: '2025-03-01' },
  { from: '2025-01-01', to: '2025-12-31' },
];

describe('the same question on both engines', () => {
  test.each(NAMED_ANALYSIS_IDS)('%s', async (id) => {
    const analysis = findAnalysis(id);
    for (const period of PERIODS) {
      for (const parameters of [
        {},
        { compare: [...BOTH], limit: 7 },
        { by: 'Branch' as const, grain: 'quarter' as const },
        {
          by: 'CardName' as const,
          filters: [{ dimension: 'Branch' as const, op: 'in' as const, values: ['Thika', null, ''] }],
        },
      ]) {
        const { input, actual, expected } = await answers(
          usual,
          parse(analysis?.query({ period, ...parameters }) ?? { metrics: [] }),
        );
        expect(actual, JSON.stringify(input)).toEqual(expected);
      }
    }
  });

  test.each([null, ...DIMENSIONS])('every metric by %s and every grain, compared', async (dimension) => {
    for (const grain of [undefined, ...GRAINS]) {
      const { input, actual, expected } = await answers(
        usual,
        parse({
          metrics: ALL_METRICS,
          dimensions: dimension ? [dimension] : [],
          compare: [...BOTH],
          period: { from: '2024-12-30', to: '2025-03-31' },
          totals: true,
          limit: 100_000,
          ...(grain && { grain }),
        }),
      );
      expect(actual, JSON.stringify(input)).toEqual(expected);
    }
  });

  test('amounts whose sums leave 64 bits', async () => {
    for (const dimensions of [[], ['Branch' as const], ['ProductLine' as const, 'CardName' as const]]) {
      const { input, actual, expected } = await answers(
        huge,
        parse({ metrics: ALL_METRICS, dimensions, totals: true, compare: [...BOTH] }),
      );
      expect(actual, JSON.stringify(input)).toEqual(expected);
    }
  });
});

/** A question to an engine as the service would put it, with periods given instead of decided. */
function engineQuery(query: Query, periods: readonly (Period | null)[]): EngineQuery {
  return {
    ...query,
    grain: query.grain ?? null,
    period: periods[0] ?? null,
    comparisons: query.compare.map((comparison, index) => {
      const period = periods[index + 1];
      if (!period) throw new Error('a compared period is missing');
      return { comparison, period };
    }),
  };
}

const sortedCopy = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();

describe('random questions', () => {
  test.each(['usual', 'huge'] as const)(
    '%s amounts: both engines and the oracle agree, row by row and in the same order',
    async (kind) => {
      const sides = kind === 'usual' ? usual : huge;
      await fc.assert(
        fc.asyncProperty(
          queryArbitrary,
          fc.option(periodArbitrary, { nil: null }),
          periodArbitrary,
          periodArbitrary,
          fc.array(fc.tuple(fc.nat(), fc.constantFrom('asc' as const, 'desc' as const)), { maxLength: 2 }),
          fc.integer({ min: 1, max: 30 }),
          async (parts, period, first, second, wishes, limit) => {
            const { grain, ...rest } = parts;
            const asked = parse({ ...rest, ...(grain && { grain }), limit: 100_000 });
            const columns = resultColumns(asked);
            const sort = wishes.map(([index, direction]) => ({
              column: columns[index % columns.length]?.name ?? '',
              direction,
            }));
            const query = { ...asked, sort };
            const current = query.compare.length > 0 && period === null ? first : period;
            const periods = [current, ...[second, first].slice(0, query.compare.length)];
            const whole = engineQuery(query, periods);
            const expected = evaluateQuery(query, sides.rows, periods);
            const [local, cluster] = await Promise.all([
              sides.local.query(whole, sides.chunks, signal),
              sides.cluster.query(whole, sides.chunks, signal),
            ]);
            expect(cluster).toEqual(local);
            expect(sortedCopy(cluster.rows)).toEqual(sortedCopy(expected.rows));
            expect(cluster.totals).toEqual(expected.totals);
            expect(cluster.coverage).toEqual(Object.fromEntries(expected.coverage));
            const cut = await sides.cluster.query({ ...whole, limit }, sides.chunks, signal);
            expect(cut).toEqual({ ...local, rows: local.rows.slice(0, limit) });
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test('values of every dimension, searched in any case and script', async () => {
    for (const dimension of DIMENSIONS)
      for (const search of [
        '',
        'THIKA',
        'ün',
        'O',
        '%',
        '_',
        "'",
        '\\',
        '\n',
        '😀',
        'שלום',
        'δός',
        'ΔΌΣ',
        'İZ',
        'iz',
        '𐐨',
        'nowhere',
      ])
        for (const period of [null, { from: '2024-02-29', to: '2024-03-01' }]) {
          const filters = [{ dimension: 'Branch' as const, op: 'not-in' as const, values: ['%', null] }];
          const request = { dimension, search, period, filters, limit: 5 };
          expect(await usual.cluster.values(request, usual.chunks, signal), JSON.stringify(request)).toEqual(
            await usual.local.values(request, usual.chunks, signal),
          );
        }
  });

  test('what the data covers', async () => {
    for (const sides of [usual, huge])
      expect(await sides.cluster.extent(sides.chunks)).toEqual(await sides.local.extent(sides.chunks));
  });
});

describe('what a cluster may be like', () => {
  const question = engineQuery(
    parse({
      metrics: ALL_METRICS,
      dimensions: ['Branch'],
      compare: [...BOTH],
      totals: true,
      sort: [{ column: 'uniqueCustomers' }],
    }),
    [
      { from: '2024-02-01', to: '2025-02-28' },
      { from: '2024-01-01', to: '2024-12-31' },
      { from: '2023-02-01', to: '2024-02-29' },
    ],
  );
  /** The same cluster, seen through something that changes or refuses statements. */
  const through = (
    sql: (text: string, pass: (text: string) => ReturnType<DruidSql['sql']>) => ReturnType<DruidSql['sql']>,
  ) =>
    createDruidAnalyticsEngine({
      datasource: usual.datasource,
      druid: {
        sql: (text, parameters, context, asked) =>
          sql(text, (changed) => druid.broker.sql(changed, parameters, context, asked)),
      },
    });
  const refused = (code: string, kind: 'input' | 'limit') =>
    Promise.reject(new AppError(code, kind, { answer: 'refused by the test' }));

  test('no sketches there, sketches that do not fit, and one larger than the buffers: the counts are the same', async () => {
    const expected = await usual.local.query(question, usual.chunks, signal);
    let fell = 0;
    const without = through((text, pass) =>
      text.startsWith('EXPLAIN') ? refused('druid.query_refused', 'input') : pass(text),
    );
    const small = through((text, pass) => {
      if (!text.startsWith('SELECT') || !text.includes('"CardName", 512')) return pass(text);
      fell += 1;
      return refused('druid.query_limit', 'limit');
    });
    const sized = (size: number) =>
      through((text, pass) => pass(text.replaceAll(/("\w+"), 512\)/g, `$1, ${size})`)));
    // The first is too much for all groups together, the second for a single one.
    for (const engine of [without, small, sized(2 ** 20), sized(2 ** 23)])
      expect(await engine.query(question, usual.chunks, signal)).toEqual(expected);
    expect(fell).toBeGreaterThan(0);
  });

  test('columns that the datasource does not have are blank', async () => {
    const leftOut = ['totalCost', 'unitsReturned', 'ItemGroup', 'CardName'];
    const sides = await publish(regularSales, leftOut);
    for (const dimensions of [[], ['ItemGroup' as const], ['Branch' as const, 'ItemGroup' as const]])
      for (const filters of [
        [],
        [{ dimension: 'CardName' as const, op: 'in' as const, values: ['Customer 1'] }],
        [{ dimension: 'CardName' as const, op: 'not-in' as const, values: ['Customer 1'] }],
        [{ dimension: 'CardName' as const, op: 'contains' as const, text: 'c' }],
      ]) {
        const { input, actual, expected } = await answers(
          sides,
          parse({ metrics: ALL_METRICS, dimensions, filters, totals: true, compare: [...BOTH] }),
        );
        expect(actual, JSON.stringify(input)).toEqual(expected);
      }
    const request = { dimension: 'CardName' as const, search: '', period: null, filters: [], limit: 5 };
    expect(await sides.cluster.values(request, sides.chunks, signal)).toEqual(
      await sides.local.values(request, sides.chunks, signal),
    );
  });

  const withOneMore = (generation: number) =>
    usual.chunks.map((chunk) =>
      chunk.chunk === '2024-05' ? { ...chunk, generation, rows: chunk.rows + 1 } : chunk,
    );

  test('a month that is not listed does not count; one with other rows than published is refused', async () => {
    const some = usual.chunks.filter(({ chunk }) => chunk !== '2024-05');
    const expected = await usual.local.query(question, some, signal);
    expect(await usual.cluster.query(question, some, signal)).toEqual(expected);
    const there = usual.chunks.find(({ chunk }) => chunk === '2024-05')?.rows ?? 0;
    // That the rows of the first generation are known does not help: they are counted after every question.
    await usual.cluster.query(question, usual.chunks, signal);
    for (const generation of [1, 2])
      await expect(usual.cluster.query(question, withOneMore(generation), signal)).rejects.toMatchObject({
        code: 'druid.rows_differ',
        details: { month: '2024-05', expected: there + 1, found: there, months: 1 },
      });
    await expect(usual.cluster.extent(withOneMore(1))).rejects.toMatchObject({ code: 'druid.rows_differ' });
  });

  test('no data yet is empty; data that should be there and is not is an error', async () => {
    const nowhere = createDruidAnalyticsEngine({ druid: druid.broker, datasource: freshName('nowhere') });
    expect(await nowhere.query(question, [], signal)).toEqual(await usual.local.query(question, [], signal));
    expect(await nowhere.extent([])).toEqual(await usual.local.extent([]));
    await expect(nowhere.query(question, usual.chunks, signal)).rejects.toMatchObject({
      code: 'druid.datasource_missing',
    });
  });

  test('text of a person is a value, whatever it says', async () => {
    for (const text of [...NAMES.filter((name) => name !== ''), "' OR 1=1 --", '?', '$1', '"Branch"']) {
      for (const op of ['in', 'not-in'] as const) {
        const { input, actual, expected } = await answers(
          usual,
          parse({ metrics: ['rowCount'], filters: [{ dimension: 'Branch', op, values: [text] }] }),
        );
        expect(actual, JSON.stringify(input)).toEqual(expected);
      }
      {
        const { input, actual, expected } = await answers(
          usual,
          parse({ metrics: ['rowCount'], filters: [{ dimension: 'Branch', op: 'contains', text }] }),
        );
        expect(actual, JSON.stringify(input)).toEqual(expected);
      }
    }
  });

  test('a question that is given up ends', async () => {
    const giveUp = new AbortController();
    const answer = usual.cluster.query({ ...question, limit: 3 }, usual.chunks, giveUp.signal);
    giveUp.abort();
    await expect(answer).rejects.toMatchObject({ code: 'app.cancelled' });
  });
});
