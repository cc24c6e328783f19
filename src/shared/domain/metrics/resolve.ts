import { AppError } from '../../errors/app-error.ts';
import { nearestName } from '../nearest-name.ts';
import { findMetric, METRICS, type MetricDefinition } from './catalogue.ts';
import type { MetricExpression } from './expression.ts';

/** What an engine computes over rows; everything else of a metric is arithmetic on these. */
export type Aggregate = Extract<MetricExpression, { kind: 'sum' | 'count' | 'distinct' }>;

/** An expression in which metrics are replaced by what they are made of. */
export type ResolvedExpression =
  | Aggregate
  | Extract<MetricExpression, { kind: 'number' }>
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: ResolvedExpression;
      readonly right: ResolvedExpression;
    }
  | { readonly kind: 'negate'; readonly operand: ResolvedExpression };

export interface ResolvedMetric {
  readonly id: string;
  readonly expression: ResolvedExpression;
  /** All columns of the whole metric, sorted: it is computed over the rows that have every one of them. */
  readonly inputs: readonly string[];
}

export type MetricLookup = (id: string) => MetricDefinition | undefined;

/**
 * @throws AppError `analytics.unknown_metric` with the nearest name; `app.bug` when a metric is made of itself.
 */
export function resolveMetric(id: string, lookup: MetricLookup = findMetric): ResolvedMetric {
  const inputs = new Set<string>();

  const resolveNamed = (name: string, path: readonly string[]): ResolvedExpression => {
    const definition = lookup(name);
    if (!definition) throw unknownMetric(name);
    if (path.includes(name))
      throw new AppError('app.bug', 'bug', {
        message: `metric made of itself: ${[...path, name].join(' → ')}`,
      });
    return resolve(definition.expression, [...path, name]);
  };
  const resolve = (expression: MetricExpression, path: readonly string[]): ResolvedExpression => {
    switch (expression.kind) {
      case 'metric':
        return resolveNamed(expression.id, path);
      case 'binary':
        return {
          ...expression,
          left: resolve(expression.left, path),
          right: resolve(expression.right, path),
        };
      case 'negate':
        return { kind: 'negate', operand: resolve(expression.operand, path) };
      case 'sum':
      case 'distinct':
        inputs.add(expression.column);
        return expression;
      case 'count':
      case 'number':
      default:
        return expression;
    }
  };

  const expression = resolveNamed(id, []);
  return { id, expression, inputs: [...inputs].sort() };
}

export function unknownMetric(name: string): AppError {
  const nearest = nearestName(
    name,
    METRICS.map((metric) => metric.id),
  );
  return new AppError('analytics.unknown_metric', 'input', { name: name.slice(0, 100), nearest });
}
