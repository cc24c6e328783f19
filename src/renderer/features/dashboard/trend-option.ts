import type { ChartColours } from '../../charts/colours.ts';
import type { ChartOption } from '../../charts/echarts.ts';
import { TOOLTIP, tooltipElement } from '../../charts/tooltip.ts';
import { formatNumber, formatPercent, type ColumnScale } from '../../ui/format.ts';
import { axisStep, ratioBounds, type TrendPoint } from './trend-model.ts';

export const TREND_HEIGHT_PX = 292;
const MARGIN = { top: 24, height: 44 };
const BARS = { top: 110, height: 158 };
const FONT = { fontFamily: 'Inter UI, system-ui, sans-serif', fontSize: 11, lineHeight: 16 };
const LABELLED_POINTS = 12;
/** Room for the widest tick, "Oct 26" with its sign. */
const TICK_PX = 44;

/**
 * Bars of sales (this period, the compared one, gross profit within) from 0, and margin in its own pane above the
 * same buckets: never two axes on one plot.
 */
export function trendOption(
  points: readonly TrendPoint[],
  scale: ColumnScale,
  currencyUnit: string,
  colours: ChartColours,
  widthPx: number,
  describe: (point: TrendPoint) => readonly { label: string; value: string }[],
  incomplete: (point: TrendPoint) => boolean,
): ChartOption {
  const scaled = (value: number | null) => (value === null ? null : value / scale.divisor);
  const tops = points.flatMap((point) => [scaled(point.sales), scaled(point.previous)]);
  const known = tops.filter((value) => value !== null);
  const step = axisStep(Math.max(0, ...known) * 1.02);
  const max = Math.ceil((Math.max(0, ...known) * 1.02) / step) * step || step;
  const lowest = Math.min(0, ...known, ...points.map((point) => scaled(point.grossProfit) ?? 0));
  const min = Math.floor(lowest / step) * step;
  const margin = ratioBounds(points.map((point) => point.grossMargin));
  const labelled = points.length <= LABELLED_POINTS && widthPx / points.length >= 40;
  const marginLabels = labelledMargins(points);
  const grid = { left: 44, right: 16 };
  const category = {
    type: 'category' as const,
    data: points.map((point) => point.tick),
    axisTick: { show: false },
  };
  const valueAxis = {
    type: 'value' as const,
    splitLine: { lineStyle: { color: colours.grid } },
  };
  const axisLabel = { ...FONT, color: colours.text3, margin: 8 };
  return {
    animation: false,
    grid: [
      { ...grid, ...MARGIN },
      { ...grid, ...BARS },
    ],
    tooltip: {
      trigger: 'axis',
      ...TOOLTIP,
      axisPointer: { type: 'shadow', shadowStyle: { color: colours.text3, opacity: 0.08 } },
      formatter: (params) => {
        const first = Array.isArray(params) ? params[0] : params;
        const point = points[first?.dataIndex ?? -1];
        return point ? tooltipElement(point.label, describe(point)) : '';
      },
    },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    xAxis: [
      { ...category, gridIndex: 0, axisLabel: { show: false }, axisLine: { show: false } },
      {
        ...category,
        gridIndex: 1,
        axisLine: { lineStyle: { color: colours.axis } },
        axisLabel: {
          ...FONT,
          color: colours.text3,
          margin: 6,
          interval: Math.ceil((TICK_PX * points.length) / Math.max(1, widthPx - grid.left)) - 1,
          formatter: (value: string, index: number) => {
            const point = points[index];
            return point && incomplete(point) ? `{late|${value}} {warn|}` : value;
          },
          rich: {
            late: { ...FONT, fontWeight: 500, color: colours.text2 },
            warn: { width: 12, height: 12, backgroundColor: { image: warningImage(colours.warn) } },
          },
        },
      },
    ],
    yAxis: [
      {
        ...valueAxis,
        gridIndex: 0,
        show: points.some((point) => point.grossMargin !== null),
        ...margin,
        interval: margin.max - margin.min,
        axisLabel: { ...axisLabel, formatter: (value: number) => formatPercent(value, 0) },
      },
      {
        ...valueAxis,
        gridIndex: 1,
        min,
        max,
        interval: step,
        name: currencyUnit,
        nameLocation: 'end',
        nameGap: 10,
        nameTextStyle: { ...FONT, color: colours.text3, align: 'right', padding: [0, 4, 0, 0] },
        axisLabel: {
          ...axisLabel,
          formatter: (value: number) => formatNumber(value, Number.isInteger(step) ? 0 : 1),
        },
      },
    ],
    series: [
      {
        type: 'custom',
        name: 'Sales',
        xAxisIndex: 1,
        yAxisIndex: 1,
        encode: { x: 0, y: [1, 2, 3] },
        data: points.map((point, index) => [
          index,
          scaled(point.sales) ?? Number.NaN,
          scaled(point.previous) ?? Number.NaN,
          scaled(point.grossProfit) ?? Number.NaN,
        ]),
        renderItem: (_, api) => {
          const index = Number(api.value(0));
          const [slot = 0] = [api.size?.([1, 0])].flat();
          const previousWidth = Math.min(14, slot * 0.18);
          const currentWidth = Math.min(34, slot * 0.4);
          const centre = api.coord([index, 0])[0] ?? 0;
          const hasPrevious = points.some((point) => point.previous !== null);
          const gap = hasPrevious ? 2 : 0;
          const left = centre - (currentWidth + (hasPrevious ? previousWidth + gap : 0)) / 2;
          const currentLeft = hasPrevious ? left + previousWidth + gap : left;
          const bar = (value: number, x: number, width: number, fill: string) => {
            if (!Number.isFinite(value)) return [];
            const top = api.coord([index, Math.max(0, value)])[1] ?? 0;
            const bottom = api.coord([index, Math.min(0, value)])[1] ?? 0;
            const r = Math.min(3, width / 4);
            return [
              {
                type: 'rect' as const,
                shape: {
                  x,
                  y: top,
                  width,
                  height: Math.max(0.5, bottom - top),
                  r: value >= 0 ? [r, r, 0, 0] : [0, 0, r, r],
                },
                style: { fill },
              },
            ];
          };
          const sales = Number(api.value(1));
          const inner = currentWidth * 0.44;
          return {
            type: 'group',
            emphasisDisabled: true,
            children: [
              ...bar(Number(api.value(2)), left, previousWidth, colours.previous),
              ...bar(sales, currentLeft, currentWidth, colours.current),
              ...bar(
                Number(api.value(3)),
                currentLeft + (currentWidth - inner) / 2,
                inner,
                colours.currentDeep,
              ),
              ...(labelled && Number.isFinite(sales)
                ? [
                    {
                      type: 'text' as const,
                      style: {
                        text: formatNumber(sales, scale.decimals > 1 ? 1 : 0),
                        x: currentLeft + currentWidth / 2,
                        y: (api.coord([index, Math.max(0, sales)])[1] ?? 0) - 4,
                        textAlign: 'center' as const,
                        textVerticalAlign: 'bottom' as const,
                        fill: colours.text,
                        font: `500 11px ${FONT.fontFamily}`,
                      },
                    },
                  ]
                : []),
            ],
          };
        },
      },
      {
        type: 'line',
        name: 'Gross margin',
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: points.map((point, index) => ({
          value: point.grossMargin,
          label: { show: marginLabels.has(index), position: 'top' as const, distance: 5 },
        })),
        label: {
          ...FONT,
          fontWeight: 500,
          color: colours.text2,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            formatPercent(points[dataIndex]?.grossMargin ?? null),
        },
        symbol: points.length > 40 ? 'none' : 'circle',
        symbolSize: 5,
        showAllSymbol: true,
        lineStyle: { color: colours.line, width: 1.5 },
        itemStyle: { color: colours.surface, borderColor: colours.line, borderWidth: 1.5 },
        emphasis: { disabled: true },
      },
    ],
  };
}

/** The first, the last, the highest and the lowest margin, unless they would touch. */
function labelledMargins(points: readonly TrendPoint[]): Set<number> {
  const known = points.flatMap((point, index) =>
    point.grossMargin === null ? [] : [{ index, value: point.grossMargin }],
  );
  const byValue = [...known].sort((a, b) => a.value - b.value);
  const apart = Math.max(2, Math.ceil(points.length / 8));
  const chosen = new Set<number>();
  for (const entry of [known[0], known.at(-1), byValue.at(-1), byValue[0]])
    if (entry && [...chosen].every((other) => Math.abs(other - entry.index) >= apart))
      chosen.add(entry.index);
  return chosen;
}

function warningImage(colour: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="${colour}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><path d="M8 2.2l6.3 11.3H1.700z"/><path d="M8 6.500v3.200M8 11.600v.1"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
