import type { Comparison, Grain, Period } from './query.ts';

/**
 * Calendar days, periods and buckets of business wall-clock time. Pure: no clock, no time zone; "today" is the newest
 * day that has data. Days are `yyyy-mm-dd` in the years 0000 to 9999.
 */

const DAY_MS = 86_400_000;
const FIRST_DAY = -719_528;
const LAST_DAY = 2_932_896;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Days since 1970-01-01 of a calendar day `yyyy-mm-dd`; null when that day does not exist. */
export function dayNumber(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const number = numberOf(Number(match[1]), Number(match[2]), Number(match[3]));
  return dayOf(number) === day ? number : null;
}

/** The calendar day of a day number; held within the years 0000 to 9999. */
export function dayOf(number: number): string {
  const held = Math.min(LAST_DAY, Math.max(FIRST_DAY, number));
  return new Date(held * DAY_MS).toISOString().slice(0, 10);
}

/** Both days exist and the first is not after the last. */
export function isPossiblePeriod({ from, to }: Period): boolean {
  return dayNumber(from) !== null && dayNumber(to) !== null && from <= to;
}

export const addDays = (day: string, days: number): string => dayOf(existing(day) + days);

/** The same day of another month, or its last day when the month is shorter: 31 January plus one is 28 or 29 February. */
export function addMonths(day: string, months: number): string {
  const { year, month, date } = parts(day);
  const first = numberOf(year, month + months, 1);
  const last = numberOf(year, month + months + 1, 1) - 1;
  return dayOf(Math.min(first + date - 1, last));
}

export const monthStart = (day: string): string => `${day.slice(0, 7)}-01`;

export function monthEnd(day: string): string {
  const { year, month } = parts(day);
  return dayOf(numberOf(year, month + 1, 1) - 1);
}

/** How many days the period has, both ends included. */
export const dayCount = ({ from, to }: Period): number => existing(to) - existing(from) + 1;

/** From the first day of a month to the last day of a month. */
export const isWholeMonths = ({ from, to }: Period): boolean =>
  from === monthStart(from) && to === monthEnd(to);

/** How many calendar months the period touches. */
export function monthCount({ from, to }: Period): number {
  const [a, b] = [parts(from), parts(to)];
  return (b.year - a.year) * 12 + b.month - a.month + 1;
}

/** The calendar months `yyyy-mm` that the period touches, of those given. */
export const touchesMonth = ({ from, to }: Period, month: string): boolean =>
  from.slice(0, 7) <= month && month <= to.slice(0, 7);

/** All days of the month `yyyy-mm` lie in the period. */
export const coversMonth = ({ from, to }: Period, month: string): boolean =>
  from <= `${month}-01` && monthEnd(`${month}-01`) <= to;

/** The period without the days after the newest day with data; unchanged when that day is not inside it. */
export function clipPeriod(period: Period, newestDay: string | null): Period {
  if (newestDay === null || newestDay < period.from || newestDay >= period.to) return period;
  return { from: period.from, to: newestDay };
}

/**
 * The period to compare with. `previous-period`: whole months are shifted by their number of months, other periods
 * are the same number of days just before. `same-period-last-year`: shifted by twelve months; 29 February becomes the
 * 28th, and whole months stay whole. When `clipped` ends before `period`, the compared period ends as early.
 */
export function comparedPeriod(comparison: Comparison, period: Period, clipped: Period = period): Period {
  if (comparison === 'same-period-last-year') return shiftMonths(clipped, -12);
  if (isWholeMonths(period)) return shiftMonths(clipped, -monthCount(period));
  const from = addDays(period.from, -dayCount(period));
  return { from, to: addDays(from, dayCount(clipped) - 1) };
}

export const previousPeriod = (period: Period): Period => comparedPeriod('previous-period', period);
export const samePeriodLastYear = (period: Period): Period => comparedPeriod('same-period-last-year', period);

function shiftMonths(period: Period, months: number): Period {
  const to = addMonths(period.to, months);
  return { from: addMonths(period.from, months), to: isWholeMonths(period) ? monthEnd(to) : to };
}

/** First day of the bucket that holds the day; weeks begin on Monday. */
export function bucketStart(day: string, grain: Grain): string {
  const { year, month } = parts(day);
  switch (grain) {
    case 'week':
      return addDays(day, -((existing(day) + 3 + 7 * 200_000) % 7));
    case 'month':
      return monthStart(day);
    case 'quarter':
      return dayOf(numberOf(year, month - ((month - 1) % 3), 1));
    case 'year':
      return dayOf(numberOf(year, 1, 1));
    case 'day':
    default:
      return day;
  }
}

/** First day of the bucket `index` buckets after the one that holds `from`. */
export function bucketAt(from: string, grain: Grain, index: number): string {
  const start = bucketStart(from, grain);
  switch (grain) {
    case 'week':
      return addDays(start, 7 * index);
    case 'month':
      return addMonths(start, index);
    case 'quarter':
      return addMonths(start, 3 * index);
    case 'year':
      return addMonths(start, 12 * index);
    case 'day':
    default:
      return addDays(start, index);
  }
}

