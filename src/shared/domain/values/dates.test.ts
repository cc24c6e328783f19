import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DateOrder } from '../mapping.ts';
import { DateReader, detectDateOrder, formatWallClock, parseDateText } from './dates.ts';

const read = (text: string, order: DateOrder): string => {
  const parsed = parseDateText(text, order);
  return parsed.ok ? formatWallClock(parsed.micros) : parsed.reason;
};

describe('dates as people write them', () => {
  it.each<[string, DateOrder, string]>([
    ['2024-03-01', 'iso', '2024-03-01T00:00:00'],
    ['2024-03-01T10:15:30', 'iso', '2024-03-01T10:15:30'],
    ['2024-03-01 10:15:30.123456', 'iso', '2024-03-01T10:15:30.123456'],
    ['2024-03-01 10:15:30.1234560', 'iso', '2024-03-01T10:15:30.123456'],
    ['2024-02-29T22:30:00Z', 'iso', '2024-03-01T01:30:00'],
    ['2024-03-01T00:30:00+03:00', 'iso', '2024-03-01T00:30:00'],
    ['2024-03-01T00:30:00-0500', 'iso', '2024-03-01T08:30:00'],
    ['20240301', 'iso', '2024-03-01T00:00:00'],
    ['20240301T101530', 'iso', '2024-03-01T10:15:30'],
    ['01/03/2024', 'day-first', '2024-03-01T00:00:00'],
    ['1.3.2024', 'day-first', '2024-03-01T00:00:00'],
    ['1-3-24 9:05', 'day-first', '2024-03-01T09:05:00'],
    ['03/01/2024', 'month-first', '2024-03-01T00:00:00'],
    ['3/1/2024 12:05 AM', 'month-first', '2024-03-01T00:05:00'],
    ['3/1/2024 12:05:09 pm', 'month-first', '2024-03-01T12:05:09'],
    ['3/1/2024, 1:05 p.m.', 'month-first', '2024-03-01T13:05:00'],
    ['2024/3/1', 'year-first', '2024-03-01T00:00:00'],
    ['24.03.01', 'year-first', '2024-03-01T00:00:00'],
    ['31-Oct-2026', 'day-first', '2026-10-31T00:00:00'],
    ['31Oct2026', 'day-first', '2026-10-31T00:00:00'],
    ['31 Oktoba 2026', 'day-first', '2026-10-31T00:00:00'],
    ['Oct 31, 2026', 'month-first', '2026-10-31T00:00:00'],
    ['October 1st 2026', 'day-first', '2026-10-01T00:00:00'],
    ['2026-Des-09', 'day-first', '2026-12-09T00:00:00'],
    ['5-Mei-24', 'day-first', '2024-05-05T00:00:00'],
    ['Fri, 1 Mar 2024', 'day-first', '2024-03-01T00:00:00'],
    ['1/1/68', 'day-first', '2068-01-01T00:00:00'],
    ['1/1/69', 'day-first', '1969-01-01T00:00:00'],
    ['1', 'excel-1900', '1900-01-01T00:00:00'],
    ['59', 'excel-1900', '1900-02-28T00:00:00'],
    ['60', 'excel-1900', 'no-such-day'],
    ['61', 'excel-1900', '1900-03-01T00:00:00'],
    ['45352', 'excel-1900', '2024-03-01T00:00:00'],
    ['45352.5104166667', 'excel-1900', '2024-03-01T12:15:00'],
    ['0.5', 'excel-1900', 'no-such-day'],
    ['43890', 'excel-1904', '2024-03-01T00:00:00'],
    ['0', 'excel-1904', '1904-01-01T00:00:00'],
    ['2024-03-01', 'excel-1900', '2024-03-01T00:00:00'],
    ['', 'iso', 'blank'],
    ['-', 'iso', 'blank'],
    ['31/09/2024', 'day-first', 'no-such-day'],
    ['29/02/2023', 'day-first', 'no-such-day'],
    ['29/02/1900', 'day-first', 'no-such-day'],
    ['2024-02-30', 'iso', 'no-such-day'],
    ['Mon, 1 Mar 2024', 'day-first', 'no-such-day'],
    ['1899-12-31', 'iso', 'out-of-range'],
    ['9999-12-31', 'iso', 'out-of-range'],
    ['109575', 'excel-1900', 'out-of-range'],
  ])('reads %j as %s to %s', (text, order, expected) => {
    expect(read(text, order)).toBe(expected);
  });

  it.each<[string, DateOrder]>([
    ['2024-03-01T10:15:60', 'iso'],
    ['2024-03-01T24:00:00', 'iso'],
    ['2024-03-01T10:15:05xyz', 'iso'],
    ['2024-03-01x', 'iso'],
    ['2024-03-01T', 'iso'],
    ['2024-13-01', 'iso'],
    ['2024-00-10', 'iso'],
    ['2024-3-1', 'iso'],
    ['01/03/2024', 'iso'],
    ['24-01-02', 'iso'],
    ['2024-03-01 10:15:30.1234567', 'iso'],
    ['2024-03-01T10:15:00+15:00', 'iso'],
    ['12/31/2024', 'day-first'],
    ['31/12/2024', 'month-first'],
    ['1/2-2024', 'day-first'],
    ['1/2/024', 'day-first'],
    ['1/2/20245', 'day-first'],
    ['3/1/2024 13:05 PM', 'month-first'],
    ['3/1/2024 0:05 AM', 'month-first'],
    ['31-Foo-2026', 'day-first'],
    ['Oct 2026', 'day-first'],
    ['1/3', 'day-first'],
    ['45352', 'day-first'],
    ['-5', 'excel-1900'],
    ['1e5', 'excel-1900'],
    ['tomorrow', 'day-first'],
    ['٠١/٠٣/٢٠٢٤', 'day-first'],
    [`2024-03-01${' '.repeat(100_000)}x`, 'iso'],
  ])('refuses %j as %s', (text, order) => {
    expect(read(text, order)).toBe('not-a-date');
  });

  it('converts offsets by the zone of the business, once', () => {
    const winterOnly = (utc: number): number => (utc < Date.UTC(2024, 2, 31, 1) * 1000 ? 60 : 120);
    const parsed = parseDateText('2024-03-31T00:59:00Z', 'iso', winterOnly);
    const later = parseDateText('2024-03-31T01:00:00Z', 'iso', winterOnly);
    expect(parsed.ok && formatWallClock(parsed.micros)).toBe('2024-03-31T01:59:00');
    expect(later.ok && formatWallClock(later.micros)).toBe('2024-03-31T03:00:00');
  });
});

