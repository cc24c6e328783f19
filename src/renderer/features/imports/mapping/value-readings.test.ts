import { describe, expect, it } from 'vitest';
import { readDate, readNumber } from './value-readings.ts';

const point = { decimal: '.', grouping: ',' } as const;

describe('readNumber', () => {
  it.each([
    ['1,234.50', point, '1234.5'],
    ['(1,234.50)', point, '-1234.5'],
    ['KES 1,234/=', point, '1234'],
    ['1.234', { decimal: '.', grouping: ',' } as const, '1.234'],
    ['1.234', { decimal: ',', grouping: '.' } as const, '1234'],
    ['', point, null],
    ['-', point, null],
  ])('%s %o → %s', (cell, style, text) => {
    expect(readNumber(cell, style)).toEqual({ text, fits: true });
  });

  it.each(['12,4OO', '#REF!', '1.23456'])('keeps %s as it stands', (cell) => {
    expect(readNumber(cell, point)).toEqual({ text: cell, fits: false });
  });
});

describe('readDate', () => {
  it.each([
    ['03/04/2024', 'day-first', '2024-04-03'],
    ['03/04/2024', 'month-first', '2024-03-04'],
    ['2024-04-03', 'iso', '2024-04-03'],
    ['03/04/2024 13:05', 'day-first', '2024-04-03 13:05'],
    ['45385', 'excel-1900', '2024-04-03'],
    ['', 'day-first', null],
  ] as const)('%s %s → %s', (cell, order, text) => {
    expect(readDate(cell, order)).toEqual({ text, fits: true });
  });

  it.each([
    ['31/09/2026', 'day-first'],
    ['13/24/2026', 'day-first'],
    ['yesterday', 'iso'],
  ] as const)('keeps %s as it stands when read as %s', (cell, order) => {
    expect(readDate(cell, order)).toEqual({ text: cell, fits: false });
  });
});
