import { LEDGER_COLUMNS } from '../sales-schema.ts';
import { E4, rational, type Rational } from './exact.ts';
import type { Aggregate, ResolvedExpression, ResolvedMetric } from './resolve.ts';

/** One aggregate that an engine computes, shared by all metrics that need it. Its value is an integer or blank. */
export interface NeededAggregate {
  readonly aggregate: Aggregate;
  /** Columns that a row must have besides the aggregate's own: rows that lack one are left out. */
  readonly complete: readonly string[];
}

/** The aggregates of several metrics and how each metric is made from them. */
export interface CompiledMetrics {
  readonly metrics: readonly ResolvedMetric[];
  readonly aggregates: readonly NeededAggregate[];
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
  const aggregates: NeededAggregate[] = [];
  const positions = new Map<string, number>();
  /** By metric and place in its expression, so that looking one up costs nothing. */
  const places = new Map<ResolvedMetric, Map<Aggregate, number>>();
  const neededBy = (metric: ResolvedMetric, aggregate: Aggregate): NeededAggregate => {
    // Its own column needs no filter: aggregates skip nulls.
    const own = ownColumn(aggregate);
    return { aggregate, complete: metric.inputs.filter((column) => column !== own && nullable(column)) };
  };
  const positionOf = (needed: NeededAggregate): number => {
    const key = JSON.stringify([needed.aggregate, needed.complete]);
    const known = positions.get(key);
    if (known !== undefined) return known;
    positions.set(key, aggregates.length);
    for (const column of readColumns(needed)) columns.add(column);
    return aggregates.push(needed) - 1;
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
      default:
        places.get(metric)?.set(expression, positionOf(neededBy(metric, expression)));
    }
  };
  for (const metric of metrics) {
    places.set(metric, new Map());
    visit(metric, metric.expression);
  }
  return {
    metrics,
    aggregates,
    columns,
    indexOf(metric, aggregate) {
      const found = places.get(metric)?.get(aggregate);
      if (found === undefined) throw new RangeError(`aggregate of ${metric.id} was not compiled`);
      return found;
    },
  };
}

/** All columns that an aggregate and its filter read. */
export function readColumns({ aggregate, complete }: NeededAggregate): readonly string[] {
  const own = ownColumn(aggregate);
  return own === null ? complete : [own, ...complete];
}

const ownColumn = (aggregate: Aggregate): string | null =>
  aggregate.kind === 'count' ? null : aggregate.column;

/** Money and quantities are kept with four decimals, so their sums are integers of 1/10,000. */
export const scaleOf = (aggregate: Aggregate): bigint =>
  aggregate.kind === 'sum' && LEDGER_COLUMNS.some((column) => column === aggregate.column) ? E4 : 1n;

/** What an engine answered, as a number; an aggregate over no rows is blank, except a count of rows, which is 0. */
export function aggregateValue(value: bigint | null, aggregate: Aggregate): Rational | null {
  if (aggregate.kind === 'count') return rational(value ?? 0n);
  if (value === null || (aggregate.kind === 'distinct' && value === 0n)) return null;
  return rational(value, scaleOf(aggregate));
}
