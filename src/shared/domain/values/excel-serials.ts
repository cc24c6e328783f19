import { daysFromCivil, LAST_YEAR, MICROS_PER_DAY } from './calendar.ts';
import { DateStatus, type DateOut } from './date-status.ts';

const SERIAL = /^\d{1,7}(?:\.\d{1,17})?$/;
const MICROS_PER_MILLI = 1_000;
/** Day 0 of each system. In the 1900 system, serials from 61 on count a 29 February 1900 that never was. */
const EPOCH_1900 = daysFromCivil(1899, 12, 31);
const EPOCH_1904 = daysFromCivil(1904, 1, 1);
const LAST_DAY = daysFromCivil(LAST_YEAR, 12, 31);

/**
 * Reads an Excel serial number (ECMA-376 part 1, 18.17.4): days and fraction of a day. Serial 60 of the 1900 system is
 * 29 February 1900, a day that no calendar has; serials below 1 there are times without a day. The time is taken to
 * the millisecond, which is what Excel keeps.
 */
export function serialToMicros(text: string, system: 'excel-1900' | 'excel-1904', out: DateOut): DateStatus {
  if (!SERIAL.test(text)) return DateStatus.notADate;
  const serial = Number(text);
  const whole = Math.floor(serial);
  const millis = Math.round((serial - whole) * 86_400_000);
  let day = EPOCH_1904 + whole;
  if (system === 'excel-1900') {
    if (whole === 0 || whole === 60) return DateStatus.noSuchDay;
    day = EPOCH_1900 + whole - (whole > 60 ? 1 : 0);
  }
  if (day > LAST_DAY) return DateStatus.outOfRange;
  out.micros = day * MICROS_PER_DAY + millis * MICROS_PER_MILLI;
  out.hasTime = millis !== 0;
  return DateStatus.ok;
}
