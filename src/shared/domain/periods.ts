/** Calendar days, periods and buckets of business wall-clock time. Pure: no clock, no time zone. */

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of a calendar day `yyyy-mm-dd`; null when that day does not exist. */
export function dayNumber(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const date = new Date(0);
  // setUTCFullYear, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  const number = date.getTime() / DAY_MS;
  return dayOf(number) === day ? number : null;
}

/** The calendar day `yyyy-mm-dd` of a day number. */
export function dayOf(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}
