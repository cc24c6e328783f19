import { describe, expect, it } from 'vitest';
import { changeOf, metricOf, metricParts, metricText } from './metric-words.ts';

const change = (id: string, value: number | null, previous: number | null) =>
  changeOf(metricOf(id), {
    value,
    previous,
    change: value === null || previous === null ? null : value - previous,
    changePercent: value === null || !previous ? null : (100 * (value - previous)) / Math.abs(previous),
  });

describe('changes in words', () => {
  it('growth of sales is up and better', () => {
    expect(change('netSales', 106.2, 100)).toEqual({ text: '6.2%', direction: 'up', verdict: 'better' });
    expect(change('netSales', 90, 100)).toEqual({ text: '10.0%', direction: 'down', verdict: 'worse' });
  });

  it('more returns point up and are worse, although the figure is lower', () => {
    expect(change('returnsValue', -108.1, -100)).toEqual({ text: '8.1%', direction: 'up', verdict: 'worse' });
    expect(change('returnRate', 0.02, 0.018)).toMatchObject({ direction: 'up', verdict: 'worse' });
  });

  it('ratios change in percentage points', () => {
    const result = change('grossMargin', 0.198, 0.2);
    expect(result?.text.replace('\u00a0', ' ')).toBe('0.2 pp');
    expect(result).toMatchObject({ direction: 'down', verdict: 'worse' });
  });

  it('costs carry no verdict, and what rounds to nothing is flat', () => {
    expect(change('totalCost', 110, 100)?.verdict).toBe('neutral');
    expect(change('netSales', 100.01, 100)).toMatchObject({ direction: 'flat', verdict: 'neutral' });
  });

  it('is blank without something to compare with, never 0 %', () => {
    expect(change('netSales', 100, 0)).toBeNull();
    expect(change('netSales', 100, null)).toBeNull();
    expect(change('netSales', null, 100)).toBeNull();
  });
});

describe('figures of cards', () => {
  it('set units apart', () => {
    expect(metricParts(metricOf('netSales'), 6_240_400_000, 'KES')).toEqual({
      prefix: 'KES',
      number: '6.24',
      suffix: 'bn',
    });
    expect(metricParts(metricOf('grossMargin'), 0.198, 'KES')).toEqual({
      prefix: '',
      number: '19.8',
      suffix: '%',
    });
    expect(metricParts(metricOf('grossMargin'), null, 'KES')).toEqual({
      prefix: '',
      number: '–',
      suffix: '',
    });
    expect(metricText(metricOf('averagePrice'), 12.5, 'KES')).toBe('KES\u00a012.50');
  });
});