/** Base of bucket numbers of a period; for "all data" (null) any Monday that begins a year will do. */
export const bucketBase = (period: Period | null): string => period?.from ?? '2001-01-01';

/** How many buckets the one that begins on `start` comes after the one that holds `from`: the inverse of `bucketAt`. */
export function bucketIndex(from: string, grain: Grain, start: string): number {
  const [first, day] = [bucketStart(from, grain), parts(start)];
  const { year, month } = parts(first);
  const months = (day.year - year) * 12 + day.month - month;
  switch (grain) {
    case 'week':
      return (existing(start) - existing(first)) / 7;
    case 'month':
      return months;
    case 'quarter':
      return months / 3;
    case 'year':
      return months / 12;
    case 'day':
    default:
      return existing(start) - existing(first);
  }
}

/** First days of all buckets that the period touches, with or without data. */
export function bucketsOf(period: Period, grain: Grain): string[] {
  const buckets: string[] = [];
  for (let index = 0; ; index += 1) {
    const bucket = bucketAt(period.from, grain, index);
    if (bucket > period.to || bucket === buckets.at(-1)) return buckets;
    buckets.push(bucket);
  }
}

/** `5 Mar 2024`, `Week of 4 Mar 2024`, `Mar 2024`, `Q1 2024`, `2024`. */
export function bucketLabel(firstDay: string, grain: Grain): string {
  const { year, month } = parts(firstDay);
  switch (grain) {
    case 'week':
      return `Week of ${dayLabel(firstDay)}`;
    case 'month':
      return `${monthName(month)} ${year}`;
    case 'quarter':
      return `Q${Math.ceil(month / 3)} ${year}`;
    case 'year':
      return String(year);
    case 'day':
    default:
      return dayLabel(firstDay);
  }
}

/** `2024`, `Mar 2024`, `Jan – Mar 2024`, `1 – 15 Mar 2024`, `20 Dec 2023 – 5 Jan 2024`. */
export function periodLabel({ from, to }: Period): string {
  const [a, b] = [parts(from), parts(to)];
  const sameYear = a.year === b.year;
  const sameMonth = sameYear && a.month === b.month;
  if (isWholeMonths({ from, to })) {
    if (a.month === 1 && b.month === 12) return sameYear ? `${a.year}` : `${a.year} – ${b.year}`;
    if (sameMonth) return bucketLabel(from, 'month');
    return `${monthName(a.month)}${sameYear ? '' : ` ${a.year}`} – ${bucketLabel(to, 'month')}`;
  }
  if (from === to) return dayLabel(to);
  if (sameMonth) return `${a.date} – ${dayLabel(to)}`;
  return `${sameYear ? `${a.date} ${monthName(a.month)}` : dayLabel(from)} – ${dayLabel(to)}`;
}

export const PERIOD_PRESETS = [
  { id: 'month-to-date', label: 'This month to date' },
  { id: 'last-month', label: 'Last month' },
  { id: 'quarter-to-date', label: 'This quarter to date' },
  { id: 'last-12-months', label: 'Last 12 months' },
  { id: 'year-to-date', label: 'Year to date' },
  { id: 'all-data', label: 'All data' },
] as const;
export type PeriodPreset = (typeof PERIOD_PRESETS)[number]['id'];

/**
 * The period of a preset, told from the newest day with data; null means all data. Periods "to date" end with their
 * month, quarter or year: every query is cut at the newest day with data, and what it is compared with as early, so
 * that the previous month, quarter or year is cut at the same day. The answer's `period` tells the days really used.
 */
export function resolvePreset(preset: PeriodPreset, newestDay: string | null): Period | null {
  if (newestDay === null) return null;
  const start = monthStart(newestDay);
  switch (preset) {
    case 'month-to-date':
      return { from: start, to: monthEnd(newestDay) };
    case 'last-month':
      return { from: addMonths(start, -1), to: addDays(start, -1) };
    case 'quarter-to-date': {
      const from = bucketStart(newestDay, 'quarter');
      return { from, to: monthEnd(addMonths(from, 2)) };
    }
    case 'last-12-months':
      return { from: addMonths(start, -11), to: monthEnd(newestDay) };
    case 'year-to-date': {
      const from = bucketStart(newestDay, 'year');
      return { from, to: monthEnd(addMonths(from, 11)) };
    }
    case 'all-data':
    default:
      return null;
  }
}

const dayLabel = (day: string): string => {
  const { year, month, date } = parts(day);
  return `${date} ${monthName(month)} ${year}`;
};

const monthName = (month: number): string => MONTHS[month - 1] ?? '';

function numberOf(year: number, month: number, date: number): number {
  const time = new Date(0);
  // setUTCFullYear, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  time.setUTCFullYear(year, month - 1, date);
  return time.getTime() / DAY_MS;
}

function existing(day: string): number {
  const number = dayNumber(day);
  if (number === null) throw new RangeError(`not a calendar day: ${day}`);
  return number;
}

function parts(day: string): { year: number; month: number; date: number } {
  existing(day);
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), date: Number(day.slice(8)) };
}
