import type { NumberStyle } from '../mapping.ts';
import { isBlankMark, isSpace, trimSpaces } from './bytes.ts';
import { currencyAt } from './currencies.ts';

/** What reading one cell as a number gave. Nothing is ever rounded or guessed. */
export const NumberStatus = {
  ok: 0,
  /** Empty, or one of the blank marks (`-`, n/a …). */
  blank: 1,
  notANumber: 2,
  /** A number with more than four decimals. */
  tooPrecise: 3,
  /** Beyond DECIMAL(18,4): 99,999,999,999,999.9999. */
  outOfRange: 4,
} as const;
export type NumberStatus = (typeof NumberStatus)[keyof typeof NumberStatus];

/** Where a number is put, in ten-thousandths. */
export interface E4Out {
  /** The exact value when it is a safe integer, else NaN; then `big` has it. */
  low: number;
  /** The exact value when `low` is NaN. */
  big: bigint;
  /** ISO code of the currency written beside the number, '' when there is none. */
  currency: string;
  /** Whether the number was written with a percent sign: a share, no amount. */
  percent: boolean;
}

/** Digits of DECIMAL(18,4). */
const MAX_DIGITS = 18;
const SAFE_DIGITS = 15;
/** No honest number is longer; keeps hostile cells cheap. */
const MAX_TEXT = 80;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isMinus = (code: number): boolean => code === 45 || code === 0x2212 || code === 0x2013;

/** Mutable state of one reading. */
class Cursor {
  readonly text: string;
  at = 0;
  negative = false;
  signed = false;
  open = false;
  percent = false;
  currency = '';
  digits = '';
  fractionDigits = 0;
  exponent = 0;

  constructor(text: string) {
    this.text = text;
  }
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }
  get done(): boolean {
    return this.at >= this.text.length;
  }
}

/**
 * Reads a number as people write it: `1,234.50`, `(1,234.50)`, `KES 1,234/=`, `1 234`, `1'234`, `12-`, `12%` (0.12),
 * `1.5E+05`. Grouping must be by three and complete; there is one sign at most; nothing may follow.
 */
export function parseNumber(text: string, style: NumberStyle, out: E4Out): NumberStatus {
  out.currency = '';
  out.percent = false;
  if (text.length > MAX_TEXT) {
    return trimSpaces(text) === '' ? NumberStatus.blank : NumberStatus.notANumber;
  }
  const trimmed = trimSpaces(text);
  if (isBlankMark(trimmed)) return NumberStatus.blank;
  const cursor = new Cursor(trimmed);
  if (!readPrefix(cursor)) return NumberStatus.notANumber;
  if (cursor.done) {
    // `KES -` is how accounting formats write a cell without an amount.
    const dash = cursor.currency !== '' && cursor.negative && !cursor.open;
    return dash ? NumberStatus.blank : NumberStatus.notANumber;
  }
  if (!readDigits(cursor, style) || !readExponent(cursor) || !readSuffix(cursor)) {
    return NumberStatus.notANumber;
  }
  out.currency = cursor.currency;
  out.percent = cursor.percent;
  return scale(cursor, out);
}

function readPrefix(cursor: Cursor): boolean {
  for (; !cursor.done; cursor.at += 1) {
    const code = cursor.code();
    if (isSpace(code)) continue;
    if (isMinus(code) || code === 43) {
      if (cursor.signed) return false;
      cursor.signed = true;
      cursor.negative = code !== 43;
    } else if (code === 40) {
      if (cursor.signed) return false;
      cursor.signed = true;
      cursor.negative = true;
      cursor.open = true;
    } else {
      const currency = currencyAt(cursor.text, cursor.at);
      if (currency === null) return true;
      if (cursor.currency !== '') return false;
      cursor.currency = currency.code;
      cursor.at += currency.length - 1;
    }
  }
  return true;
}

