import { useCallback, useMemo } from 'react';
import { monthStart } from '#shared/domain/periods';
import type { Grain, Period, QueryResult } from '#shared/domain/query';
import { ChartCard, type LegendEntry } from '../../charts/chart-card.tsx';
import { Chart } from '../../charts/chart.tsx';
import type { ChartColours } from '../../charts/colours.ts';
import { useDataStatus } from '../../data/queries.ts';
import { ChangeMark } from '../../ui/change-mark.tsx';
import {
  columnScale,
  formatDay,
  formatMoney,
  formatPercent,
  formatScaled,
  formatSigned,
  scaledUnit,
} from '../../ui/format.ts';
import { changeOf, comparisonWords, metricOf } from '../../view/metric-words.ts';
import { missingBranches } from '../../view/trust.tsx';
import { trendPoints, type TrendPoint } from './trend-model.ts';
import { TREND_HEIGHT_PX, trendOption } from './trend-option.ts';
import type { DashboardScope, SalesMetric } from './use-dashboard.ts';

const GRAIN_TITLES: Record<Grain, string> = {
  day: 'by day',
  week: 'by week',
  month: 'by month',
  quarter: 'by quarter',
  year: 'by year',
};

export function TrendCard({
  scope,
  sales,
  trend,
  currency,
}: {
  scope: DashboardScope;
  sales: SalesMetric;
  trend: QueryResult;
  currency: string;
}) {
  const { grain, primary, period } = scope;
  const { data: status } = useDataStatus();
  const points = useMemo(
    () => (period ? trendPoints(trend, grain, period, primary, sales) : []),
    [trend, grain, period, primary, sales],
  );
  const scale = useMemo(
    () => columnScale(points.flatMap((point) => [point.sales, point.previous])),
    [points],
  );
  const unit = scaledUnit(currency, scale);
  const salesLabel = metricOf(sales).label;
  const beforeWord = primary ? comparisonWords(primary).long : '';
  const lines = useCallback(
    (point: TrendPoint) => [
      { label: salesLabel, value: formatMoney(point.sales, currency) },
      ...(primary
        ? [
            { label: capital(beforeWord), value: formatMoney(point.previous, currency) },
            {
              label: 'Change',
              value: point.changePercent === null ? '–' : `${formatSigned(point.changePercent, 1)}%`,
            },
          ]
        : []),
      { label: 'Gross profit', value: formatMoney(point.grossProfit, currency) },
      { label: 'Gross margin', value: formatPercent(point.grossMargin) },
    ],
    [currency, primary, beforeWord, salesLabel],
  );
  const missing = status ? missingBranches(status) : [];
  const lateFrom = status?.to && missing.length > 0 ? monthStart(status.to) : null;
  const build = useCallback(
    (colours: ChartColours, widthPx: number) =>
      trendOption(points, scale, unit, colours, widthPx, lines, (point) =>
        Boolean(lateFrom && grain === 'month' && point.time >= lateFrom),
      ),
    [points, scale, unit, lines, lateFrom, grain],
  );
  const describe = (index: number) => {
    const point = points[index];
    if (!point) return '';
    return `${point.label}: ${lines(point)
      .map((line) => `${line.label} ${line.value}`)
      .join(', ')}`;
  };
  return (
    <ChartCard
      footnote={footnoteOf(trend, period, primary ? beforeWord : null)}
      title={`${salesLabel} and margin ${GRAIN_TITLES[grain]}`}
      legend={legendOf(
        points,
        points.some((point) => point.previous !== null) ? beforeWord : null,
        salesLabel,
      )}
      table={tableOf(
        points,
        salesLabel,
        scale,
        unit,
        primary && comparisonWords(primary).column,
        capital(beforeWord),
      )}
    >
      <Chart
        label={`${salesLabel}, gross profit and gross margin ${GRAIN_TITLES[grain]}`}
        heightPx={TREND_HEIGHT_PX}
        markCount={points.length}
        describe={describe}
        build={build}
      />
    </ChartCard>
  );
}

/** Where the data ends before the days that were asked for. */
function footnoteOf(trend: QueryResult, asked: Period | null, before: string | null): string | null {
  if (!asked || !trend.period || trend.period.to >= asked.to) return null;
  const compared = before ? `; ${before} is cut on the same day` : '';
  return `Data ends on ${formatDay(trend.period.to)}${compared}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function legendOf(points: readonly TrendPoint[], before: string | null, salesLabel: string): LegendEntry[] {
  const years = [...new Set(points.map((point) => point.time.slice(0, 4)))];
  const [year] = years;
  const oneYear = years.length === 1 && year;
  return [
    ...(before
      ? [
          {
            label: oneYear && before === 'last year' ? String(Number(year) - 1) : capital(before),
            kind: 'previous' as const,
          },
        ]
      : []),
    { label: oneYear && before ? year : salesLabel, kind: 'current' },
    { label: 'Gross profit', kind: 'deep' },
    { label: 'Gross margin', kind: 'line' },
  ];
}

function tableOf(
  points: readonly TrendPoint[],
  salesLabel: string,
  scale: ReturnType<typeof columnScale>,
  unit: string,
  changeHead: string | null,
  beforeHead: string,
) {
  const money = (id: string, header: string, value: (point: TrendPoint) => number | null) => ({
    id,
    header: `${header}, ${unit}`,
    align: 'right' as const,
    render: (point: TrendPoint) => formatScaled(value(point), scale),
    text: (point: TrendPoint) => formatScaled(value(point), scale),
    sortValue: value,
  });
  return {
    label: `${salesLabel}, gross profit and gross margin`,
    rows: points,
    rowKey: (point: TrendPoint) => point.time,
    maxHeightPx: TREND_HEIGHT_PX,
    columns: [
      {
        id: 'time',
        header: 'Period',
        render: (point: TrendPoint) => point.label,
        text: (point: TrendPoint) => point.label,
        sortValue: (point: TrendPoint) => point.time,
      },
      money('sales', salesLabel, (point) => point.sales),
      ...(changeHead
        ? [
            money('previous', beforeHead, (point) => point.previous),
            {
              id: 'change',
              header: changeHead,
              align: 'right' as const,
              render: (point: TrendPoint) => <ChangeMark change={changeOfPoint(point)} />,
              text: (point: TrendPoint) =>
                point.changePercent === null ? '–' : `${formatSigned(point.changePercent, 1)}%`,
              sortValue: (point: TrendPoint) => point.changePercent,
            },
          ]
        : []),
      money('grossProfit', 'Gross profit', (point) => point.grossProfit),
      {
        id: 'grossMargin',
        header: 'Margin',
        align: 'right' as const,
        render: (point: TrendPoint) => formatPercent(point.grossMargin),
        text: (point: TrendPoint) => formatPercent(point.grossMargin),
        sortValue: (point: TrendPoint) => point.grossMargin,
      },
    ],
  };
}

function changeOfPoint({ sales, previous, changePercent }: TrendPoint) {
  return changeOf(metricOf('netSales'), {
    value: sales,
    previous,
    change: sales === null || previous === null ? null : sales - previous,
    changePercent,
  });
}
