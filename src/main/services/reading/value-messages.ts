import type { DateOrder, NumberStyle } from '#shared/domain/mapping';
import { civilFromDays, daysInMonth, MICROS_PER_DAY } from '#shared/domain/values/calendar';
import { BUSINESS_CURRENCY } from '#shared/domain/values/numbers';
import { parseNumberCurrency } from './currency-of.ts';

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July',
  'August', 'September', 'October', 'November', 'December',
] as const; // prettier-ignore

export const quoted = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 57)}…` : text}”`;

const ORDER_WORDS: Record<DateOrder, string> = {
  iso: 'year-month-day',
  'day-first': 'day/month/year',
  'month-first': 'month/day/year',
  'year-first': 'year/month/day',
  'excel-1900': 'an Excel serial number',
  'excel-1904': 'an Excel serial number (1904)',
};

/** Day, month and year of a numeric date as written; null for other forms. */
function numericParts(text: string, order: DateOrder): { year: number; month: number; day: number } | null {
  const match = /^\s*(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})/.exec(text);
  if (!match) return null;
  const [a, b, c] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (match[1]?.length === 4) return { year: a, month: b, day: c };
  const year = c < 100 ? 2000 + c : c;
  return order === 'month-first' ? { year, month: a, day: b } : { year, month: b, day: a };
}

/** Why a text is no date, as precisely as can be told: `“31/09/2026” is not a date: September has 30 days.` */
export function whyNoDate(text: string, order: DateOrder): string {
  const written = numericParts(text, order);
  if (written) {
    const { year, month, day } = written;
    const name = MONTHS[month - 1];
    if (name === undefined)
      return `${quoted(text)} is not a date: there is no month ${month} (read as ${ORDER_WORDS[order]}).`;
    if (day === 0) return `${quoted(text)} is not a date: days begin at 1.`;
    const days = daysInMonth(year, month);
    if (day > days) {
      const when = month === 2 && day === 29 ? `${name} ${year}` : name;
      return `${quoted(text)} is not a date: ${when} has ${days} days.`;
    }
  }
  if (/^\s*\d{4,6}(\.\d+)?\s*$/.test(text) && !order.startsWith('excel')) {
    return `${quoted(text)} is a number, not a date written as ${ORDER_WORDS[order]}.`;
  }
  return `${quoted(text)} is not a date written as ${ORDER_WORDS[order]}.`;
}

/** `12 October 2031` */
export function dayInWords(micros: number): string {
  const { year, month, day } = civilFromDays(Math.floor(micros / MICROS_PER_DAY));
  return `${day} ${MONTHS[month - 1] ?? ''} ${year}`;
}

export const ERROR_VALUE =
  /^#(?:REF!|DIV\/0!|VALUE!|NAME\?|NUM!|NULL!|N\/A|SPILL!|CALC!|GETTING_DATA|####*|#+)$/i;

/** Why a text is no number in the given style. */
export function whyNoNumber(text: string, style: NumberStyle): string {
  const currency = parseNumberCurrency(text, style);
  if (currency !== '') return `${quoted(text)} is in ${currency}; amounts are kept in ${BUSINESS_CURRENCY}.`;
  const digits = /\d/.test(text);
  if (!digits) return `${quoted(text)} is not a number.`;
  const grouping = style.grouping === '' ? 'no thousands separator' : `“${style.grouping}” between thousands`;
  return `${quoted(text)} is not a number (expected “${style.decimal}” before decimals and ${grouping}).`;
}
