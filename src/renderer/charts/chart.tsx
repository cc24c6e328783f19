import { useEffect, useRef, useState } from 'react';
import { useResolvedTheme } from '../ui/theme.ts';
import './chart.css';
import { readChartColours, type ChartColours } from './colours.ts';
import { startChart, type ChartOption, type EChartsType } from './echarts.ts';

/**
 * A chart in the colours of the theme. One tab stop, a slider over its marks: arrow keys, Home and End walk them,
 * showing each one's tooltip and reading `describe` aloud.
 */
export function Chart({
  label,
  heightPx,
  markCount,
  describe,
  build,
}: {
  /** What the chart shows, in a sentence. */
  label: string;
  heightPx: number;
  markCount: number;
  /** A mark in words: "Mar 2026: net sales KES 616 M, last year KES 562 M". */
  describe(index: number): string;
  /** Pure; must keep its identity while the data is the same. */
  build(colours: ChartColours, widthPx: number): ChartOption;
}) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const theme = useResolvedTheme();
  const [widthPx, setWidthPx] = useState(0);
  const [mark, setMark] = useState<number | null>(null);

  useEffect(() => {
    if (!container.current) return;
    const created = startChart(container.current);
    chart.current = created;
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(container.current);
    return () => {
      observer.disconnect();
      chart.current = null;
      created.dispose();
    };
  }, []);

  useEffect(() => {
    if (widthPx === 0) return;
    chart.current?.resize();
    chart.current?.setOption(build(readChartColours(theme), widthPx), { notMerge: true });
  }, [build, widthPx, theme]);

  const show = (index: number | null) => {
    setMark(index);
    if (index === null) {
      chart.current?.dispatchAction({ type: 'hideTip' });
      chart.current?.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'leave' });
    } else chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: index });
  };

  return (
    <div className="chart">
      <div ref={container} style={{ height: heightPx }} aria-hidden="true" />
      {markCount > 0 && (
        <input
          type="range"
          className="sr"
          aria-label={`${label}: read mark by mark`}
          aria-valuetext={describe(mark ?? 0)}
          min={0}
          max={markCount - 1}
          value={mark ?? 0}
          onChange={(event) => show(Number(event.target.value))}
          onFocus={() => show(mark ?? 0)}
          onBlur={() => show(null)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') show(null);
          }}
        />
      )}
    </div>
  );
}
