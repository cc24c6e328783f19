import { useMemo } from 'react';
import { dayCount, monthCount } from '#shared/domain/periods';
import type { Comparison, Grain, Period, QueryInput, QueryResult } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { useDataStatus, useQueryResult } from '../../data/queries.ts';
import { createResultReader } from '../../data/result-reader.ts';
import type { MetricId } from '#shared/domain/metrics/catalogue';
import { useView } from '../../view/use-view.ts';

const SUMMARY_METRICS: MetricId[] = [
  'netSales',
  'grossProfit',
  'grossMargin',
  'returnRate',
  'returnsValue',
  'totalTransactions',
  'averageTransaction',
  'netUnitsSold',
  'totalRevenue',
  'totalCost',
  'unitsReturned',
];

/** What the page ranks and draws by. */
export type SalesMetric = 'netSales' | 'totalRevenue';

/** Net sales, unless no file of these days has returns: then it is blank and revenue is what is known. */
export function salesMetricOf(summary: QueryResult | undefined): SalesMetric {
  const row = summary?.rows[0];
  if (!summary || !row) return 'netSales';
  const reader = createResultReader(summary);
  return reader.number(row, 'netSales') === null && reader.number(row, 'totalRevenue') !== null
    ? 'totalRevenue'
    : 'netSales';
}

/** The grain that gives between about five and forty points. */
export function trendGrain(period: Period): Grain {
  const days = dayCount(period);
  if (days <= 31) return 'day';
  if (days <= 95) return 'week';
  const months = monthCount(period);
  if (months <= 36) return 'month';
  return months <= 120 ? 'quarter' : 'year';
}

/** Two comparisons of the same days (a whole year) say the same thing: one is enough. */
export function distinctComparisons(
  asked: readonly Comparison[],
  answered: readonly { readonly comparison: Comparison; readonly period: Period }[],
): Comparison[] {
  const lastYear = answered.find((entry) => entry.comparison === 'same-period-last-year');
  return asked.filter((comparison) => {
    const own = answered.find((entry) => entry.comparison === comparison);
    return !(
      own &&
      lastYear &&
      own !== lastYear &&
      own.period.from === lastYear.period.from &&
      own.period.to === lastYear.period.to
    );
  });
}

/** Everything that the questions of the page have in common. */
export interface DashboardScope {
  readonly ready: boolean;
  /** The days asked for; all days of the data when the view says so. */
  readonly period: Period | null;
  readonly grain: Grain;
  readonly compare: readonly Comparison[];
  /** The comparison of tables and charts: last year when it is asked for. */
  readonly primary: Comparison | null;
  ask(query: Partial<QueryInput> & Pick<QueryInput, 'metrics'>): QueryInput | null;
}

export function useDashboardScope(): DashboardScope {
  const { period: viewPeriod, filters, ready: viewReady, state } = useView();
  const { data: status } = useDataStatus();
  const from = status?.from ?? null;
  const to = status?.to ?? null;
  // All data has nothing before it to be compared with.
  const compare = viewPeriod === null ? NO_COMPARISON : state.compare;
  return useMemo(() => {
    const extent = from && to ? { from, to } : null;
    const period = viewPeriod ?? extent;
    const ready = viewReady && extent !== null;
    return {
      ready,
      period,
      grain: period ? trendGrain(period) : 'month',
      compare,
      primary: compare.includes('same-period-last-year') ? 'same-period-last-year' : (compare[0] ?? null),
      ask: (query) =>
        ready
          ? { ...(viewPeriod ? { period: viewPeriod } : {}), filters, compare: [...compare], ...query }
          : null,
    };
  }, [from, to, viewPeriod, viewReady, compare, filters]);
}

const NO_COMPARISON: readonly Comparison[] = [];

const primaryOnly = (scope: DashboardScope): Comparison[] => (scope.primary ? [scope.primary] : []);

export function useSummary(scope: DashboardScope) {
  return useQueryResult(scope.ask({ metrics: SUMMARY_METRICS }));
}

export function useTrend(scope: DashboardScope) {
  return useQueryResult(
    scope.ask({
      metrics: SUMMARY_METRICS,
      grain: scope.grain,
      compare: primaryOnly(scope),
      sort: [{ column: 'time', direction: 'asc' }],
    }),
  );
}

/** Groups by one dimension, largest sales first, with totals over all groups. */
export function useGroups(scope: DashboardScope, sales: SalesMetric, dimension: Dimension, limit: number) {
  return useQueryResult(
    scope.ask({
      metrics: [sales, 'grossMargin', 'returnRate'],
      dimensions: [dimension],
      compare: primaryOnly(scope),
      sort: [{ column: sales }],
      limit,
      totals: true,
    }),
  );
}

export function useBranchByLine(scope: DashboardScope, sales: SalesMetric) {
  return useQueryResult(
    scope.ask({
      metrics: [sales, 'grossMargin', 'returnRate'],
      dimensions: ['Branch', 'ProductLine'],
      compare: primaryOnly(scope),
      sort: [{ column: sales }],
      limit: 5_000,
    }),
  );
}