function isGrouping(code: number, style: NumberStyle): boolean {
  if (style.grouping === ' ') return code !== 10 && code !== 13 && code !== 9 && isSpace(code);
  if (style.grouping === "'") return code === 39 || code === 0x2019;
  return style.grouping !== '' && code === style.grouping.charCodeAt(0);
}

function readDigits(cursor: Cursor, style: NumberStyle): boolean {
  let run = 0;
  let separator = 0;
  let any = false;
  for (; !cursor.done; cursor.at += 1) {
    const code = cursor.code();
    if (isDigit(code)) {
      cursor.digits += cursor.text.charAt(cursor.at);
      run += 1;
      any = true;
    } else if (isGrouping(code, style) && isDigit(cursor.code(1))) {
      const wrong = separator === 0 ? run < 1 || run > 3 : run !== 3 || code !== separator;
      if (wrong) return false;
      separator = code;
      run = 0;
    } else break;
  }
  if (separator !== 0 && run !== 3) return false;
  if (!cursor.done && cursor.code() === style.decimal.charCodeAt(0)) {
    for (cursor.at += 1; isDigit(cursor.code()); cursor.at += 1) {
      cursor.digits += cursor.text.charAt(cursor.at);
      cursor.fractionDigits += 1;
      any = true;
    }
  }
  return any;
}

function readExponent(cursor: Cursor): boolean {
  const code = cursor.code();
  if (code !== 69 && code !== 101) return true;
  const sign = cursor.code(1);
  const signed = sign === 43 || sign === 45;
  if (!isDigit(cursor.code(signed ? 2 : 1))) return true;
  cursor.at += signed ? 2 : 1;
  let exponent = 0;
  for (; isDigit(cursor.code()); cursor.at += 1) {
    exponent = Math.min(99_999, exponent * 10 + cursor.code() - 48);
  }
  cursor.exponent = sign === 45 ? -exponent : exponent;
  return true;
}

function readSuffix(cursor: Cursor): boolean {
  let closed = false;
  let mark = false;
  for (; !cursor.done; cursor.at += 1) {
    const code = cursor.code();
    if (isSpace(code)) continue;
    if (code === 41) {
      if (!cursor.open || closed) return false;
      closed = true;
    } else if (code === 37) {
      if (cursor.percent || cursor.currency !== '') return false;
      cursor.percent = true;
    } else if (code === 47 && (cursor.code(1) === 61 || cursor.code(1) === 45)) {
      // `/=` and `/-` are written after whole shillings in East Africa.
      if (mark || cursor.percent) return false;
      mark = true;
      cursor.at += 1;
    } else if (isMinus(code)) {
      if (cursor.signed) return false;
      cursor.signed = true;
      cursor.negative = true;
    } else {
      const currency = currencyAt(cursor.text, cursor.at);
      if (currency === null || cursor.currency !== '' || cursor.percent) return false;
      cursor.currency = currency.code;
      cursor.at += currency.length - 1;
    }
  }
  return closed === cursor.open;
}

function scale(cursor: Cursor, out: E4Out): NumberStatus {
  let digits = cursor.digits.replace(/^0+/, '');
  let shift = 4 + cursor.exponent - cursor.fractionDigits - (cursor.percent ? 2 : 0);
  if (digits === '') {
    out.low = 0;
    return NumberStatus.ok;
  }
  if (digits.length + shift > MAX_DIGITS) return NumberStatus.outOfRange;
  while (shift < 0 && digits.endsWith('0')) {
    digits = digits.slice(0, -1);
    shift += 1;
  }
  if (shift < 0) return NumberStatus.tooPrecise;
  const all = digits + '0'.repeat(shift);
  if (all.length <= SAFE_DIGITS) {
    out.low = cursor.negative ? -Number(all) : Number(all);
    return NumberStatus.ok;
  }
  const big = cursor.negative ? -BigInt(all) : BigInt(all);
  const low = Number(big);
  if (Number.isSafeInteger(low)) {
    out.low = low;
  } else {
    out.low = Number.NaN;
    out.big = big;
  }
  return NumberStatus.ok;
}
