/** Steps q0..q7 of the sequential palette and d0..d6 of the diverging one. */
export const SEQUENTIAL_STEPS = 8;
export const DIVERGING_STEPS = 7;

export interface HeatScale {
  readonly kind: 'sequential' | 'diverging';
  /** Lower bounds of every step but the first, ascending. */
  readonly breaks: readonly number[];
}

const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10];

/** The nearest number with at most two figures that people read easily; 0 stays 0. */
export function niceNumber(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0; // Also of -0.
  const size = Math.abs(value);
  const power = 10 ** Math.floor(Math.log10(size));
  const head = size / power;
  let best = 1;
  for (const candidate of NICE) if (Math.abs(candidate - head) < Math.abs(best - head)) best = candidate;
  return Math.sign(value) * Number((best * power).toPrecision(3)) || 0;
}

/**
 * Round breaks at the quantiles of the values, so that a few large cells do not wash out the rest. Breaks ascend
 * strictly: with few or equal values there are fewer of them.
 */
export function sequentialScale(values: readonly (number | null)[]): HeatScale {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  known.sort((a, b) => a - b);
  const breaks: number[] = [];
  const shares = [0.14, 0.28, 0.43, 0.58, 0.72, 0.85, 0.94];
  for (const share of shares) {
    const at = known[Math.floor(share * (known.length - 1))];
    if (at === undefined) continue;
    const nice = niceNumber(at);
    const last = breaks.at(-1);
    if (last === undefined ? nice > (known[0] ?? 0) : nice > last) breaks.push(nice);
  }
  return { kind: 'sequential', breaks };
}

/** Fixed, symmetric breaks for shares of change: about equal is within 2 %. */
export function changeScale(): HeatScale {
  return { kind: 'diverging', breaks: [-0.2, -0.1, -0.02, 0.02, 0.1, 0.2] };
}

/** The step of a value: how many breaks it reaches, spread over the palette when there are few. */
export function heatStep(scale: HeatScale, value: number): number {
  const reached = scale.breaks.filter((from) => value >= from).length;
  const steps = scale.kind === 'sequential' ? SEQUENTIAL_STEPS : DIVERGING_STEPS;
  const levels = scale.breaks.length;
  if (levels === 0) return scale.kind === 'sequential' ? 3 : 3;
  return Math.round((reached / levels) * (steps - 1));
}

/** The fewest decimals with which every break can be told from its neighbours, up to three. */
export function breakDecimals(breaks: readonly number[]): number {
  for (const decimals of [0, 1, 2]) {
    const exact = breaks.every((value) => Math.abs(Number(value.toFixed(decimals)) - value) < 1e-9);
    if (exact) return decimals;
  }
  return 3;
}

/** CSS class of a step. */
export function heatClass(scale: HeatScale, value: number): string {
  return `${scale.kind === 'sequential' ? 'q' : 'd'}${heatStep(scale, value)}`;
}
