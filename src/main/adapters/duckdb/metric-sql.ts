import { scaleOf, type CompiledMetrics, type NeededAggregate } from '#shared/domain/metrics/compile';
import { E4 } from '#shared/domain/metrics/exact';
import type { Aggregate, ResolvedExpression, ResolvedMetric } from '#shared/domain/metrics/resolve';
import { quoteName } from './sql-text.ts';

/** An aggregate as an integer (HUGEINT); null where no row has a value, and for distinct counts of none. */
export function aggregateSql({ aggregate, complete }: NeededAggregate): string {
  const sql = `${plainSql(aggregate)}${completeSql(complete)}`;
  if (aggregate.kind === 'distinct') return `nullif(CAST(${sql} AS HUGEINT), 0)`;
  if (scaleOf(aggregate) === 1n) return `CAST(${sql} AS HUGEINT)`;
  return `CAST(CAST(${sql} AS DECIMAL(33,4)) * CAST(${E4} AS DECIMAL(5,0)) AS HUGEINT)`;
}

/** The value where there are no rows: a count is 0, all others are blank. */
export const ofNothing = ({ aggregate }: NeededAggregate): '0' | 'NULL' =>
  aggregate.kind === 'count' ? '0' : 'NULL';

/** The FILTER that lets rows through which have all these columns; '' for none. */
export const completeSql = (columns: readonly string[]): string =>
  columns.length === 0
    ? ''
    : ` FILTER (${columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' AND ')})`;

function plainSql(aggregate: Aggregate): string {
  switch (aggregate.kind) {
    case 'sum':
      return `sum(${quoteName(aggregate.column)})`;
    case 'distinct':
      return `count(DISTINCT ${quoteName(aggregate.column)})`;
    case 'count':
    default:
      return 'count(*)';
  }
}

/** A value inside SQL for sorting: an exact integer with its scale, or a double. */
type SqlValue =
  | { readonly kind: 'integer'; readonly sql: string; readonly scale: bigint }
  | { readonly kind: 'double'; readonly sql: string };

/**
 * What to sort by. Sums and differences stay exact integers; quotients are one division of doubles, which is the
 * nearest double as long as both sides are below 2^53 ten-thousandths. Only the order comes from here, never a figure.
 */
export function sortSql(
  metric: ResolvedMetric,
  compiled: CompiledMetrics,
  aggregateName: (index: number) => string,
): SqlValue {
  const visit = (expression: ResolvedExpression): SqlValue => {
    switch (expression.kind) {
      case 'number':
        return { kind: 'double', sql: `CAST('${expression.value}' AS DOUBLE)` };
      case 'negate': {
        const operand = visit(expression.operand);
        return { ...operand, sql: `(-${operand.sql})` };
      }
      case 'binary':
        return binarySql(expression.operator, visit(expression.left), visit(expression.right));
      case 'sum':
      case 'count':
      case 'distinct':
      default: {
        const sql = aggregateName(compiled.indexOf(metric, expression));
        return { kind: 'integer', sql, scale: scaleOf(expression) };
      }
    }
  };
  return visit(metric.expression);
}

function binarySql(operator: '+' | '-' | '*' | '/', left: SqlValue, right: SqlValue): SqlValue {
  if (left.kind === 'integer' && right.kind === 'integer' && operator !== '*') {
    const scale = left.scale > right.scale ? left.scale : right.scale;
    const [a, b] = [rescaled(left, scale), rescaled(right, scale)];
    if (operator === '/')
      return { kind: 'double', sql: `(CAST(${a} AS DOUBLE) / nullif(CAST(${b} AS DOUBLE), 0))` };
    return { kind: 'integer', sql: `(${a} ${operator} ${b})`, scale };
  }
  const divisor = operator === '/' ? `nullif(${doubleSql(right)}, 0)` : doubleSql(right);
  return { kind: 'double', sql: `(${doubleSql(left)} ${operator} ${divisor})` };
}

const rescaled = (value: { sql: string; scale: bigint }, scale: bigint): string =>
  value.scale === scale ? value.sql : `(${value.sql} * ${scale / value.scale})`;

const doubleSql = (value: SqlValue): string =>
  value.kind === 'double' ? value.sql : `(CAST(${value.sql} AS DOUBLE) / ${value.scale})`;

/** The sort value of one part of a comparison. */
export function comparisonSortSql(
  part: 'previous' | 'change' | 'changePercent',
  current: SqlValue,
  previous: SqlValue,
): string {
  if (part === 'previous') return previous.sql;
  const change = binarySql('-', current, previous);
  if (part === 'change') return change.sql;
  const hundredfold =
    change.kind === 'integer' ? `CAST(${change.sql} * 100 AS DOUBLE)` : `${change.sql} * 100`;
  return `(${hundredfold} / nullif(abs(CAST(${previous.sql} AS DOUBLE)), 0))`;
}
