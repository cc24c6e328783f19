import { useMemo } from 'react';
import './sparkline.css';
import { sparkGeometry } from './spark-geometry.ts';

/** A trend without axes: dark = this period, grey = last year, dot = newest point. Gaps stay gaps. */
export function Sparkline({
  values,
  comparison,
}: {
  values: readonly (number | null)[];
  comparison?: readonly (number | null)[] | undefined;
}) {
  const shape = useMemo(() => sparkGeometry(values, comparison ?? [], 88, 28), [values, comparison]);
  if (!shape) return <span className="ui-spark" />;
  return (
    <svg className="ui-spark" viewBox="0 0 88 28" preserveAspectRatio="none" aria-hidden="true">
      {shape.comparison && <path className="is-comparison" d={shape.comparison} />}
      <path d={shape.line} />
      {shape.end && <path className="is-end" d={`M${shape.end.x} ${shape.end.y}h.01`} />}
    </svg>
  );
}
