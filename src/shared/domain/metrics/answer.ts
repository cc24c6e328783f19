import type { Cell, ResultColumn } from '../query.ts';
import { aggregateValue, type CompiledMetrics } from './compile.ts';
import { comparisonFigures, evaluateExpression, figure } from './evaluate.ts';
import { rational, rationalToNumber } from './exact.ts';
import type { ResolvedMetric } from './resolve.ts';
import type { SortKey } from './row-order.ts';

/**
 * Metric and comparison cells of one row. Values of the compiled aggregates come by period: those of the current one
 * first, then of each compared one; a period without rows of this group has none.
 */
export function figures(
  { metrics, indexOf }: CompiledMetrics,
  valuesByPeriod: readonly (readonly (bigint | null)[])[],
): Cell[] {
  const [current = [], ...compared] = valuesByPeriod.map((values) =>
    metrics.map((metric) =>
      evaluateExpression(metric.expression, (aggregate) =>
        aggregateValue(values[indexOf(metric, aggregate)] ?? null, aggregate),
      ),
    ),
  );
  return [
    ...current.map(figure),
    ...compared.flatMap((previous) =>
      previous.flatMap((value, index) => comparisonFigures(current[index] ?? null, value)),
    ),
  ];
}

/**
 * The order of an answer's rows: as asked; without a wish by time. Then by dimensions and time, so that equal figures
 * always come in the same order and a limit always cuts at the same place.
 */
export function sortKeys(
  sort: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[],
  columns: readonly ResultColumn[],
): SortKey[] {
  const asked = sort.map(({ column, direction }): SortKey => {
    const index = columns.findIndex(({ name }) => name === column);
    if (index < 0) throw new RangeError(`not a column of the answer: ${column}`);
    return { index, direction };
  });
  const by = (kind: ResultColumn['kind']): SortKey[] =>
    columns.flatMap((column, index) => (column.kind === kind ? [{ index, direction: 'asc' }] : []));
  return asked.length > 0
    ? [...asked, ...by('dimension'), ...by('time')]
    : [...by('time'), ...by('dimension')];
}

/** A metric that cannot be computed over every row, and the columns that some rows lack. */
export interface CoverageGap {
  readonly metric: string;
  readonly inputs: readonly string[];
}

/** The metrics whose coverage must be measured. */
export const coverageGaps = (
  metrics: readonly ResolvedMetric[],
  nullable: (column: string) => boolean,
): CoverageGap[] =>
  metrics
    .map(({ id, inputs }) => ({ metric: id, inputs: inputs.filter(nullable) }))
    .filter(({ inputs }) => inputs.length > 0);

/** How much some rows weigh: their amounts of gross revenue without sign, as an integer, and their number. */
export interface CoverageWeight {
  readonly revenue: bigint | null;
  readonly rows: bigint;
}

/**
 * Per gap: share of revenue in the current period that has all inputs of the metric; by amounts without sign, so that
 * negative corrections cannot push it out of 0 to 1. Where there is no revenue at all it is the share of rows. A metric
 * that lacks nothing is left out.
 */
export function coverageShares(
  gaps: readonly CoverageGap[],
  all: CoverageWeight,
  covered: readonly CoverageWeight[],
): Record<string, number> {
  const shares = gaps.flatMap(({ metric }, index): [string, number][] => {
    const share = coveredShare(all, covered[index] ?? { revenue: null, rows: 0n });
    return share === null ? [] : [[metric, share]];
  });
  return Object.fromEntries(shares);
}

/** Null when nothing is missing. */
function coveredShare(all: CoverageWeight, covered: CoverageWeight): number | null {
  const [part, total] =
    all.revenue !== null && all.revenue > 0n
      ? [covered.revenue ?? 0n, all.revenue]
      : [covered.rows, all.rows];
  if (total === 0n || part === total) return null;
  return Math.min(rationalToNumber(rational(part, total)), 1 - Number.EPSILON / 2);
}
