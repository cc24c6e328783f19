import type { DateOrder } from '../mapping.ts';
import { decodeUtf8 } from './bytes.ts';
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
import { parseDate } from './date-grammar.ts';
import { DateStatus, NAIROBI_OFFSET, type DateOut, type ZoneOffset } from './date-status.ts';

/** Two ASCII digits as a number, or -1. */
function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 48;
  const ones = (bytes[at + 1] ?? 0) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/**
 * Reads the dates of one column. The fixed forms that programs write (`2024-03-01`, `2024-03-01T10:15:00`,
 * `01/03/2024`, `01/03/2024 10:15`) never become strings; everything else goes the exact slow way.
 */
export class DateReader {
  readonly order: DateOrder;
  readonly #zone: ZoneOffset;
  readonly #out: DateOut = { micros: 0, hasTime: false };

  constructor(order: DateOrder, zone: ZoneOffset = NAIROBI_OFFSET) {
    this.order = order;
    this.#zone = zone;
  }

  /** The last value: wall-clock microseconds since 1970-01-01. */
  get micros(): number {
    return this.#out.micros;
  }

  /** Whether the last value was written with a time of day. */
  get hasTime(): boolean {
    return this.#out.hasTime;
  }

  /** Reads bytes `[start, end)` of UTF-8; on `ok` (0) the value is in `micros`. */
  read(bytes: Uint8Array, start: number, end: number): DateStatus {
    const length = end - start;
    if (length === 0) return DateStatus.blank;
    if (length === 10 || length === 16 || length === 19) {
      const days = this.#fixedDate(bytes, start);
      if (days !== null) {
        const time = length === 10 ? 0 : fixedTime(bytes, start + 10, length);
        if (time >= 0) {
          this.#out.micros = days * MICROS_PER_DAY + time;
          this.#out.hasTime = length > 10;
          return DateStatus.ok;
        }
      }
    }
    // Four bytes a character at most; what is longer than any date is refused by its length.
    const text = decodeUtf8(bytes, start, Math.min(end, start + 320));
    return parseDate(text, this.order, this.#zone, this.#out);
  }

  /** Day number of `yyyy-mm-dd`, `dd/mm/yyyy` or `mm/dd/yyyy` by order; null when it must be read the slow way. */
  #fixedDate(bytes: Uint8Array, at: number): number | null {
    let year: number;
    let month: number;
    let day: number;
    if (bytes[at + 4] === 45 && bytes[at + 7] === 45) {
      year = two(bytes, at) * 100 + two(bytes, at + 2);
      month = two(bytes, at + 5);
      day = two(bytes, at + 8);
      if (two(bytes, at) < 0 || two(bytes, at + 2) < 0) return null;
    } else {
      const separator = bytes[at + 2] ?? 0;
      const known = separator === 47 || separator === 46 || separator === 45;
      if (!known || bytes[at + 5] !== separator) return null;
      const first = two(bytes, at);
      const second = two(bytes, at + 3);
      year = two(bytes, at + 6) * 100 + two(bytes, at + 8);
      if (two(bytes, at + 6) < 0 || two(bytes, at + 8) < 0) return null;
      if (this.order === 'day-first') {
        day = first;
        month = second;
      } else if (this.order === 'month-first') {
        month = first;
        day = second;
      } else return null;
    }
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || day < 1) return null;
    return day <= daysInMonth(year, month) ? daysFromCivil(year, month, day) : null;
  }
}

/** Microseconds of `Thh:mm` or `Thh:mm:ss` (or a space for the T); -1 when it must be read the slow way. */
function fixedTime(bytes: Uint8Array, at: number, length: number): number {
  const separator = bytes[at] ?? 0;
  if ((separator !== 84 && separator !== 32) || bytes[at + 3] !== 58) return -1;
  const hour = two(bytes, at + 1);
  const minute = two(bytes, at + 4);
  let second = 0;
  if (length === 19) {
    if (bytes[at + 6] !== 58) return -1;
    second = two(bytes, at + 7);
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
  return hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND;
}
