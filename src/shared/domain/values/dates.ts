import type { DateOrder } from '../mapping.ts';
import { parseDate } from './date-grammar.ts';
import { DateStatus, NAIROBI_OFFSET, type ZoneOffset } from './date-status.ts';

export { formatWallClock } from './calendar.ts';
export { detectDateOrder, type DateOrderDetection } from './date-order.ts';
export { DateReader } from './date-reader.ts';
export { DateStatus, type ZoneOffset } from './date-status.ts';

/** Wall-clock microseconds since 1970-01-01, or why the text is no date. */
export type ParsedDate =
  | { readonly ok: true; readonly micros: number; readonly hasTime: boolean }
  | { readonly ok: false; readonly reason: 'blank' | 'not-a-date' | 'no-such-day' | 'out-of-range' };

const REASONS = {
  [DateStatus.blank]: 'blank',
  [DateStatus.notADate]: 'not-a-date',
  [DateStatus.noSuchDay]: 'no-such-day',
  [DateStatus.outOfRange]: 'out-of-range',
} as const;

/** Reads one text as a date of the given order; same rules as `DateReader`, for single values. */
export function parseDateText(text: string, order: DateOrder, zone: ZoneOffset = NAIROBI_OFFSET): ParsedDate {
  const out = { micros: 0, hasTime: false };
  const status = parseDate(text, order, zone, out);
  if (status === DateStatus.ok) return { ok: true, ...out };
  return { ok: false, reason: REASONS[status] };
}
