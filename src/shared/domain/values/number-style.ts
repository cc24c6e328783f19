import type { NumberStyle } from '../mapping.ts';
import { isBlankMark, trimSpaces } from './bytes.ts';
import { NumberStatus, parseNumber } from './number-grammar.ts';
import { newE4Out } from './number-reader.ts';

/** The styles that are told apart, most usual first: equal evidence is decided in this order. */
const CANDIDATES: readonly NumberStyle[] = [
  { decimal: '.', grouping: '' },
  { decimal: '.', grouping: ',' },
  { decimal: ',', grouping: '' },
  { decimal: ',', grouping: '.' },
  { decimal: '.', grouping: ' ' },
  { decimal: ',', grouping: ' ' },
  { decimal: '.', grouping: "'" },
  { decimal: ',', grouping: "'" },
];

export interface NumberStyleDetection {
  /** Null when no sample is a number in any style. */
  readonly style: NumberStyle | null;
  /** Share of the non-blank samples that the style reads, 0 to 1; numbers with too many decimals count as read. */
  readonly fit: number;
  /** True when another style reads as many samples and gives other values: a person must say which. */
  readonly ambiguous: boolean;
  /** The sample that decided, or one that both styles read differently when ambiguous. */
  readonly evidence: string | null;
}

interface Trial {
  readonly style: NumberStyle;
  readonly values: readonly (string | null)[];
  readonly fits: number;
}

function tryStyle(style: NumberStyle, texts: readonly string[]): Trial {
  const out = newE4Out();
  let fits = 0;
  const values = texts.map((text) => {
    const status = parseNumber(text, style, out);
    if (status === NumberStatus.tooPrecise) {
      fits += 1;
      return `${style.decimal}${text}`;
    }
    if (status !== NumberStatus.ok) return null;
    fits += 1;
    return Number.isNaN(out.low) ? out.big.toString() : String(out.low);
  });
  return { style, values, fits };
}

const sameStyle = (a: NumberStyle, b: NumberStyle): boolean =>
  a.decimal === b.decimal && a.grouping === b.grouping;

/**
 * Finds how the numbers of a column are written. `preferred` is a style that other columns of the same file proved: it
 * decides where this column alone is ambiguous (`1,234` throughout).
 */
export function detectNumberStyle(samples: readonly string[], preferred?: NumberStyle): NumberStyleDetection {
  const texts = samples.filter((sample) => !isBlankMark(trimSpaces(sample)));
  const trials = CANDIDATES.map((style) => tryStyle(style, texts));
  const most = Math.max(...trials.map((trial) => trial.fits));
  if (texts.length === 0 || most === 0) return { style: null, fit: 0, ambiguous: false, evidence: null };
  const fit = most / texts.length;
  const best = trials.filter((trial) => trial.fits === most);
  const first = best[0];
  if (first === undefined) return { style: null, fit: 0, ambiguous: false, evidence: null };
  const chosen = best.find((trial) => preferred !== undefined && sameStyle(trial.style, preferred)) ?? first;
  let contested = -1;
  for (const other of best) {
    contested = other.values.findIndex((value, index) => value !== chosen.values[index]);
    if (contested >= 0) break;
  }
  if (contested >= 0 && (preferred === undefined || !sameStyle(chosen.style, preferred))) {
    return { style: chosen.style, fit, ambiguous: true, evidence: texts[contested] ?? null };
  }
  const beaten = trials.find((trial) => trial.fits < most);
  const deciding = beaten?.values.findIndex(
    (value, index) => value === null && chosen.values[index] !== null,
  );
  return {
    style: chosen.style,
    fit,
    ambiguous: false,
    evidence: deciding === undefined ? null : (texts[deciding] ?? null),
  };
}

/**
 * True when whole numbers of a column are codes and must stay text: leading zeros (`00123`), or more digits than
 * amounts have (16 and more).
 */
export function looksLikeCodes(samples: readonly string[]): boolean {
  return samples.some((sample) => /^0\d+$|^\d{16,}$/.test(trimSpaces(sample)));
}
