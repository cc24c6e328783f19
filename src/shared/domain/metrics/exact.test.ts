import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparisonFigures } from './evaluate.ts';
import { decimalText, divideRational, rational, rationalOfNumber, rationalToNumber } from './exact.ts';

const big = fc.bigInt(-(10n ** 30n), 10n ** 30n);
const positive = fc.bigInt(1n, 10n ** 30n);

/** What a double holds, to the last bit. */
function binaryValue(double: number) {
  let [mantissa, denominator] = [double, 1n];
  while (!Number.isInteger(mantissa)) [mantissa, denominator] = [mantissa * 2, denominator * 2n];
  return rational(BigInt(mantissa), denominator);
}

describe('nearest double', () => {
  test('of known values', () => {
    expect(rationalToNumber(rational(1n, 3n))).toBe(1 / 3);
    expect(rationalToNumber(rational(-999999999999999999n, 10_000n))).toBe(-(10 ** 14));
    // Halfway between two doubles: to the even one, above it to the next.
    expect(rationalToNumber(rational(2n ** 53n + 1n))).toBe(2 ** 53);
    expect(rationalToNumber(rational((2n ** 53n + 1n) * 10n ** 20n + 1n, 10n ** 20n))).toBe(2 ** 53 + 2);
    expect(rationalToNumber(rational(0n, 7n))).toBe(0);
  });
  test('is never further away than its neighbours (property)', () => {
    fc.assert(
      fc.property(big, positive, (numerator, denominator) => {
        const value = rationalToNumber({ numerator, denominator });
        const distance = (candidate: number) => {
          const exact = binaryValue(candidate);
          const difference = exact.numerator * denominator - numerator * exact.denominator;
          return rational(difference < 0n ? -difference : difference, exact.denominator);
        };
        const step = Math.max(Math.abs(value) * 2 ** -52, Number.MIN_VALUE);
        for (const other of [value - step, value + step]) {
          const [own, its] = [distance(value), distance(other)];
          expect(own.numerator * its.denominator <= its.numerator * own.denominator).toBe(true);
        }
      }),
    );
  });
});

test('numbers are taken as people read them', () => {
  expect(rationalOfNumber(0.02)).toEqual({ numerator: 2n, denominator: 100n });
  expect(rationalOfNumber(-1.5e-7)).toEqual({ numerator: -15n, denominator: 10n ** 8n });
  expect(rationalOfNumber(1e21)).toEqual({ numerator: 10n ** 21n, denominator: 1n });
  expect(() => rationalOfNumber(NaN)).toThrow(RangeError);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), (value) => {
      expect(rationalToNumber(rationalOfNumber(value)) === value || Math.abs(value) <= 1e-290).toBe(true);
    }),
  );
});

test('division by 0 is blank, the sign stays with the numerator', () => {
  expect(divideRational(rational(1n), rational(0n, 5n))).toBeNull();
  expect(divideRational(rational(1n), rational(-2n))).toEqual({ numerator: -1n, denominator: 2n });
});

test('decimal text is the shortest exact one', () => {
  expect([0n, 1n, -1n, 10_000n, -25_000n, 123_456n, -5n * 10n ** 20n].map(decimalText)).toEqual([
    '0',
    '0.0001',
    '-0.0001',
    '1',
    '-2.5',
    '12.3456',
    '-50000000000000000',
  ]);
});

test('changes: blank without a previous value, per cent of its size when it is negative', () => {
  expect(comparisonFigures(rational(3n), rational(2n))).toEqual([2, 1, 50]);
  expect(comparisonFigures(rational(-150n), rational(-100n))).toEqual([-100, -50, -50]);
  expect(comparisonFigures(rational(50n), rational(-100n))).toEqual([-100, 150, 150]);
  expect(comparisonFigures(rational(5n), rational(0n))).toEqual([0, 5, null]);
  expect(comparisonFigures(rational(5n), null)).toEqual([null, null, null]);
  expect(comparisonFigures(null, rational(5n))).toEqual([5, null, null]);
});
