import { E4, rational, type Rational } from '#shared/domain/metrics/exact';
import type { Aggregate, ResolvedExpression, ResolvedMetric } from '#shared/domain/metrics/resolve';
import { LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import { quoteName } from './sql-text.ts';

/** One aggregate of a statement, shared by all metrics that need it. Its value is an integer (HUGEINT or null). */
export interface CompiledAggregate {
  readonly sql: string;
  /** The value where there are no rows: a count is 0, all others are blank. */
  readonly ofNothing: '0' | 'NULL';
}

/** The aggregates of several metrics and how each metric is made from them. */
export interface CompiledMetrics {
  readonly aggregates: readonly CompiledAggregate[];
  /** Columns that the aggregates and their filters read. */
  readonly columns: ReadonlySet<string>;
  /** Position in `aggregates` of an aggregate as the metric computes it. */
  indexOf(metric: ResolvedMetric, aggregate: Aggregate): number;
}

/** `nullable` tells whether any row read may lack the column; a filter on a complete column is left out. */
export function compileMetrics(
  metrics: readonly ResolvedMetric[],
  nullable: (column: string) => boolean,
): CompiledMetrics {
  const columns = new Set<string>();
  const aggregates = new Map<string, CompiledAggregate & { readonly index: number }>();
  const sqlOf = (metric: ResolvedMetric, aggregate: Aggregate): string => {
    // Its own column needs no filter: aggregates skip nulls.
    const own = aggregate.kind === 'count' ? null : aggregate.column;
    const others = metric.inputs.filter((column) => column !== own && nullable(column));
    if (own !== null) columns.add(own);
    for (const column of others) columns.add(column);
    return `${aggregateSql(aggregate)}${completeSql(others)}`;
  };
  const visit = (metric: ResolvedMetric, expression: ResolvedExpression): void => {
    switch (expression.kind) {
      case 'binary':
        visit(metric, expression.left);
        visit(metric, expression.right);
        break;
      case 'negate':
        visit(metric, expression.operand);
        break;
      case 'number':
        break;
      case 'sum':
      case 'count':
      case 'distinct':
      default: {
        const sql = sqlOf(metric, expression);
        if (!aggregates.has(sql))
          aggregates.set(sql, {
            sql: integerSql(expression, sql),
            ofNothing: expression.kind === 'count' ? '0' : 'NULL',
            index: aggregates.size,
          });
      }
    }
  };
  for (const metric of metrics) visit(metric, metric.expression);
  return {
    aggregates: [...aggregates.values()],
    columns,
    indexOf(metric, aggregate) {
      const found = aggregates.get(sqlOf(metric, aggregate));
      if (!found) throw new RangeError(`aggregate of ${metric.id} was not compiled`);
      return found.index;
    },
  };
}

/** Null when there is none: an aggregate over no rows is blank, except a count of rows, which is 0. */
export function aggregateValue(value: unknown, aggregate: Aggregate): Rational | null {
  if (typeof value === 'bigint') return rational(value, scaleOf(aggregate));
  return aggregate.kind === 'count' ? rational(0n) : null;
}

/** The FILTER that lets rows through which have all these columns; '' for none. */
export const completeSql = (columns: readonly string[]): string =>
  columns.length === 0
    ? ''
    : ` FILTER (${columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' AND ')})`;

function aggregateSql(aggregate: Aggregate): string {
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

const isDecimal = (column: string): boolean => LEDGER_COLUMNS.some((ledger) => ledger === column);

const scaleOf = (aggregate: Aggregate): bigint =>
  aggregate.kind === 'sum' && isDecimal(aggregate.column) ? E4 : 1n;

function integerSql(aggregate: Aggregate, sql: string): string {
  if (aggregate.kind === 'distinct') return `nullif(CAST(${sql} AS HUGEINT), 0)`;
  if (scaleOf(aggregate) === 1n) return `CAST(${sql} AS HUGEINT)`;
  return `CAST(CAST(${sql} AS DECIMAL(33,4)) * CAST(${E4} AS DECIMAL(5,0)) AS HUGEINT)`;
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
