/** Excel's two ways of counting days: from 1900 with a 29 February 1900 that never was, or from 1904. */
export type DateSystem = 'excel-1900' | 'excel-1904';

const MS_PER_DAY = 86_400_000;
/** Days from 1 January 1970 back to 30 December 1899 and to 1 January 1904. */
const EPOCH_1900 = -25_569;
const EPOCH_1904 = -24_107;
/** 31 December 9999. */
const LAST_DAY = 2_932_896;

const two = (value: number) => (value < 10 ? `0${value}` : String(value));

/**
 * A serial number as ISO text `yyyy-mm-dd[Thh:mm:ss[.mmm]]`, rounded to the millisecond (a double holds no more).
 * In the 1900 system, days below 60 are one day later than counting back says, because Excel counts a 29 February
 * 1900; day 60 itself and day 0 (shown as 29/02/1900 and 00/01/1900) are no dates, as are negative and huge serials: null.
 */
export function serialToIso(serial: number, system: DateSystem): string | null {
  if (!(serial >= 0)) return null;
  let day = Math.floor(serial);
  let ms = Math.round((serial - day) * MS_PER_DAY);
  if (ms === MS_PER_DAY) {
    day += 1;
    ms = 0;
  }
  let unixDay: number;
  if (system === 'excel-1904') unixDay = day + EPOCH_1904;
  else {
    if (day === 0 || day === 60) return null;
    unixDay = day + EPOCH_1900 + (day < 60 ? 1 : 0);
  }
  if (unixDay > LAST_DAY) return null;
  const date = isoDay(unixDay);
  return ms === 0 ? date : `${date}T${clock(ms)}`;
}

let cachedDay = Number.NaN;
let cachedText = '';

function isoDay(unixDay: number): string {
  if (unixDay === cachedDay) return cachedText;
  cachedText = new Date(unixDay * MS_PER_DAY).toISOString().slice(0, 10);
  cachedDay = unixDay;
  return cachedText;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const rest = ms % 1000;
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, '0')}`;
}

/** The time of day of a serial between 0 and 1 that is shown as a time, `hh:mm:ss[.mmm]`. */
export function serialToClock(serial: number): string {
  return clock(Math.min(MS_PER_DAY - 1, Math.round(serial * MS_PER_DAY)));
}
