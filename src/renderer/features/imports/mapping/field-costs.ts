import { findMetric, METRICS } from '#shared/domain/metrics/catalogue';
import type { MetricExpression } from '#shared/domain/metrics/expression';
import { SALES_FIELDS, type SalesFieldId } from '#shared/domain/sales-schema';

/** Columns that an expression needs, named metrics opened. */
function columnsOf(expression: MetricExpression): ReadonlySet<string> {
  switch (expression.kind) {
    case 'sum':
    case 'distinct':
      return new Set([expression.column]);
    case 'count':
    case 'number':
      return new Set();
    case 'metric': {
      const found = findMetric(expression.id);
      return found ? columnsOf(found.expression) : new Set();
    }
    case 'binary':
      return new Set([...columnsOf(expression.left), ...columnsOf(expression.right)]);
    case 'negate':
      return columnsOf(expression.operand);
  }
}

/** Labels of the figures that cannot be worked out without a column, from the metric catalogue. */
export function figuresThatNeed(field: SalesFieldId): readonly string[] {
  return METRICS.filter((metric) => columnsOf(metric.expression).has(field)).map((metric) => metric.label);
}

/** What leaving a field out costs, as one sentence: “Without total cost there is no gross profit or gross margin.” */
export function costOfLeavingOut(field: SalesFieldId): string {
  const definition = SALES_FIELDS.find((entry) => entry.id === field);
  const name = lower(definition?.label ?? field);
  if (field === 'lineItemCount') return 'Without it each row counts as one line item.';
  const figures = figuresThatNeed(field).map(lower);
  const others = figures.filter((figure) => figure !== name);
  if (definition?.type === 'string')
    return `Without ${name} figures cannot be split or filtered by ${name}${others.length > 0 ? `, and there is no count of ${plain(others)}` : ''}.`;
  return others.length > 0
    ? `Without ${name} there is no ${joinOr(others)}.`
    : `Without ${name} that figure stays blank.`;
}

/** “unique customers” reads as “customers” after “no count of”. */
const plain = (figures: readonly string[]) => joinOr(figures.map((figure) => figure.replace(/^unique /, '')));

export function joinOr(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

const lower = (label: string) =>
  label.startsWith('KES') ? label : label.charAt(0).toLowerCase() + label.slice(1);
