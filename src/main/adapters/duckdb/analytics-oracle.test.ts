import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decimalText } from '#shared/domain/metrics/exact';
import { compareRows } from '#shared/domain/metrics/row-order';
import { dayNumber, dayOf } from '#shared/domain/periods';
import {
  GRAINS,
  querySchema,
  resultColumns,
  type Period,
  type Query,
  type QueryInput,
} from '#shared/domain/query';
import { DIMENSIONS, LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import type { PublishedChunk } from '../../services/publishing/ports.ts';
import {
  evaluateQuery,
  ORACLE_METRICS,
  type OracleRow,
} from '../../services/analytics/evaluate-query.fixture.ts';
import type { TestRow } from './canonical-rows.fixture.ts';
import { openPublished, type Published } from './published.fixture.ts';

let published: Published;
const signal = new AbortController().signal;

beforeAll(async () => {
  published = await openPublished();
});
afterAll(() => published.close());
const publish = (rows: readonly TestRow[]) => published.write(rows);

const testRow = (row: OracleRow): TestRow => ({
  time: row.time,
  Branch: row.text['Branch'] ?? null,
  ...Object.fromEntries(DIMENSIONS.map((name) => [name, row.text[name] ?? null])),
  ...Object.fromEntries(LEDGER_COLUMNS.map((name) => [name, decimalOrNull(row.amount[name])])),
  lineItemCount: Number(row.lineItemCount),
});
const decimalOrNull = (e4: bigint | null | undefined) =>
  e4 === null || e4 === undefined ? null : decimalText(e4);

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

const NAMES = [
  'Thika',
  'thika',
  '__proto__',
  'constructor',
  "O'Brien",
  'a\nb',
  '"quoted"',
  '%',
  '_',
  'Ünïcode ✓',
  '😀',
  '\uFFFD',
  '',
];
const DAYS = [
  '1999-11-30',
  '2000-12-31',
  '2023-12-31',
  '2024-01-01',
  '2024-02-28',
  '2024-02-29',
  '2024-03-01',
  '2024-03-31',
  '2024-04-01',
  '2025-02-28',
  '2025-03-01',
];
const TIMES = ['00:00:00', '23:59:59', '12:34:56'];

const amount = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt(-50_000n, 5_000_000n) },
  { weight: 1, arbitrary: fc.bigInt(-(10n ** 17n), 10n ** 17n) },
  { weight: 1, arbitrary: fc.constant(0n) },
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });
const name = fc.constantFrom(...NAMES);
const rowArbitrary: fc.Arbitrary<OracleRow> = fc.record({
  time: fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom(...TIMES)).map((parts) => parts.join('T')),
  text: fc.record({
    Branch: name,
    ProductLine: maybe(name),
    ItemGroup: maybe(name),
    ItemName: maybe(name),
    SalesPerson: maybe(name),
    AcctName: fc.constant(null),
    CardName: maybe(name),
  }),
  amount: fc.record({
    grossRevenue: amount,
    returnsValue: maybe(amount),
    totalCost: maybe(amount),
    unitsSold: maybe(amount),
    unitsReturned: fc.oneof(fc.constant(null), amount),
  }),
  lineItemCount: fc.bigInt(0n, 3n),
});

const dayArbitrary = fc.oneof(
  fc.constantFrom(...DAYS),
  fc.integer({ min: dayNumber('2023-11-01') ?? 0, max: dayNumber('2025-04-01') ?? 0 }).map(dayOf),
);
const periodArbitrary = fc
  .tuple(dayArbitrary, dayArbitrary)
  .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
const filterArbitrary = fc.oneof(
  fc.record({
    dimension: fc.constantFrom(...DIMENSIONS),
    op: fc.constantFrom('in' as const, 'not-in' as const),
    values: fc.oneof(
      fc.array(maybe(name), { minLength: 1, maxLength: 4 }),
      fc
        .array(maybe(name), { minLength: 1, maxLength: 4 })
        .map((values) => [...values, ...Array.from({ length: 60 }, (_, i) => `filler ${i}`)]),
    ),
  }),
  fc.record({
    dimension: fc.constantFrom(...DIMENSIONS),
    op: fc.constant('contains' as const),
    text: fc.constantFrom('THIKA', '%', '_', "'", 'ün', 'o', '\n', '😀', '\\'),
  }),
);
const queryArbitrary = fc.record({
  metrics: fc.array(fc.constantFrom(...ORACLE_METRICS), { minLength: 1, maxLength: 8 }),
  dimensions: fc.subarray([...DIMENSIONS], { maxLength: 3 }),
  grain: fc.option(fc.constantFrom(...GRAINS), { nil: undefined }),
  filters: fc.array(filterArbitrary, { maxLength: 2 }),
  compare: fc.subarray(['previous-period', 'same-period-last-year'] as const),
  totals: fc.constant(true),
});

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
        text: fc.record({ Branch: name, ItemName: maybe(name) }),
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
