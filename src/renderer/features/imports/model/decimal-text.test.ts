import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, formatDecimal, fromUnits, subtract, toUnits } from './decimal-text.ts';

describe('decimal text', () => {
  it('goes to ten-thousandths and back without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (units) => {
        expect(toUnits(fromUnits(units))).toBe(units);
      }),
    );
  });

  it('adds and subtracts exactly where floating point would not', () => {
    expect(subtract('102510101.91', '102055155.71')).toBe('454946.2');
    expect(add('9007199254740993.0001', '0.0001')).toBe('9007199254740993.0002');
    expect(add('0.1', '0.2')).toBe('0.3');
  });

  it('keeps the unknown unknown', () => {
    expect(add(null, '1')).toBeNull();
    expect(subtract('1', null)).toBeNull();
    expect(formatDecimal(null)).toBe('–');
    expect(toUnits('1e3')).toBeNull();
  });

  it.each([
    ['102510101.91', { places: 2 }, '102,510,101.91'],
    ['-1234.5', { places: 2 }, '−1,234.50'],
    ['-0.5', {}, '−0.5'],
    ['1000', { signed: true }, '+1,000'],
    ['0', { signed: true }, '0'],
    ['12.3456', { places: 2 }, '12.3456'],
    ['999', {}, '999'],
  ])('%s %o → %s', (text, options, shown) => {
    expect(formatDecimal(text, options)).toBe(shown);
  });
});
