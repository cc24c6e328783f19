import type { DateOrder } from '../mapping.ts';
import { isBlankMark, trimSpaces } from './bytes.ts';
import { monthOf, weekdayOf } from './calendar-names.ts';
import {
  daysFromCivil,
  daysInMonth,
  FIRST_YEAR,
  LAST_YEAR,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from './calendar.ts';
import { DateStatus, type DateOut, type ZoneOffset } from './date-status.ts';
import { serialToMicros } from './excel-serials.ts';

/** No honest date is longer; keeps hostile cells cheap. */
const MAX_TEXT = 64;
/** Two-digit years: 00–68 are 2000–2068, 69–99 are 1969–1999 (POSIX strptime). */
const PIVOT = 69;

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?=$|[T\s])/i;
const ISO_BASIC = /^(\d{4})(\d{2})(\d{2})(?=$|T)/i;
const NUMERIC = /^(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?=$|[T\s,])/i;
const DAY_NAME_YEAR =
  /^(\d{1,2})(?:st|nd|rd|th)?[-/.\s]{0,2}(\p{L}{3,9})[-/.,\s]{0,2}(\d{4}|\d{2})(?=$|[T\s,])/iu;
const NAME_DAY_YEAR =
  /^(\p{L}{3,9})[-/.\s]{0,2}(\d{1,2})(?:st|nd|rd|th)?(?:,\s?|[-/.\s])(\d{4}|\d{2})(?=$|[T\s,])/iu;
const YEAR_NAME_DAY = /^(\d{4})[-/.\s]{0,2}(\p{L}{3,9})[-/.\s]{0,2}(\d{1,2})(?=$|[T\s,])/iu;
const WEEKDAY = /^(\p{L}{3,9})\.?,?\s+(?=.*\d)/u;
const TIME =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?([ap])\.?m\.?)?\s?(z|utc|gmt|eat|[+-]\d{2}(?::?\d{2})?)?$/i;
const TIME_BASIC = /^(\d{2})(\d{2})(\d{2})()()(z|[+-]\d{2}(?::?\d{2})?)?$/i;

interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly length: number;
}

const parts = (year: string, month: string | number, day: string, length: number): DateParts => ({
  year: expandYear(year),
  month: Number(month),
  day: Number(day),
  length,
});

function expandYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < PIVOT ? 2000 + year : 1900 + year;
}

function numericParts(text: string, order: DateOrder): DateParts | null {
  const match = NUMERIC.exec(text);
  if (match === null) return null;
  const [whole, a = '', , b = '', c = ''] = match;
  const yearFirst = a.length === 4 || order === 'year-first';
  if (yearFirst) {
    const fits = (a.length === 4 || a.length === 2) && c.length <= 2;
    return fits ? parts(a, b, c, whole.length) : null;
  }
  if (a.length > 2 || (c.length !== 4 && c.length !== 2)) return null;
  return order === 'month-first' ? parts(c, a, b, whole.length) : parts(c, b, a, whole.length);
}

function namedParts(text: string): DateParts | null {
  for (const [pattern, year, month, day] of [
    [DAY_NAME_YEAR, 3, 2, 1],
    [NAME_DAY_YEAR, 3, 1, 2],
    [YEAR_NAME_DAY, 1, 2, 3],
  ] as const) {
    const match = pattern.exec(text);
    const number = match === null ? 0 : monthOf(match[month] ?? '');
    if (match !== null && number > 0)
      return parts(match[year] ?? '', number, match[day] ?? '', match[0].length);
  }
  return null;
}

function isoParts(text: string): DateParts | null {
  const match = ISO.exec(text) ?? ISO_BASIC.exec(text);
  return match === null ? null : parts(match[1] ?? '', match[2] ?? '', match[3] ?? '', match[0].length);
}

/**
 * Reads a date with or without a time. ISO dates and month names read the same in every order; `iso` reads ISO only;
 * the serial orders read Excel serial numbers and ISO.
 */
