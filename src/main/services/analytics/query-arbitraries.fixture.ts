import fc from 'fast-check';
import { dayNumber, dayOf } from '#shared/domain/periods';
import { GRAINS } from '#shared/domain/query';
import { DIMENSIONS } from '#shared/domain/sales-schema';
import { ORACLE_METRICS, type OracleRow } from './evaluate-query.fixture.ts';

/** Names that have gone wrong somewhere: case, quotes, lines, wildcards, letters outside the usual planes. */
export const NAMES = [
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
  'u\u0308n combining',
  'שלום עולם',
  'ΟΔΌΣ İzmir 𐐀',
  'back\\slash',
  'a\r\nb\t',
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
const TIMES = ['00:00:00', '23:59:59.999', '12:34:56'];

/** Amounts in 1/10,000: mostly small, none above `largest`. */
export const amountUpTo = (largest: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.bigInt(-50_000n, 5_000_000n) },
    { weight: 1, arbitrary: fc.bigInt(-largest, largest) },
    { weight: 1, arbitrary: fc.constant(0n) },
  );
export const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });
export const nameArbitrary = fc.constantFrom(...NAMES);
export const rowOf = (amount: fc.Arbitrary<bigint>): fc.Arbitrary<OracleRow> =>
  fc.record({
    time: fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom(...TIMES)).map((parts) => parts.join('T')),
    text: fc.record({
      Branch: nameArbitrary,
      ProductLine: maybe(nameArbitrary),
      ItemGroup: maybe(nameArbitrary),
      ItemName: maybe(nameArbitrary),
      SalesPerson: maybe(nameArbitrary),
      AcctName: fc.constant(null),
      CardName: maybe(nameArbitrary),
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
export const rowArbitrary = rowOf(amountUpTo(10n ** 17n));

const dayArbitrary = fc.oneof(
  fc.constantFrom(...DAYS),
  fc.integer({ min: dayNumber('2023-11-01') ?? 0, max: dayNumber('2025-04-01') ?? 0 }).map(dayOf),
);
export const periodArbitrary = fc
  .tuple(dayArbitrary, dayArbitrary)
  .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
const filterArbitrary = fc.oneof(
  fc.record({
    dimension: fc.constantFrom(...DIMENSIONS),
    op: fc.constantFrom('in' as const, 'not-in' as const),
    values: fc.oneof(
      fc.array(maybe(nameArbitrary), { minLength: 1, maxLength: 4 }),
      // Long enough that engines compare the list in another way.
      fc
        .tuple(fc.array(maybe(nameArbitrary), { minLength: 1, maxLength: 4 }), fc.constantFrom(60, 300))
        .map(([values, length]) => [...values, ...Array.from({ length }, (_, i) => `filler ${i}`)]),
    ),
  }),
  fc.record({
    dimension: fc.constantFrom(...DIMENSIONS),
    op: fc.constant('contains' as const),
    text: fc.constantFrom('THIKA', '%', '_', "'", 'ün', 'o', '\n', '😀', '\\'),
  }),
);
export const queryArbitrary = fc.record({
  metrics: fc.array(fc.constantFrom(...ORACLE_METRICS), { minLength: 1, maxLength: 8 }),
  dimensions: fc.subarray([...DIMENSIONS], { maxLength: 3 }),
  grain: fc.option(fc.constantFrom(...GRAINS), { nil: undefined }),
  filters: fc.array(filterArbitrary, { maxLength: 2 }),
  compare: fc.subarray(['previous-period', 'same-period-last-year'] as const),
  totals: fc.constant(true),
});
