/** What reading one cell as a date gave. Nothing is guessed or rolled over into the next month. */
export const DateStatus = {
  ok: 0,
  blank: 1,
  notADate: 2,
  /** A day that no calendar has: 31/09, 29 February of a common year, a weekday that contradicts the date. */
  noSuchDay: 3,
  /** A year before 1900 or after 2199. */
  outOfRange: 4,
} as const;
export type DateStatus = (typeof DateStatus)[keyof typeof DateStatus];

/**
 * Offset of the business time zone from UTC in minutes at a UTC instant (microseconds since the epoch). Only
 * timestamps that carry an offset of their own are converted, once.
 */
export type ZoneOffset = (utcMicros: number) => number;

/** Africa/Nairobi: UTC+3 all year, the default everywhere. */
export const NAIROBI_OFFSET: ZoneOffset = () => 180;

export interface DateOut {
  /** Wall-clock microseconds since 1970-01-01T00:00:00; safe integers. */
  micros: number;
  hasTime: boolean;
}
