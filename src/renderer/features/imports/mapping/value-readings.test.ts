import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDate, readNumber } from './value-readings.ts';

const point = { decimal: '.', grouping: ',' } as const;
const comma = { decimal: ',', grouping: '.' } as const;

describe('readNumber', () => {
  it.each([
    ['1,234.50', point, '1234.5'],
    ['1.234,50', comma, '1234.5'],
    ['(1,234.50)', point, '-1234.5'],
    ['KES 1,234/=', point, '1234'],
    ['-12', point, '-12'],
    ['12-', point, '-12'],
    ['−12', point, '-12'],
    ['1 234', { decimal: '.', grouping: ' ' } as const, '1234'],
    ['1\u00a0234,5', { decimal: ',', grouping: ' ' } as const, '1234.5'],
    ["1'234.5", { decimal: '.', grouping: "'" } as const, '1234.5'],
    ['.5', point, '0.5'],
    ['007', point, '7'],
    ['-0', point, '0'],
    ['', point, null],
    ['-', point, null],
  ])('%s → %s', (cell, style, text) => {
    expect(readNumber(cell, style)).toEqual({ text, fits: true });
  });

  it.each(['12,4OO', '#REF!', '1,23', '1.2.3', 'KES', '1.23456'])('does not read %s', (cell) => {
    expect(readNumber(cell, point)).toEqual({ text: cell, fits: false });
  });

  it('the same text has two readings under two styles', () => {
    expect(readNumber('1.234', { decimal: '.', grouping: ',' }).text).toBe('1.234');
    expect(readNumber('1.234', { decimal: ',', grouping: '.' }).text).toBe('1234');
  });

  it('reads back what it wrote, in any style', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 99 }),
        fc.constantFrom(point, comma),
        (whole, cents, style) => {
          const grouped = String(Math.abs(whole)).replace(/\B(?=(\d{3})+$)/g, style.grouping);
          const cell = `${whole < 0 ? '-' : ''}${grouped}${style.decimal}${String(cents).padStart(2, '0')}`;
          const places = String(cents).padStart(2, '0').replace(/0+$/, '');
          const value = `${Math.abs(whole)}${places === '' ? '' : `.${places}`}`;
          expect(readNumber(cell, style).text).toBe(`${whole < 0 && value !== '0' ? '-' : ''}${value}`);
        },
      ),
    );
  });
});

describe('readDate', () => {
  it.each([
    ['03/04/2024', 'day-first', '2024-04-03'],
    ['03/04/2024', 'month-first', '2024-03-04'],
    ['2024-04-03', 'iso', '2024-04-03'],
    ['2024-04-03T09:14:00Z', 'iso', '2024-04-03 09:14'],
    ['3.4.24', 'day-first', '2024-04-03'],
    ['3 Apr 2024', 'day-first', '2024-04-03'],
    ['April 3, 2024', 'month-first', '2024-04-03'],
    ['20240403', 'iso', '2024-04-03'],
    ['03/04/2024 1:05 pm', 'day-first', '2024-04-03 13:05'],
    ['29/02/2024', 'day-first', '2024-02-29'],
    ['45385', 'excel-1900', '2024-04-03'],
    ['45385.5', 'excel-1900', '2024-04-03 12:00'],
    ['1', 'excel-1900', '1900-01-01'],
    ['43923', 'excel-1904', '2024-04-03'],
    ['', 'day-first', null],
  ] as const)('%s %s → %s', (cell, order, text) => {
    expect(readDate(cell, order)).toEqual({ text, fits: true });
  });

  it.each([
    ['31/09/2026', 'day-first'],
    ['24/13/2026', 'day-first'],
    ['13/24/2026', 'day-first'],
    ['29/02/2023', 'day-first'],
    ['00/10/2026', 'day-first'],
    ['60', 'excel-1900'],
    ['yesterday', 'iso'],
    ['03/04/2024 25:00', 'day-first'],
  ] as const)('does not read %s as %s', (cell, order) => {
    expect(readDate(cell, order)).toEqual({ text: cell, fits: false });
  });
});