export function parseDate(text: string, order: DateOrder, zone: ZoneOffset, out: DateOut): DateStatus {
  const trimmed = trimSpaces(text);
  if (isBlankMark(trimmed)) return DateStatus.blank;
  if (trimmed.length > MAX_TEXT) return DateStatus.notADate;
  if (order === 'excel-1900' || order === 'excel-1904') {
    const status = serialToMicros(trimmed, order, out);
    if (status !== DateStatus.notADate) return status;
  }
  const weekdayMatch = WEEKDAY.exec(trimmed);
  const weekday = weekdayMatch === null ? -1 : weekdayOf(weekdayMatch[1] ?? '');
  const rest = weekday >= 0 && weekdayMatch !== null ? trimmed.slice(weekdayMatch[0].length) : trimmed;
  const textual = order === 'day-first' || order === 'month-first' || order === 'year-first';
  const date = isoParts(rest) ?? (textual ? (numericParts(rest, order) ?? namedParts(rest)) : null);
  if (date === null || (weekday >= 0 && !textual)) return DateStatus.notADate;
  const time = timeMicros(rest.slice(date.length));
  if (time === null) return DateStatus.notADate;
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return DateStatus.notADate;
  if (date.year < FIRST_YEAR || date.year > LAST_YEAR) return DateStatus.outOfRange;
  if (date.day > daysInMonth(date.year, date.month)) return DateStatus.noSuchDay;
  const days = daysFromCivil(date.year, date.month, date.day);
  if (weekday >= 0 && (((days + 4) % 7) + 7) % 7 !== weekday) return DateStatus.noSuchDay;
  const local = days * MICROS_PER_DAY + time.micros;
  out.micros = time.offsetMinutes === null ? local : toBusinessZone(local, time.offsetMinutes, zone);
  out.hasTime = time.present;
  return DateStatus.ok;
}

function toBusinessZone(local: number, offsetMinutes: number, zone: ZoneOffset): number {
  const utc = local - offsetMinutes * MICROS_PER_MINUTE;
  return utc + zone(utc) * MICROS_PER_MINUTE;
}

interface TimeParts {
  readonly micros: number;
  readonly offsetMinutes: number | null;
  readonly present: boolean;
}

const NO_TIME: TimeParts = { micros: 0, offsetMinutes: null, present: false };

/** The time after a date, with its separator; null when it is no time. */
function timeMicros(tail: string): TimeParts | null {
  if (tail === '') return NO_TIME;
  const separator = /^(?:T|,?\s{1,3})/i.exec(tail);
  if (separator === null) return null;
  const text = tail.slice(separator[0].length);
  const match = TIME.exec(text) ?? (/^T/i.test(tail) ? TIME_BASIC.exec(text) : null);
  if (match === null) return null;
  const [, hours = '', minutes = '', seconds = '0', fraction = '', half = '', offset = ''] = match;
  let hour = Number(hours);
  if (half !== '') {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  // Beyond microseconds only zeros: cutting digits would be rounding in silence.
  if (/[^0]/.test(fraction.slice(6))) return null;
  const offsetMinutes = offset === '' ? null : parseOffset(offset);
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59 || Number.isNaN(offsetMinutes)) return null;
  const micros =
    hour * MICROS_PER_HOUR +
    Number(minutes) * MICROS_PER_MINUTE +
    Number(seconds) * MICROS_PER_SECOND +
    Number(fraction.slice(0, 6).padEnd(6, '0'));
  return { micros, offsetMinutes, present: true };
}

function parseOffset(text: string): number {
  const lower = text.toLowerCase();
  if (lower === 'z' || lower === 'utc' || lower === 'gmt') return 0;
  if (lower === 'eat') return 180;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0');
  const valid = minutes <= 14 * 60 && Number(digits.slice(2) || '0') < 60;
  return valid ? (text.startsWith('-') ? -minutes : minutes) : Number.NaN;
}
