import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useResolvedTheme } from '../ui/theme.ts';
import './chart.css';
import { readChartColours, type ChartColours } from './colours.ts';
import { startChart, type ChartOption, type EChartsType } from './echarts.ts';

/**
 * A chart in the colours of the theme. One tab stop: left and right arrows walk its marks, showing each one's tooltip
 * and reading `describe` aloud.
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
    chart.current?.setOption(build(readChartColours(), widthPx), { notMerge: true });
  }, [build, widthPx, theme, heightPx]);

  const show = (index: number | null) => {
    setMark(index);
    if (index === null) chart.current?.dispatchAction({ type: 'hideTip' });
    else chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: index });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number | null> = {
      ArrowRight: mark === null ? 0 : Math.min(markCount - 1, mark + 1),
      ArrowLeft: mark === null ? markCount - 1 : Math.max(0, mark - 1),
      Home: 0,
      End: markCount - 1,
      Escape: null,
    };
    const next = moves[event.key];
    if (next === undefined || markCount === 0) return;
    event.preventDefault();
    show(next);
  };

  return (
    <div
      className="chart"
      role="application"
      aria-roledescription="chart"
      aria-label={`${label}. Use the left and right arrow keys to read its marks.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => show(null)}
    >
      <div ref={container} style={{ height: heightPx }} aria-hidden="true" />
      <output className="sr">{mark === null ? '' : describe(mark)}</output>
    </div>
  );
}
