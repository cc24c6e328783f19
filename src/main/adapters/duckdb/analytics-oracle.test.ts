import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareRows } from '#shared/domain/metrics/row-order';
import { querySchema, resultColumns, type Period, type Query, type QueryInput } from '#shared/domain/query';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import { evaluateQuery } from '../../services/analytics/evaluate-query.fixture.ts';
import {
  maybe,
  nameArbitrary,
  periodArbitrary,
  queryArbitrary,
  rowArbitrary,
} from '../../services/analytics/query-arbitraries.fixture.ts';
import { testRow, type TestRow } from './canonical-rows.fixture.ts';
import { openPublished, type Published } from './published.fixture.ts';

let published: Published;
const signal = new AbortController().signal;

beforeAll(async () => {
  published = await openPublished();
});
afterAll(() => published.close());
const publish = (rows: readonly TestRow[]) => published.write(rows);

const parse = (input: QueryInput): Query => querySchema.parse(input);
const ask = (query: Query, chunks: readonly PublishedChunk[], periods: readonly (Period | null)[]) =>
  published.engine.query(
    {
      ...query,
      grain: query.grain ?? null,
      period: periods[0] ?? null,
      comparisons: query.compare.map((comparison, index) => {
        const period = periods[index + 1];
        if (!period) throw new Error('a compared period is missing');
        return { comparison, period };
      }),
    },
    chunks,
    signal,
  );

const sortedCopy = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();

describe('against the oracle', () => {
  test(
    'every figure, group, total and coverage equals an independent computation',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(rowArbitrary, { maxLength: 40 }),
          fc.array(
            fc.tuple(
              queryArbitrary,
              fc.option(periodArbitrary, { nil: null }),
              periodArbitrary,
              periodArbitrary,
            ),
            { minLength: 6, maxLength: 6 },
          ),
          async (rows, questions) => {
            const chunks = await publish(rows.map(testRow));
            for (const [parts, period, first, second] of questions) {
              const { grain, ...rest } = parts;
              const query = parse({ ...rest, ...(grain && { grain }), limit: 100_000 });
              const current = query.compare.length > 0 && period === null ? first : period;
              const periods = [current, ...[second, first].slice(0, query.compare.length)];
              const expected = evaluateQuery(query, rows, periods);
              const actual = await ask(query, chunks, periods);
              expect(sortedCopy(actual.rows)).toEqual(sortedCopy(expected.rows));
              expect(actual.totals).toEqual(expected.totals);
              expect(actual.coverage).toEqual(Object.fromEntries(expected.coverage));
              expect(actual.rowCount).toBe(expected.rows.length);
            }
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  test(
    'sorted by any column with blanks last, equal rows by dimensions; a limit cuts that order',
    { timeout: 60_000 },
    async () => {
      const small = fc.record({
        time: fc.constantFrom('2024-02-29T23:59:59', '2024-03-01T00:00:00'),
        text: fc.record({ Branch: nameArbitrary, ItemName: maybe(nameArbitrary) }),
        amount: fc.record({
          grossRevenue: maybe(fc.bigInt(-30n, 30n)),
          totalCost: maybe(fc.bigInt(0n, 30n)),
          returnsValue: fc.constant(null),
        }),
        lineItemCount: fc.bigInt(0n, 2n),
      });
      const base = parse({
        metrics: ['totalRevenue', 'grossMargin', 'rowCount', 'averageTransaction'],
        dimensions: ['Branch', 'ItemName'],
        grain: 'month',
        compare: ['previous-period'],
      });
      const periods = [
        { from: '2024-03-01', to: '2024-03-31' },
        { from: '2024-02-01', to: '2024-02-29' },
      ];
      const columns = resultColumns(base);
      await fc.assert(
        fc.asyncProperty(
          fc.array(small, { minLength: 1, maxLength: 40 }),
          fc.array(
            fc.tuple(
              fc.nat(columns.length - 1),
              fc.constantFrom('asc' as const, 'desc' as const),
              fc.integer({ min: 1, max: 12 }),
            ),
            { minLength: 5, maxLength: 5 },
          ),
          async (rows, wishes) => {
            const chunks = await publish(rows.map(testRow));
            for (const [index, direction, limit] of wishes) {
              const query = { ...base, sort: [{ column: columns[index]?.name ?? '', direction }], limit };
              const keys = [
                { index, direction },
                ...[0, 1, 2].map((key) => ({ index: key, direction: 'asc' as const })),
              ];
              const all = evaluateQuery(query, rows, periods).rows.sort(compareRows(keys));
              const actual = await ask(query, chunks, periods);
              expect(actual.rows).toEqual(all.slice(0, limit));
              expect(actual.rowCount).toBe(all.length);
            }
          },
        ),
        { numRuns: 15 },
      );
    },
  );
});
