import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnScale,
  formatBytes,
  formatCount,
  formatDay,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPeriod,
  formatPoints,
  formatScaled,
  formatSigned,
  plural,
  scaledUnit,
} from './format.ts';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('money and counts', () => {
  it.each([
    [6_240_400_000, 'KES 6.24 bn'],
    [-119_500_000, 'KES −119.5 M'],
    [1_670_000, 'KES 1.67 M'],
    [9_996_000, 'KES 10.0 M'],
    [999_960_000, 'KES 1.00 bn'],
    [999_940_000, 'KES 999.9 M'],
    [999_999, 'KES 999,999'],
    [3_801.4, 'KES 3,801'],
    [-0.2, 'KES 0'],
    [0, 'KES 0'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s is %s', (value, text) => {
    expect(spaced(formatMoney(value, 'KES'))).toBe(text);
  });

  it('keeps the cents of small prices only', () => {
    expect(spaced(formatMoney(12.5, 'KES', 2))).toBe('KES 12.50');
    expect(spaced(formatMoney(3_801.26, 'KES', 2))).toBe('KES 3,801');
  });

  it('counts have no currency', () => {
    expect(spaced(formatCount(10_060_000))).toBe('10.1 M');
    expect(formatCount(11_627)).toBe('11,627');
  });

  it('never shows a number that rounds out of its scale', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e6, max: 1e11, noNaN: true }), (value) => {
        const shown = spaced(formatMoney(value, 'KES'));
        const [, number = '', unit = ''] = shown.split(' ');
        const read = Number(number.replaceAll(',', '')) * (unit === 'bn' ? 1e9 : unit === 'M' ? 1e6 : 1);
        expect(Math.abs(read - value) / value).toBeLessThan(0.0051);
        expect(unit === 'M' && Number(number.replaceAll(',', '')) >= 1000).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('signs, ratios and points', () => {
  it('uses the true minus sign and no sign on zero', () => {
    expect(formatNumber(-34.4, 1)).toBe('−34.4');
    expect(formatNumber(-0.04, 1)).toBe('0.0');
    expect(formatSigned(157.5, 1)).toBe('+157.5');
    expect(formatSigned(-34.4, 1)).toBe('−34.4');
    expect(formatSigned(0.01, 1)).toBe('0.0');
  });

  it('percent and percentage points', () => {
    expect(formatPercent(0.198)).toBe('19.8%');
    expect(formatPercent(0.018_82, 2)).toBe('1.88%');
    expect(formatPercent(null)).toBe('–');
    expect(spaced(formatPoints(-0.002))).toBe('−0.2 pp');
  });
});

describe('columns of one unit', () => {
  it.each([
    [[1_164_200_000, 161_000_000], 'KES M', '1,164.2'],
    [[120_000_000_000], 'KES bn', '120.0'],
    [[44_790_000, 310_000], 'KES M', '44.79'],
    [[4_200_000, 31_000], 'KES K', '4,200'],
    [[215_400, 91_000], 'KES K', '215'],
    [[8_400, 12], 'KES', '8,400'],
    [[null], 'KES', '–'],
  ])('%j is in %s', (values, unit, first) => {
    const scale = columnScale(values);
    expect(scaledUnit('KES', scale)).toBe(unit);
    expect(formatScaled(values[0] ?? null, scale)).toBe(first);
  });
});

describe('days and periods', () => {
  it('names days', () => {
    expect(spaced(formatDay('2026-10-31'))).toBe('31 Oct 2026');
    expect(formatDay(null)).toBe('–');
  });

  it.each([
    ['2026-01-01', '2026-10-31', 'Jan–Oct 2026'],
    ['2026-01-01', '2026-12-31', '2026'],
    ['2025-01-01', '2026-12-31', '2025–2026'],
    ['2024-02-01', '2024-02-29', 'Feb 2024'],
    ['2025-03-01', '2026-02-28', 'Mar 2025 – Feb 2026'],
    ['2026-10-01', '2026-10-24', '1–24 Oct 2026'],
    ['2026-10-24', '2026-10-24', '24 Oct 2026'],
    ['2026-03-12', '2026-04-03', '12 Mar – 3 Apr 2026'],
    ['2025-12-20', '2026-01-05', '20 Dec 2025 – 5 Jan 2026'],
  ])('%s to %s is %s', (from, to, text) => {
    expect(formatPeriod({ from, to })).toBe(text);
  });
});

describe('sizes, times and words', () => {
  it('bytes', () => {
    expect(spaced(formatBytes(812))).toBe('812 B');
    expect(spaced(formatBytes(3_910_000))).toBe('3.9 MB');
    expect(spaced(formatBytes(412_000_000))).toBe('412 MB');
    expect(spaced(formatBytes(999_600_000))).toBe('1.0 GB');
  });

  it('durations', () => {
    expect(spaced(formatDuration(0.2))).toBe('<1 ms');
    expect(spaced(formatDuration(84.2))).toBe('84 ms');
    expect(spaced(formatDuration(6_240))).toBe('6.2 s');
    expect(spaced(formatDuration(200_000))).toBe('3 min 20 s');
    expect(spaced(formatDuration(7_260_000))).toBe('2 h 1 min');
  });

  it('plurals', () => {
    expect(plural(1, 'branch', 'branches')).toBe('1 branch');
    expect(plural(25_126, 'row')).toBe('25,126 rows');
  });
});
