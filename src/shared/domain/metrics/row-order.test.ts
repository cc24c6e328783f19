import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCodePoints, compareRows } from './row-order.ts';

test('text in the order of its UTF-8 bytes (property)', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\uFFFD', '\uE000', '😀', '\u{10FFFF}', '\uD7FF'),
    maxLength: 5,
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('blanks last in either direction, then the next key', () => {
  const rows = [
    [null, 'b'],
    [1, 'b'],
    [2, null],
    [1, 'a'],
    [2, 'a'],
  ];
  const by = (direction: 'asc' | 'desc') =>
    [...rows].sort(
      compareRows([
        { index: 0, direction },
        { index: 1, direction: 'asc' },
      ]),
    );
  expect(by('asc')).toEqual([
    [1, 'a'],
    [1, 'b'],
    [2, 'a'],
    [2, null],
    [null, 'b'],
  ]);
  expect(by('desc')).toEqual([
    [2, 'a'],
    [2, null],
    [1, 'a'],
    [1, 'b'],
    [null, 'b'],
  ]);
});
