type Series = readonly (number | null)[];

export interface SparkShape {
  readonly line: string;
  readonly comparison: string;
  readonly end: { readonly x: number; readonly y: number } | null;
}

const INSET = 3;
const round = (n: number) => Math.round(n * 10) / 10;

/**
 * SVG paths of two series on one scale. A single blank point breaks the line; a series of fewer than two known points
 * draws no line. Null when there is nothing to draw.
 */
export function sparkGeometry(
  values: Series,
  comparison: Series,
  width: number,
  height: number,
): SparkShape | null {
  const known = [...values, ...comparison].filter((value): value is number => value !== null);
  if (values.filter((value) => value !== null).length < 2) return null;
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  const count = Math.max(values.length, comparison.length);
  const x = (index: number) => round(2 + (index * (width - 2 * INSET + 2)) / Math.max(1, count - 1));
  const y = (value: number) =>
    round(span === 0 ? height / 2 : INSET + (1 - (value - low) / span) * (height - 2 * INSET));
  const path = (series: Series) => {
    let pen = 'M';
    let out = '';
    for (const [index, value] of series.entries()) {
      if (value === null) {
        pen = 'M';
        continue;
      }
      // A point between two gaps has no line: a dot shows it.
      const alone = pen === 'M' && (series[index + 1] ?? null) === null;
      out += `${pen}${x(index)} ${y(value)}${alone ? 'h.01' : ''}`;
      pen = 'L';
    }
    return out;
  };
  const last = values.reduce<number>((found, value, index) => (value === null ? found : index), -1);
  const lastValue = values[last];
  return {
    line: path(values),
    comparison: comparison.filter((value) => value !== null).length > 1 ? path(comparison) : '',
    end: typeof lastValue === 'number' ? { x: x(last), y: y(lastValue) } : null,
  };
}
