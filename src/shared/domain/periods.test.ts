import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  bucketAt,
  bucketIndex,
  bucketLabel,
  bucketsOf,
  bucketStart,
  clipPeriod,
  comparedPeriod,
  coversMonth,
  dayCount,
  dayNumber,
  dayOf,
  isPossiblePeriod,
  monthEnd,
  periodLabel,
  previousPeriod,
  resolvePreset,
  samePeriodLastYear,
} from './periods.ts';
import { GRAINS } from './query.ts';

const period = (from: string, to: string) => ({ from, to });
const anyDay = fc
  .integer({ min: dayNumber('1900-01-01') ?? 0, max: dayNumber('2200-12-31') ?? 0 })
  .map(dayOf);

describe('days', () => {
  test('only days that exist have a number', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    expect(dayNumber('2024-02-29')).toBe(19_782);
    for (const day of [
      '2025-02-29',
      '2025-02-30',
      '2025-04-31',
      '1900-02-29',
      '2025-13-01',
      '2025-00-10',
      '25-01-01',
      '2025-1-1',
      '',
    ])
      expect([day, dayNumber(day)]).toEqual([day, null]);
    expect(dayOf(dayNumber('0000-01-01') ?? NaN)).toBe('0000-01-01');
    expect(addDays('9999-12-31', 1)).toBe('9999-12-31');
  });
  test('a period needs days that exist, in order', () => {
    expect(isPossiblePeriod(period('2024-02-29', '2024-02-29'))).toBe(true);
    expect(isPossiblePeriod(period('2024-03-02', '2024-03-01'))).toBe(false);
    expect(isPossiblePeriod(period('2025-02-01', '2025-02-30'))).toBe(false);
  });
  test('months keep the day or end with the month', () => {
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2025-01-31', 1)).toBe('2025-02-28');
    expect(addMonths('2024-03-31', -13)).toBe('2023-02-28');
    expect(addMonths('2024-12-15', 1)).toBe('2025-01-15');
    expect(monthEnd('2024-02-10')).toBe('2024-02-29');
  });
});

describe('compared periods', () => {
  test('whole months shift by months', () => {
    expect(previousPeriod(period('2024-03-01', '2024-03-31'))).toEqual(period('2024-02-01', '2024-02-29'));
    expect(previousPeriod(period('2024-02-01', '2024-02-29'))).toEqual(period('2024-01-01', '2024-01-31'));
    expect(previousPeriod(period('2024-01-01', '2024-03-31'))).toEqual(period('2023-10-01', '2023-12-31'));
    expect(previousPeriod(period('2024-01-01', '2024-12-31'))).toEqual(period('2023-01-01', '2023-12-31'));
  });
  test('other periods are as many days just before', () => {
    expect(previousPeriod(period('2024-03-10', '2024-03-20'))).toEqual(period('2024-02-28', '2024-03-09'));
    expect(previousPeriod(period('2024-03-01', '2024-03-01'))).toEqual(period('2024-02-29', '2024-02-29'));
  });
  test('last year: 29 February becomes the 28th, whole months stay whole', () => {
    expect(samePeriodLastYear(period('2024-02-29', '2024-03-05'))).toEqual(
      period('2023-02-28', '2023-03-05'),
    );
    expect(samePeriodLastYear(period('2024-02-01', '2024-02-29'))).toEqual(
      period('2023-02-01', '2023-02-28'),
    );
    expect(samePeriodLastYear(period('2025-02-01', '2025-02-28'))).toEqual(
      period('2024-02-01', '2024-02-29'),
    );
    expect(samePeriodLastYear(period('2025-02-10', '2025-02-28'))).toEqual(
      period('2024-02-10', '2024-02-28'),
    );
  });
  test('both are cut at the newest day with data', () => {
    const cut = (full: { from: string; to: string }, newest: string) => {
      const clipped = clipPeriod(full, newest);
      return [
        clipped.to,
        comparedPeriod('previous-period', full, clipped),
        comparedPeriod('same-period-last-year', full, clipped),
      ];
    };
    expect(cut(period('2025-03-01', '2025-03-31'), '2025-03-15')).toEqual([
      '2025-03-15',
      period('2025-02-01', '2025-02-15'),
      period('2024-03-01', '2024-03-15'),
    ]);
    expect(cut(period('2025-03-01', '2025-03-31'), '2025-03-30')).toEqual([
      '2025-03-30',
      period('2025-02-01', '2025-02-28'),
      period('2024-03-01', '2024-03-30'),
    ]);
    expect(cut(period('2025-01-01', '2025-12-31'), '2025-03-10')).toEqual([
      '2025-03-10',
      period('2024-01-01', '2024-03-10'),
      period('2024-01-01', '2024-03-10'),
    ]);
    expect(cut(period('2025-01-01', '2025-03-31'), '2025-02-28')).toEqual([
      '2025-02-28',
      period('2024-10-01', '2024-11-30'),
      period('2024-01-01', '2024-02-29'),
    ]);
    expect(cut(period('2025-03-10', '2025-03-20'), '2025-03-12')).toEqual([
      '2025-03-12',
      period('2025-02-27', '2025-03-01'),
      period('2024-03-10', '2024-03-12'),
    ]);
  });
  test('a newest day outside the period cuts nothing', () => {
    const march = period('2025-03-01', '2025-03-31');
    for (const newest of ['2025-03-31', '2025-05-01', '2025-02-28', null])
      expect(clipPeriod(march, newest)).toEqual(march);
  });
  test('previous periods of any length end before the period and have no gap (property)', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(900), (from, length) => {
        const current = period(from, addDays(from, length));
        const previous = previousPeriod(current);
        expect(addDays(previous.to, 1)).toBe(current.from);
        expect(isPossiblePeriod(previous)).toBe(true);
      }),
    );
  });
});

