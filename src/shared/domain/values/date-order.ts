import type { DateOrder } from '../mapping.ts';
import { isBlankMark, trimSpaces } from './bytes.ts';
import { civilFromDays, MICROS_PER_DAY } from './calendar.ts';
import { parseDate } from './date-grammar.ts';
import { DateStatus, NAIROBI_OFFSET } from './date-status.ts';

export interface DateOrderDetection {
  /** Null when no sample is a date in any order. */
  readonly order: DateOrder | null;
  /** Share of the non-blank samples that the order reads, 0 to 1. */
  readonly fit: number;
  /** True when another order reads as many samples and gives other days: a person must say which. */
  readonly ambiguous: boolean;
  /** The sample that decided, or one that both orders read differently when ambiguous. */
  readonly evidence: string | null;
}

/** Most usual first: orders that agree on every sample are decided in this order. */
const TEXTUAL = ['iso', 'day-first', 'month-first', 'year-first'] as const;

/** Serial numbers that are plausible business dates: 1970-01-01 to 2099-12-31 in the 1900 system. */
const SERIAL_FROM = 25_569;
const SERIAL_TO = 73_050;

interface Trial {
  readonly order: DateOrder;
  readonly values: readonly (number | null)[];
  readonly fits: number;
}

function tryOrder(order: DateOrder, texts: readonly string[]): Trial {
  const out = { micros: 0, hasTime: false };
  const values = texts.map((text) =>
    parseDate(text, order, NAIROBI_OFFSET, out) === DateStatus.ok ? out.micros : null,
  );
  return { order, values, fits: values.filter((value) => value !== null).length };
}

function distinctYears(trial: Trial): number {
  const years = trial.values.map((value) =>
    value === null ? null : civilFromDays(Math.floor(value / MICROS_PER_DAY)).year,
  );
  return new Set(years.filter((year) => year !== null)).size;
}

/**
 * Finds the order of day, month and year in a column. `preferred` is an order that other columns of the same file
 * proved: it decides where this column alone is ambiguous (`03/04/2024` throughout).
 *
 * Excel serials are plain numbers too: they are offered (`excel-1900`, always ambiguous because the 1904 system reads
 * them as well) only when no textual order fits, so a caller takes them for dates only where a date is wanted.
 */
export function detectDateOrder(samples: readonly string[], preferred?: DateOrder): DateOrderDetection {
  const texts = samples.filter((sample) => !isBlankMark(trimSpaces(sample)));
  const trials = TEXTUAL.map((order) => tryOrder(order, texts));
  const most = Math.max(...trials.map((trial) => trial.fits));
  if (most === 0) return detectSerials(texts);
  const fit = most / texts.length;
  const best = withoutScattered(trials.filter((trial) => trial.fits === most));
  const chosen = best.find((trial) => trial.order === preferred) ?? best[0];
  if (chosen === undefined) return { order: null, fit: 0, ambiguous: false, evidence: null };
  let contested = -1;
  for (const other of best) {
    contested = other.values.findIndex((value, index) => value !== chosen.values[index]);
    if (contested >= 0) break;
  }
  if (contested >= 0) {
    const ambiguous = chosen.order !== preferred;
    return { order: chosen.order, fit, ambiguous, evidence: texts[contested] ?? null };
  }
  const beaten = trials.find((trial) => trial.fits < most && trial.order !== 'iso');
  const deciding = beaten?.values.findIndex(
    (value, index) => value === null && chosen.values[index] !== null,
  );
  const evidence = deciding === undefined ? null : (texts[deciding] ?? null);
  return { order: chosen.order, fit, ambiguous: false, evidence };
}

/**
 * With two-digit years, `25/10/24` is a day in two orders. In a business file days scatter and years do not, so an
 * order whose years scatter three times as much as another's is out.
 */
function withoutScattered(best: readonly Trial[]): readonly Trial[] {
  if (best.length < 2) return best;
  const spread = best.map((trial) => distinctYears(trial));
  const least = Math.min(...spread);
  return best.filter((_, index) => (spread[index] ?? 0) < Math.max(3, least * 3 + 1));
}

function detectSerials(texts: readonly string[]): DateOrderDetection {
  const serials = texts.filter((text) => {
    const trimmed = trimSpaces(text);
    const value = /^\d{5}(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : 0;
    return value >= SERIAL_FROM && value < SERIAL_TO + 1;
  });
  if (serials.length === 0) return { order: null, fit: 0, ambiguous: false, evidence: null };
  const fit = serials.length / texts.length;
  return { order: 'excel-1900', fit, ambiguous: true, evidence: serials[0] ?? null };
}
