/**
 * Exact arithmetic for figures: sums come as integers, everything after them is a fraction of integers, and only the
 * last step gives a double, the nearest one to the exact value.
 */

/** A fraction in no particular reduction; `denominator` is above 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Money and quantities are integers of 1/10,000. */
export const E4 = 10_000n;

export const rational = (numerator: bigint, denominator = 1n): Rational =>
  denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator };

export const addRational = (a: Rational, b: Rational): Rational =>
  a.denominator === b.denominator
    ? { numerator: a.numerator + b.numerator, denominator: a.denominator }
    : {
        numerator: a.numerator * b.denominator + b.numerator * a.denominator,
        denominator: a.denominator * b.denominator,
      };

export const negateRational = (a: Rational): Rational => ({
  numerator: -a.numerator,
  denominator: a.denominator,
});

export const multiplyRational = (a: Rational, b: Rational): Rational => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});

/** Null when `b` is 0. */
export function divideRational(a: Rational, b: Rational): Rational | null {
  if (b.numerator === 0n) return null;
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** The exact value of the number as people read it: 0.02 is 2/100, not the nearest binary fraction. */
export function rationalOfNumber(value: number): Rational {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (!match) throw new RangeError(`not a finite number: ${value}`);
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const exponent = Number(exponentText) - fraction.length;
  return exponent >= 0
    ? rational(digits * 10n ** BigInt(exponent))
    : rational(digits, 10n ** BigInt(-exponent));
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** The double nearest to the exact value, ties to even. */
export function rationalToNumber({ numerator, denominator }: Rational): number {
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  if (magnitude <= MAX_SAFE && denominator <= MAX_SAFE) return Number(numerator) / Number(denominator);
  // At least 64 bits of quotient and one sticky bit, so that the one rounding is that of Number().
  const shift = Math.max(0, 65 + bitLength(denominator) - bitLength(magnitude));
  const scaled = magnitude << BigInt(shift);
  const quotient = scaled / denominator;
  const sticky = quotient * denominator === scaled ? 0n : 1n;
  const value = Number((quotient << 1n) | sticky) / 2 ** (shift + 1);
  return numerator < 0n ? -value : value;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Shortest exact decimal text of an integer of 1/10,000: 123456n is "12.3456", 10000n is "1". */
export function decimalText(e4: bigint): string {
  const magnitude = e4 < 0n ? -e4 : e4;
  const fraction = String(magnitude % E4)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${e4 < 0n ? '-' : ''}${magnitude / E4}${fraction && `.${fraction}`}`;
}
