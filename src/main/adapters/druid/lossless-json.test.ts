import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLossless } from './lossless-json.ts';

it('any whole number keeps its digits, in any place', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (numbers) => {
      const parsed = parseLossless(`{"a":[${numbers.join(',')}]}`);
      const expected = numbers.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
      expect(parsed).toEqual({ a: expected });
    }),
  );
});

it('everything else is as JSON.parse has it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseLossless(text)).toEqual(JSON.parse(text));
    }),
  );
  expect(parseLossless('[1e20, 0.5, "12345678901234567890", 12345678901234567890]')).toEqual([
    1e20,
    0.5,
    '12345678901234567890',
    12_345_678_901_234_567_890n,
  ]);
});
