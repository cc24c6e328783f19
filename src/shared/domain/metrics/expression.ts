import type { LedgerColumn } from '../sales-schema.ts';

/**
 * What a metric is made of. A tree, never text: it is compiled to each engine's SQL and evaluated by tests.
 * Aggregates run over the rows that have *all* columns of the whole metric (see `inputColumns`), so that a missing
 * cost is never a cost of 0.
 */
export type MetricExpression =
  | { readonly kind: 'sum'; readonly column: LedgerColumn | 'lineItemCount' }
  | { readonly kind: 'count' }
  | { readonly kind: 'distinct'; readonly column: string }
  | { readonly kind: 'metric'; readonly id: string }
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: MetricExpression;
      readonly right: MetricExpression;
    }
  | { readonly kind: 'negate'; readonly operand: MetricExpression };

export const sum = (column: LedgerColumn | 'lineItemCount'): MetricExpression => ({ kind: 'sum', column });
export const distinct = (column: string): MetricExpression => ({ kind: 'distinct', column });
export const metric = (id: string): MetricExpression => ({ kind: 'metric', id });
export const negate = (operand: MetricExpression): MetricExpression => ({ kind: 'negate', operand });
export const plus = (left: MetricExpression, right: MetricExpression): MetricExpression => ({
  kind: 'binary',
  operator: '+',
  left,
  right,
});
export const minus = (left: MetricExpression, right: MetricExpression): MetricExpression => ({
  kind: 'binary',
  operator: '-',
  left,
  right,
});
/** Division; blank (null) when the divisor is 0 or blank. */
export const ratio = (left: MetricExpression, right: MetricExpression): MetricExpression => ({
  kind: 'binary',
  operator: '/',
  left,
  right,
});
