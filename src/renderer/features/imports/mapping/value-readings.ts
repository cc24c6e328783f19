import type { DateOrder, NumberStyle } from '#shared/domain/mapping';
import { formatE4, parseE4Text } from '#shared/domain/values/numbers';

/**
 * How a cell would be read under a chosen style: for the preview and for the readings of an ambiguous value. A cell
 * that does not fit is shown as it stands.
 */
export interface Reading {
  /** Value as it would be read; null for a blank cell. */
  readonly text: string | null;
  /** False when the cell does not fit the style. */
  readonly fits: boolean;
}

const BLANK: Reading = { text: null, fits: true };

/** Reads a number by the parser's own rules; the answer is decimal text with a point and no grouping. */
export function readNumber(cell: string, style: NumberStyle): Reading {
  const parsed = parseE4Text(cell, style);
  if (parsed.ok) return { text: formatE4(parsed.e4), fits: true };
  return parsed.reason === 'blank' ? BLANK : misfit(cell);
}

const misfit = (cell: string): Reading => ({ text: cell, fits: false });

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_MS = 86_400_000;

/** Reads a date; the answer is `yyyy-mm-dd`, with ` HH:MM` when the cell carries a time. */
export function readDate(cell: string, order: DateOrder): Reading {
  const text = cell.trim();
  if (text === '') return BLANK;
  if (order === 'excel-1900' || order === 'excel-1904') return readSerial(cell, text, order);
  const match =
    /^(\d{1,4}|[a-z]{3,9})[\s./-]+(\d{1,2}|[a-z]{3,9})[\s./,-]+(\d{1,4})(?:[T,\s]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*([ap]m)?(?:Z|[+-]\d{2}:?\d{2})?)?$/iu.exec(
      text,
    ) ?? /^(\d{4})(\d{2})(\d{2})$/u.exec(text);
  if (!match) return misfit(cell);
  const [, a = '', b = '', c = '', hour, minute, half] = match;
  const parts = arrange(a, b, c, order);
  if (!parts || !isDay(parts.year, parts.month, parts.day)) return misfit(cell);
  const day = `${String(parts.year).padStart(4, '0')}-${pad(parts.month)}-${pad(parts.day)}`;
  if (hour === undefined || minute === undefined) return { text: day, fits: true };
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hour);
  if (hours > 23 || Number(minute) > 59) return misfit(cell);
  return { text: `${day} ${pad(hours)}:${minute}`, fits: true };
}

function arrange(a: string, b: string, c: string, order: DateOrder) {
  const named = [a, b].findIndex((part) => /^[a-z]/iu.test(part));
  if (named >= 0) {
    const month = monthOf(named === 0 ? a : b);
    const other = Number(named === 0 ? b : a);
    if (month === null || Number.isNaN(other)) return null;
    return { year: yearOf(c), month, day: other };
  }
  if (a.length === 4 || order === 'iso' || order === 'year-first')
    return a.length === 4 ? { year: Number(a), month: Number(b), day: Number(c) } : null;
  return order === 'month-first'
    ? { year: yearOf(c), month: Number(a), day: Number(b) }
    : { year: yearOf(c), month: Number(b), day: Number(a) };
}

function monthOf(text: string): number | null {
  const at = MONTHS.indexOf(text.slice(0, 3).toLowerCase());
  return at < 0 ? null : at + 1;
}

const yearOf = (text: string) => (text.length <= 2 ? 2000 + Number(text) : Number(text));
const pad = (value: number) => String(value).padStart(2, '0');

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Excel counts a 29 February 1900 that never was: serials below 60 are one day later than days since 1899-12-30. */
function readSerial(cell: string, text: string, order: 'excel-1900' | 'excel-1904'): Reading {
  if (!/^\d+(?:\.\d+)?$/u.test(text)) return misfit(cell);
  const serial = Number(text);
  if (order === 'excel-1900' && (serial < 1 || Math.floor(serial) === 60)) return misfit(cell);
  const epoch = order === 'excel-1904' ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30);
  const at = new Date(epoch + Math.round((serial * DAY_MS) / 60_000) * 60_000);
  const iso = at.toISOString();
  const time = iso.slice(11, 16);
  return { text: time === '00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`, fits: true };
}
