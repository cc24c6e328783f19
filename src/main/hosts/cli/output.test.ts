import { describe, expect, it } from 'vitest';
import type { JobView } from '#shared/domain/job';
import type { QueryResult } from '#shared/domain/query';
import { amountText, errorText, groupDigits, plain, table } from './output.ts';
import { progressLine } from './progress-bar.ts';
import { resultText } from './result-text.ts';

describe('text for a terminal', () => {
  it('shows control characters and hidden direction marks instead of sending them', () => {
    expect(plain('a\u001b[2Jb\nc\u202ed')).toBe(String.raw`a\u001b[2Jb\u000ac\u202ed`);
    expect(plain('Ñandú 🌍')).toBe('Ñandú 🌍');
    expect(errorText({ code: 'staging.gone', details: { fileName: '\u001b]0;x\u0007.csv' } })).not.toContain(
      '\u001b',
    );
  });

  it('groups digits of numbers of any size without losing one', () => {
    expect(groupDigits('-99999999999999.9999')).toBe('-99,999,999,999,999.9999');
    expect(groupDigits('999')).toBe('999');
    expect(groupDigits('x')).toBe('x');
    expect([amountText('1234.5'), amountText('1966.0975'), amountText(null)]).toEqual([
      '1,234.50',
      '1,966.0975',
      '',
    ]);
  });

  it('aligns columns', () => {
    expect(
      table(
        ['A', 'Figure'],
        [
          ['Kisumu', '1'],
          ['🌍', '1,234'],
        ],
        ['left', 'right'],
      ),
    ).toBe('A       Figure\n──────  ──────\nKisumu       1\n🌍        1,234\n');
  });
});

const result = (changes: Partial<QueryResult>): QueryResult => ({
  columns: [],
  rows: [],
  totals: null,
  period: { from: '2024-01-01', to: '2024-12-31' },
  comparisonPeriods: [],
  coverage: {},
  dataVersion: 3,
  engine: 'local',
  rowCount: 1,
  truncated: false,
  elapsedMs: 12.3,
  ...changes,
});
const metric = (name: string) => ({
  name,
  kind: 'metric' as const,
  metric: name,
  comparison: null,
  part: null,
});

describe('an answer', () => {
  it('shows one row downwards, ratios in percent and what is unknown as blank', () => {
    const comparison = {
      kind: 'comparison' as const,
      metric: 'netSales',
      comparison: 'previous-period' as const,
    };
    const text = resultText(
      result({
        columns: [
          metric('netSales'),
          metric('grossMargin'),
          metric('totalCost'),
          { ...comparison, name: 'netSales.previous-period.previous', part: 'previous' },
          { ...comparison, name: 'netSales.previous-period.changePercent', part: 'changePercent' },
        ],
        rows: [[1234.5, 0.1867, null, 1000, 23.45]],
        comparisonPeriods: [
          {
            comparison: 'previous-period',
            period: { from: '2023-01-01', to: '2023-12-31' },
            startsBeforeData: false,
          },
        ],
        coverage: { grossMargin: 0.92 },
      }),
    );
    expect(text).toMatch(/netSales +1,234\.50 +1,000\.00 +23\.[45] %/);
    expect(text).toMatch(/grossMargin +18\.7 %$/m);
    expect(text).toMatch(/^totalCost$/m);
    expect(text).toContain('previous period: 2023-01-01 to 2023-12-31');
    expect(text).toContain('grossMargin covers 92.0 % of revenue');
  });

  it('leaves a change blank against days of which there is only a part, and says why', () => {
    const comparison = 'previous-period' as const;
    const text = resultText(
      result({
        columns: [
          metric('netSales'),
          { name: 'a', kind: 'comparison', metric: 'netSales', comparison, part: 'previous' },
          { name: 'b', kind: 'comparison', metric: 'netSales', comparison, part: 'changePercent' },
        ],
        rows: [[1234.5, 1000, 23.45]],
        comparisonPeriods: [
          { comparison, period: { from: '2023-01-01', to: '2023-12-31' }, startsBeforeData: true },
        ],
      }),
    );
    expect(text).toMatch(/^netSales +1,234\.50$/m);
    expect(text).toContain('begins before the data');
  });

  it('shows several rows with their totals, and says what was cut off', () => {
    const text = resultText(
      result({
        columns: [
          { name: 'Branch', kind: 'dimension', metric: null, comparison: null, part: null },
          metric('netSales'),
        ],
        rows: [
          ['Kisumu', 1],
          [null, -2],
        ],
        totals: [null, -1],
        rowCount: 9,
        truncated: true,
      }),
    );
    expect(text).toMatch(/^Kisumu +1\.00\n +-2\.00\nTotal +-1\.00$/m);
    expect(text).toContain('2 of 9 rows (cut off by the limit)');
  });
});

describe('the line of progress', () => {
  it('fits the terminal and never divides by nothing', () => {
    const progress = {
      step: 'validate',
      bytesDone: 0,
      bytesTotal: 0,
      rows: 0,
      bytesPerSecond: 0,
      rowsPerSecond: 0,
      etaMs: null,
    };
    const job = { fileName: '\u001bMarch.csv', state: 'inspected', progress } as unknown as JobView;
    expect(progressLine(job, 60)).toContain('0 %');
    expect(progressLine(job, 60)).not.toContain('\u001b');
    const half = {
      ...job,
      progress: { ...progress, bytesDone: 50, bytesTotal: 100, bytesPerSecond: 2e6, etaMs: 4100 },
    } as JobView;
    expect(progressLine(half, 200)).toContain('██████████░░░░░░░░░░  50 %  2.0 MB/s  5 s left');
    expect(progressLine(half, 30).length).toBeLessThan(30);
  });
});