describe('buckets', () => {
  test('first days and labels', () => {
    expect(GRAINS.map((grain) => bucketStart('2024-05-19', grain))).toEqual([
      '2024-05-19',
      '2024-05-13',
      '2024-05-01',
      '2024-04-01',
      '2024-01-01',
    ]);
    expect(GRAINS.map((grain) => bucketLabel('2024-05-13', grain))).toEqual([
      '13 May 2024',
      'Week of 13 May 2024',
      'May 2024',
      'Q2 2024',
      '2024',
    ]);
    expect(bucketsOf(period('2023-11-15', '2024-02-01'), 'month')).toEqual([
      '2023-11-01',
      '2023-12-01',
      '2024-01-01',
      '2024-02-01',
    ]);
    expect(bucketsOf(period('9999-12-30', '9999-12-31'), 'day')).toEqual(['9999-12-30', '9999-12-31']);
  });
  test('each day lies in exactly the bucket that its start says (property)', () => {
    fc.assert(
      fc.property(anyDay, fc.constantFrom(...GRAINS), fc.nat(40), (day, grain, index) => {
        const start = bucketStart(day, grain);
        expect(start <= day && day < bucketAt(day, grain, 1)).toBe(true);
        expect(bucketAt(start, grain, 0)).toBe(start);
        const later = bucketAt(day, grain, index);
        expect(bucketIndex(day, grain, later)).toBe(index);
        expect(bucketStart(later, grain)).toBe(later);
        expect(bucketAt(later, grain, -index)).toBe(start);
        expect(new Date(`${bucketStart(day, 'week')}T00:00:00Z`).getUTCDay()).toBe(1);
      }),
    );
  });
  test('months that a period covers', () => {
    expect(coversMonth(period('2024-02-01', '2024-02-29'), '2024-02')).toBe(true);
    expect(coversMonth(period('2024-02-01', '2024-02-28'), '2024-02')).toBe(false);
    expect(dayCount(period('2024-02-01', '2024-03-01'))).toBe(30);
  });
});

test('labels of periods', () => {
  expect(periodLabel(period('2024-01-01', '2024-12-31'))).toBe('2024');
  expect(periodLabel(period('2023-01-01', '2024-12-31'))).toBe('2023 – 2024');
  expect(periodLabel(period('2024-03-01', '2024-03-31'))).toBe('Mar 2024');
  expect(periodLabel(period('2024-01-01', '2024-03-31'))).toBe('Jan – Mar 2024');
  expect(periodLabel(period('2023-11-01', '2024-01-31'))).toBe('Nov 2023 – Jan 2024');
  expect(periodLabel(period('2024-03-01', '2024-03-15'))).toBe('1 – 15 Mar 2024');
  expect(periodLabel(period('2024-03-01', '2024-03-01'))).toBe('1 Mar 2024');
  expect(periodLabel(period('2024-02-20', '2024-03-15'))).toBe('20 Feb – 15 Mar 2024');
  expect(periodLabel(period('2023-12-20', '2024-01-05'))).toBe('20 Dec 2023 – 5 Jan 2024');
});

test('presets against the newest day with data', () => {
  expect(resolvePreset('month-to-date', '2025-03-15')).toEqual(period('2025-03-01', '2025-03-31'));
  expect(resolvePreset('last-month', '2025-03-15')).toEqual(period('2025-02-01', '2025-02-28'));
  expect(resolvePreset('quarter-to-date', '2025-03-15')).toEqual(period('2025-01-01', '2025-03-31'));
  expect(resolvePreset('last-12-months', '2025-03-15')).toEqual(period('2024-04-01', '2025-03-31'));
  expect(resolvePreset('year-to-date', '2025-03-15')).toEqual(period('2025-01-01', '2025-12-31'));
  expect(resolvePreset('all-data', '2025-03-15')).toBeNull();
  expect(resolvePreset('last-month', null)).toBeNull();
});
