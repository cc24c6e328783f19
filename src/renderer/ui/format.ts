/** Numbers and dates as Mauzo shows them. Rounding happens here and nowhere else. */

export const BLANK = '–';
const MINUS = '−';
/** Narrow figures that belong together must not break. */
const NBSP = '\u00a0';

/** A figure in parts, so that units can be set smaller and greyer than the number. */
export interface FigureParts {
  readonly prefix: string;
  readonly number: string;
  readonly suffix: string;
}

/** `from` is where the scale below would round up into a thousand of its unit. */
const SCALES = [
  { from: 999_950_000, divisor: 1e9, suffix: 'bn' },
  { from: 999_999.5, divisor: 1e6, suffix: 'M' },
] as const;

/** Grouped with commas, true minus sign, never a minus zero. */
export function formatNumber(value: number | null, decimals = 0): string {
  if (value === null || !Number.isFinite(value)) return BLANK;
  const text = Math.abs(value).toLocaleString('en-KE', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** "+157.5" or "−34.4"; nothing before a zero. */
export function formatSigned(value: number | null, decimals = 0): string {
  const text = formatNumber(value, decimals);
  return value !== null && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/**
 * Abbreviated above one million: 6.24 bn, 119.5 M (two decimals below ten, else one); full with commas below it.
 * `smallDecimals` are the decimals of numbers below 100 (prices), 0 elsewhere.
 */
export function abbreviate(value: number | null, smallDecimals = 0): Omit<FigureParts, 'prefix'> {
  if (value === null || !Number.isFinite(value)) return { number: BLANK, suffix: '' };
  const size = Math.abs(value);
  for (const scale of SCALES) {
    if (size < scale.from) continue;
    const scaled = value / scale.divisor;
    return { number: formatNumber(scaled, Math.abs(scaled) < 9.995 ? 2 : 1), suffix: scale.suffix };
  }
  return { number: formatNumber(value, size < 100 ? smallDecimals : 0), suffix: '' };
}

/** "KES 6.24 bn", as parts. */
export function moneyParts(value: number | null, currency: string, smallDecimals = 0): FigureParts {
  const parts = abbreviate(value, smallDecimals);
  return { prefix: parts.number === BLANK ? '' : currency, ...parts };
}

export function joinParts(parts: FigureParts): string {
  return [parts.prefix, parts.number, parts.suffix].filter(Boolean).join(NBSP);
}

/** "KES 6.24 bn", "KES 3,801". */
export function formatMoney(value: number | null, currency: string, smallDecimals = 0): string {
  return joinParts(moneyParts(value, currency, smallDecimals));
}

/** 1.67 M, 11,627. */
export function formatCount(value: number | null): string {
  return joinParts({ prefix: '', ...abbreviate(value) });
}

/** A ratio as percent: 0.198 is "19.8%". */
export function formatPercent(ratio: number | null, decimals = 1): string {
  if (ratio === null || !Number.isFinite(ratio)) return BLANK;
  return `${formatNumber(ratio * 100, decimals)}%`;
}

/** A difference of two ratios in percentage points: −0.002 is "−0.2 pp". */
export function formatPoints(difference: number | null, decimals = 1): string {
  if (difference === null || !Number.isFinite(difference)) return BLANK;
  return `${formatNumber(difference * 100, decimals)}${NBSP}pp`;
}

/** A scale for a whole column, chosen by its largest value, so that rows can be compared: unit once, in the head. */
export interface ColumnScale {
  readonly unit: '' | 'K' | 'M' | 'bn';
  readonly divisor: number;
  readonly decimals: number;
}

/** Up to six digits for the largest value, so that the small rows keep theirs. Columns below 100,000 stay in full. */
export function columnScale(values: readonly (number | null)[]): ColumnScale {
  const largest = values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  if (largest >= 1e11) return { unit: 'bn', divisor: 1e9, decimals: 1 };
  if (largest >= 1e8) return { unit: 'M', divisor: 1e6, decimals: 1 };
  if (largest >= 1e7) return { unit: 'M', divisor: 1e6, decimals: 2 };
  if (largest >= 1e5) return { unit: 'K', divisor: 1e3, decimals: 0 };
  return { unit: '', divisor: 1, decimals: 0 };
}

export function formatScaled(value: number | null, scale: ColumnScale): string {
  return value === null ? BLANK : formatNumber(value / scale.divisor, scale.decimals);
}

/** "KES M", "KES". */
export function scaledUnit(currency: string, scale: ColumnScale): string {
  return scale.unit ? `${currency} ${scale.unit}` : currency;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

interface DayParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function dayParts(day: string): DayParts {
  const [year = 0, month = 1, date = 1] = day.slice(0, 10).split('-').map(Number);
  return { year, month, day: date };
}

export function monthName(month: number): string {
  return MONTHS[month - 1] ?? '';
}

/** "31 Oct 2026" of `2026-10-31` or of an ISO timestamp's date part. */
export function formatDay(day: string | null): string {
  if (!day) return BLANK;
  const { year, month, day: date } = dayParts(day);
  return `${date}${NBSP}${monthName(month)}${NBSP}${year}`;
}

/** "Jan 2026" of `2026-01` or `2026-01-05`. */
export function formatMonth(day: string): string {
  const { year, month } = dayParts(day);
  return `${monthName(month)} ${year}`;
}

const lastDayOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The shortest exact name of a period: "2026", "Oct 2026", "Jan–Oct 2026", "1–24 Oct 2026", "12 Mar – 3 Apr 2026". */
export function formatPeriod(period: { readonly from: string; readonly to: string }): string {
  const a = dayParts(period.from);
  const b = dayParts(period.to);
  const wholeMonths = a.day === 1 && b.day === lastDayOf(b.year, b.month);
  if (wholeMonths) {
    if (a.year === b.year) {
      if (a.month === 1 && b.month === 12) return String(a.year);
      if (a.month === b.month) return `${monthName(a.month)} ${a.year}`;
      return `${monthName(a.month)}–${monthName(b.month)} ${a.year}`;
    }
    if (a.month === 1 && b.month === 12) return `${a.year}–${b.year}`;
    return `${monthName(a.month)} ${a.year} – ${monthName(b.month)} ${b.year}`;
  }
  if (period.from === period.to) return `${a.day} ${monthName(a.month)} ${a.year}`;
  if (a.year === b.year && a.month === b.month) return `${a.day}–${b.day} ${monthName(a.month)} ${a.year}`;
  const start =
    a.year === b.year ? `${a.day} ${monthName(a.month)}` : `${a.day} ${monthName(a.month)} ${a.year}`;
  return `${start} – ${b.day} ${monthName(b.month)} ${b.year}`;
}

/** "09:14" or "31 Oct 2026 09:14" of an ISO timestamp, in the time of this computer. */
export function formatTimestamp(iso: string, withDay = true): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return BLANK;
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (!withDay) return time;
  return `${at.getDate()}${NBSP}${monthName(at.getMonth() + 1)}${NBSP}${at.getFullYear()} ${time}`;
}

/** "412 MB", "3.9 MB", "812 KB". */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1e3) return `${sizeBytes}${NBSP}B`;
  const [divisor, unit] =
    sizeBytes < 999_500 ? [1e3, 'KB'] : sizeBytes < 999_500_000 ? [1e6, 'MB'] : [1e9, 'GB'];
  const scaled = sizeBytes / divisor;
  return `${scaled.toFixed(scaled < 9.95 && unit !== 'KB' ? 1 : 0)}${NBSP}${unit}`;
}

/** "84 ms", "6.2 s", "3 min 20 s"; what is too quick to tell is "<1 ms". */
export function formatDuration(elapsedMs: number): string {
  if (elapsedMs < 0.5) return `<1${NBSP}ms`;
  if (elapsedMs < 999.5) return `${Math.round(elapsedMs)}${NBSP}ms`;
  if (elapsedMs < 9_950) return `${(elapsedMs / 1000).toFixed(1)}${NBSP}s`;
  const seconds = Math.round(elapsedMs / 1000);
  if (seconds < 60) return `${seconds}${NBSP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)}${NBSP}h ${minutes % 60}${NBSP}min`;
  return seconds % 60 === 0 ? `${minutes}${NBSP}min` : `${minutes}${NBSP}min ${seconds % 60}${NBSP}s`;
}

/** "1 row", "3 rows", "25,126 rows". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
