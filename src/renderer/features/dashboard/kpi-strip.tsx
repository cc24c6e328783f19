import { bucketLabel, dayCount } from '#shared/domain/periods';
import type { MetricId } from '#shared/domain/metrics/catalogue';
import type { Grain, QueryResult } from '#shared/domain/query';
import { comparisonColumn, createResultReader } from '../../data/result-reader.ts';
import { formatNumber, formatPercent, joinParts } from '../../ui/format.ts';
import { KpiCell, KpiStrip as Strip } from '../../ui/kpi-cell.tsx';
import { comparisonWords, metricOf, metricParts, metricText, rowChange } from '../../view/metric-words.ts';
import { distinctComparisons, type DashboardScope, type SalesMetric } from './use-dashboard.ts';

const CELLS: MetricId[] = [
  'grossProfit',
  'grossMargin',
  'returnRate',
  'returnsValue',
  'totalTransactions',
  'averageTransaction',
  'netUnitsSold',
];

export function KpiStrip({
  scope,
  sales,
  summary,
  trend,
  currency,
}: {
  scope: DashboardScope;
  sales: SalesMetric;
  summary: QueryResult;
  trend: QueryResult | undefined;
  currency: string;
}) {
  const reader = createResultReader(summary);
  const row = summary.rows[0] ?? [];
  const comparisons = distinctComparisons(scope.compare, summary.comparisonPeriods);
  return (
    <Strip>
      {[sales, ...CELLS].map((id) => {
        const metric = metricOf(id);
        const value = reader.number(row, id);
        const note = warningOf(id, value, summary);
        return (
          <KpiCell
            key={id}
            label={metric.label}
            value={metricParts(metric, value, currency)}
            changes={comparisons.map((comparison) => {
              const words = comparisonWords(comparison);
              return {
                id: comparison,
                label: words.long,
                shortLabel: words.short,
                change: rowChange(reader, row, id, comparison),
              };
            })}
            {...sparkOf(id, scope, trend)}
            fact={note ?? factOf(id, scope, summary, trend, currency)}
            factWarns={note !== null}
            info={
              <div className="dash-info">
                <h3>{metric.label}</h3>
                <p>{metric.description}</p>
                <dl>
                  <dt>Formula</dt>
                  <dd>{metric.formula}</dd>
                  <dt>Exactly</dt>
                  <dd>{exactText(id, value, currency)}</dd>
                  {summary.coverage[id] !== undefined && (
                    <>
                      <dt>Covers</dt>
                      <dd>
                        {formatPercent(summary.coverage[id] ?? null)} of revenue: other rows lack a value that
                        the formula needs.
                      </dd>
                    </>
                  )}
                </dl>
              </div>
            }
          />
        );
      })}
    </Strip>
  );
}

function exactText(id: MetricId, value: number | null, currency: string): string {
  const metric = metricOf(id);
  if (metric.unit === 'ratio') return formatPercent(value, metric.decimals + 2);
  const number = formatNumber(value, metric.decimals);
  return metric.unit.startsWith('KES') && value !== null
    ? joinParts({ prefix: currency, number, suffix: '' })
    : number;
}

function warningOf(id: MetricId, value: number | null, summary: QueryResult): string | null {
  const range = metricOf(id).plausible;
  if (range && value !== null && (value < range[0] || value > range[1]))
    return 'Outside of what is plausible: check the data';
  const coverage = summary.coverage[id];
  if (value === null && coverage === 0) return 'No file of these days has what it needs';
  if (coverage !== undefined && coverage < 1)
    return `Covers ${formatPercent(Math.min(coverage, 0.999))} of revenue`;
  return null;
}

function sparkOf(id: MetricId, scope: DashboardScope, trend: QueryResult | undefined) {
  if (!trend) return { spark: [] };
  const reader = createResultReader(trend);
  const before = scope.primary && comparisonColumn(id, scope.primary, 'previous');
  return {
    spark: trend.rows.map((row) => reader.number(row, id)),
    sparkComparison: before ? trend.rows.map((row) => reader.number(row, before)) : [],
  };
}

const GRAIN_WORDS: Record<Grain, { plural: string; best: string }> = {
  day: { plural: 'Days', best: 'Best day' },
  week: { plural: 'Weeks', best: 'Best week' },
  month: { plural: 'Months', best: 'Best month' },
  quarter: { plural: 'Quarters', best: 'Best quarter' },
  year: { plural: 'Years', best: 'Best year' },
};

/** One line that the number alone does not say. */
function factOf(
  id: MetricId,
  scope: DashboardScope,
  summary: QueryResult,
  trend: QueryResult | undefined,
  currency: string,
): string {
  const reader = createResultReader(summary);
  const row = summary.rows[0] ?? [];
  const text = (metric: MetricId) => metricText(metricOf(metric), reader.number(row, metric), currency);
  const days = summary.period ? dayCount(summary.period) : null;
  const transactions = reader.number(row, 'totalTransactions');
  switch (id) {
    case 'netSales':
    case 'totalRevenue':
      return bestBucket(id, scope, trend, currency);
    case 'grossProfit':
      return `After ${text('totalCost')} cost of goods`;
    case 'grossMargin':
      return marginRange(scope, trend);
    case 'returnRate':
      return `Of ${text('totalRevenue')} gross revenue`;
    case 'returnsValue': {
      const units = reader.number(row, 'unitsReturned');
      return units === null
        ? metricOf(id).description
        : `${metricText(metricOf('unitsReturned'), Math.abs(units), currency)} units returned`;
    }
    case 'totalTransactions':
      return transactions === null || !days
        ? metricOf(id).description
        : `${perDay(transactions, days)} line items a day`;
    case 'averageTransaction':
      return 'Gross revenue per line item';
    case 'netUnitsSold': {
      const units = reader.number(row, id);
      return units === null || !days ? metricOf(id).description : `${perDay(units, days)} units a day`;
    }
    default:
      return metricOf(id).description;
  }
}

function perDay(total: number, days: number): string {
  const mean = total / days;
  return formatNumber(mean, Math.abs(mean) < 10 ? 1 : 0);
}

function bestBucket(
  id: SalesMetric,
  scope: DashboardScope,
  trend: QueryResult | undefined,
  currency: string,
): string {
  if (!trend) return '';
  const reader = createResultReader(trend);
  let best: { time: string; value: number } | null = null;
  for (const row of trend.rows) {
    const time = reader.text(row, 'time');
    const value = reader.number(row, id);
    if (time !== null && value !== null && (best === null || value > best.value)) best = { time, value };
  }
  if (!best || trend.rows.length < 2) return metricOf(id).description;
  const money = metricText(metricOf(id), best.value, currency);
  const label = bucketLabel(best.time, scope.grain).replace(/^Week of /, '');
  return `${GRAIN_WORDS[scope.grain].best} ${label}, ${money}`;
}

function marginRange(scope: DashboardScope, trend: QueryResult | undefined): string {
  if (!trend) return '';
  const reader = createResultReader(trend);
  const margins = trend.rows
    .map((row) => reader.number(row, 'grossMargin'))
    .filter((value) => value !== null);
  if (margins.length < 2) return metricOf('grossMargin').formula;
  const [low, high] = [formatPercent(Math.min(...margins)), formatPercent(Math.max(...margins))];
  return `${GRAIN_WORDS[scope.grain].plural} between ${low} and ${high}`;
}
