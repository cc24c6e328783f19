import { describe, expect, test } from 'vitest';
import { findMetric, METRICS, type MetricDefinition } from './catalogue.ts';
import { evaluateExpression } from './evaluate.ts';
import { rational } from './exact.ts';
import { metric, plus, ratio, sum, type MetricExpression } from './expression.ts';
import { resolveMetric } from './resolve.ts';

const lookup =
  (expressions: Record<string, MetricExpression>) =>
  (id: string): MetricDefinition | undefined => {
    const base = findMetric('netSales');
    const expression = Object.hasOwn(expressions, id) ? expressions[id] : undefined;
    return base && expression && { ...base, id, expression };
  };

describe('resolving a metric', () => {
  test('collects the columns of the whole metric', () => {
    expect(resolveMetric('grossMargin').inputs).toEqual(['grossRevenue', 'totalCost']);
    expect(resolveMetric('uniqueCustomers').inputs).toEqual(['CardName']);
    expect(resolveMetric('rowCount').inputs).toEqual([]);
  });
  test('every metric of the catalogue resolves', () => {
    expect(METRICS.map(({ id }) => resolveMetric(id).id)).toEqual(METRICS.map(({ id }) => id));
    expect(new Set(METRICS.map(({ id }) => id)).size).toBe(METRICS.length);
  });
  test('unknown names are refused with the nearest one, those of Object too', () => {
    for (const [name, nearest] of [
      ['netsale', 'netSales'],
      ['gross_profit', 'grossProfit'],
    ])
      expect(() => resolveMetric(name ?? '')).toThrow(
        expect.objectContaining({ code: 'analytics.unknown_metric', details: { name, nearest } }),
      );
    for (const name of ['__proto__', 'constructor', 'toString', ''])
      expect(() => resolveMetric(name)).toThrow(
        expect.objectContaining({ code: 'analytics.unknown_metric' }),
      );
  });
  test('a metric made of itself is refused', () => {
    const definitions = lookup({ a: plus(metric('b'), sum('totalCost')), b: metric('c'), c: metric('a') });
    expect(() => resolveMetric('a', definitions)).toThrow(
      expect.objectContaining({ details: { message: 'metric made of itself: a → b → c → a' } }),
    );
  });
});

test('arithmetic: every operator, blanks pass through', () => {
  const definitions = lookup({
    all: {
      kind: 'binary',
      operator: '*',
      left: {
        kind: 'binary',
        operator: '-',
        left: sum('grossRevenue'),
        right: { kind: 'number', value: 0.5 },
      },
      right: { kind: 'negate', operand: ratio({ kind: 'count' }, { kind: 'number', value: 4 }) },
    },
  });
  const { expression } = resolveMetric('all', definitions);
  const value = evaluateExpression(expression, (aggregate) =>
    rational(aggregate.kind === 'count' ? 2n : 10n),
  );
  expect(value && Number(value.numerator) / Number(value.denominator)).toBe(-4.75);
  expect(
    evaluateExpression(expression, (aggregate) => (aggregate.kind === 'count' ? rational(2n) : null)),
  ).toBeNull();
});