const FIRST = Date.UTC(1900, 0, 1);
const LAST = Date.UTC(2199, 11, 31, 23, 59, 59);
const seconds = fc.integer({ min: FIRST / 1000, max: LAST / 1000 });
const two = (value: number): string => String(value).padStart(2, '0');
const MONTHS = [
  'Jan',
  'Feb',
  'Machi',
  'April',
  'Mei',
  'Jun',
  'Julai',
  'Aug',
  'Septemba',
  'Oct',
  'Nov',
  'Des',
];

describe('properties', () => {
  it('reads back every day and second in every form, through bytes and text', () => {
    fc.assert(
      fc.property(seconds, (instant) => {
        const date = new Date(instant * 1000);
        const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        const time = date.toISOString().slice(11, 19);
        const hour = date.getUTCHours();
        const half = `${hour % 12 === 0 ? 12 : hour % 12}:${time.slice(3)} ${hour < 12 ? 'AM' : 'PM'}`;
        const forms: [string, DateOrder][] = [
          [`${y}-${two(m)}-${two(d)}T${time}`, 'iso'],
          [`${y}-${two(m)}-${two(d)} ${time}.000`, 'iso'],
          [`${two(d)}/${two(m)}/${y} ${time}`, 'day-first'],
          [`${d}.${m}.${y} ${time}`, 'day-first'],
          [`${two(m)}/${two(d)}/${y} ${time}`, 'month-first'],
          [`${m}/${d}/${y} ${half}`, 'month-first'],
          [`${y}/${m}/${d} ${time}`, 'year-first'],
          [`${d}-${MONTHS[m - 1]}-${y} ${time}`, 'day-first'],
          [`${MONTHS[m - 1]} ${d}, ${y} ${half}`, 'month-first'],
        ];
        for (const [text, order] of forms) {
          expect(parseDateText(text, order)).toEqual({ ok: true, micros: instant * 1e6, hasTime: true });
          const bytes = new TextEncoder().encode(`"${text}"`);
          const reader = new DateReader(order);
          expect(reader.read(bytes, 1, bytes.length - 1)).toBe(0);
          expect(reader.micros).toBe(instant * 1e6);
        }
        expect(formatWallClock(instant * 1e6)).toBe(date.toISOString().slice(0, 19));
      }),
      { numRuns: 300 },
    );
  });

  it('reads bytes as it reads text, and never a date that has no such day', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...'0123456789/-: T'.split('')),
      minLength: 8,
      maxLength: 19,
    });
    const shaped = fc
      .tuple(fc.nat(99), fc.nat(99), fc.integer({ min: 1890, max: 2210 }), fc.constantFrom('/', '-', '.'))
      .map(([a, b, y, s]) => `${two(a)}${s}${two(b)}${s}${y}`);
    const orders = fc.constantFrom<DateOrder>('iso', 'day-first', 'month-first', 'year-first', 'excel-1900');
    fc.assert(
      fc.property(fc.oneof(noise, shaped), orders, (text, order) => {
        const bytes = new TextEncoder().encode(text);
        const reader = new DateReader(order);
        const status = reader.read(bytes, 0, bytes.length);
        const parsed = parseDateText(text, order);
        expect(status === 0).toBe(parsed.ok);
        if (!parsed.ok) return;
        expect(reader.micros).toBe(parsed.micros);
        const match = /^(\d\d)[-/.](\d\d)[-/.](\d{4})$/.exec(text);
        if (match === null || (order !== 'day-first' && order !== 'month-first')) return;
        const [day, month] = order === 'day-first' ? [match[1], match[2]] : [match[2], match[1]];
        expect(formatWallClock(parsed.micros)).toBe(`${match[3]}-${month}-${day}T00:00:00`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a column', () => {
  it.each<[string[], DateOrder | null, boolean]>([
    [['2024-03-01', '2024-03-02'], 'iso', false],
    [['2024-03-01', '31-Oct-2026'], 'day-first', false],
    [['03/04/2024', '31/04/2024', '13/04/2024'], 'day-first', false],
    [['03/04/2024', '04/13/2024'], 'month-first', false],
    [['03/04/2024', '05/06/2024'], 'day-first', true],
    [['03/03/2024', '05/05/2024'], 'day-first', false],
    [['2024/03/04'], 'day-first', false],
    [['25/10/24', '31/12/24', '13/01/24', '14/02/24', '20/05/24'], 'day-first', false],
    [['24/10/25', '24/12/31', '24/01/13', '24/02/14', '24/05/20'], 'year-first', false],
    [['25/10/24'], 'day-first', true],
    [['45352', '45353.5'], 'excel-1900', true],
    [['12', '15'], null, false],
    [['abc', ''], null, false],
  ])('finds the order of %j', (samples, order, ambiguous) => {
    expect(detectDateOrder(samples)).toMatchObject({ order, ambiguous });
  });

  it('says which sample decided and lets other columns decide', () => {
    expect(detectDateOrder(['03/04/2024', '13/04/2024']).evidence).toBe('13/04/2024');
    expect(detectDateOrder(['03/04/2024'], 'month-first')).toMatchObject({
      order: 'month-first',
      ambiguous: false,
    });
  });
});
