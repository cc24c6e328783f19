import type { NumberStyle } from '../mapping.ts';
import { decodeUtf8 } from './bytes.ts';
import { NumberStatus, parseNumber, type E4Out } from './number-grammar.ts';

const POWERS = [10_000, 1_000, 100, 10, 1] as const;
/** With four decimals these stay below 2^53. */
const FAST_DIGITS = 11;

/** A fresh target for {@link parseE4}. */
export function newE4Out(): E4Out {
  return { low: 0, big: 0n, currency: '', percent: false };
}

/**
 * Reads the UTF-8 bytes `[start, end)` as a number of the given style into `out`, in ten-thousandths. Plain numbers
 * (sign or parentheses, grouping, up to four decimals) never become strings; everything else goes the exact slow way.
 */
export function parseE4(
  bytes: Uint8Array,
  start: number,
  end: number,
  style: NumberStyle,
  out: E4Out,
): NumberStatus {
  const grouping = style.grouping === '' ? -1 : style.grouping.charCodeAt(0);
  return parsePlain(bytes, start, end, style, style.decimal.charCodeAt(0), grouping, out);
}

function parsePlain(
  bytes: Uint8Array,
  start: number,
  end: number,
  style: NumberStyle,
  decimal: number,
  grouping: number,
  out: E4Out,
): NumberStatus {
  let i = start;
  let last = end;
  while (i < last && bytes[i] === 32) i += 1;
  while (last > i && bytes[last - 1] === 32) last -= 1;
  if (i === last) return NumberStatus.blank;
  let negative = false;
  const first = bytes[i] ?? 0;
  if (first === 45) {
    negative = true;
    i += 1;
  } else if (first === 40 && bytes[last - 1] === 41) {
    negative = true;
    i += 1;
    last -= 1;
  }
  let value = 0;
  let digits = 0;
  let run = 0;
  let groups = 0;
  let code = 0;
  for (; i < last; i += 1) {
    code = bytes[i] ?? 0;
    if (code >= 48 && code <= 57) {
      value = value * 10 + code - 48;
      digits += 1;
      run += 1;
    } else if (code === grouping) {
      if (groups === 0 ? run < 1 || run > 3 : run !== 3) return parseSlow(bytes, start, end, style, out);
      groups += 1;
      run = 0;
    } else break;
  }
  if (digits === 0 || digits > FAST_DIGITS || (groups > 0 && run !== 3)) {
    return parseSlow(bytes, start, end, style, out);
  }
  let decimals = 0;
  if (i < last) {
    if (code !== decimal) return parseSlow(bytes, start, end, style, out);
    for (i += 1; i < last; i += 1) {
      code = bytes[i] ?? 0;
      if (code < 48 || code > 57 || decimals === 4) return parseSlow(bytes, start, end, style, out);
      value = value * 10 + code - 48;
      decimals += 1;
    }
  }
  value *= POWERS[decimals] ?? Number.NaN;
  out.low = negative && value !== 0 ? -value : value;
  out.currency = '';
  out.percent = false;
  return NumberStatus.ok;
}

function parseSlow(
  bytes: Uint8Array,
  start: number,
  end: number,
  style: NumberStyle,
  out: E4Out,
): NumberStatus {
  // Three times the longest number in bytes: what is longer is refused by its length alone.
  return parseNumber(decodeUtf8(bytes, start, Math.min(end, start + 320)), style, out);
}

/** `1234.5` for 12345000n: the shortest plain decimal, '.' as decimal sign, at most four decimals. */
export function formatE4(e4: bigint | number): string {
  const text = e4.toString();
  const negative = text.startsWith('-');
  const digits = (negative ? text.slice(1) : text).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return `${negative ? '-' : ''}${digits.slice(0, -4)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The currency that all amounts are kept in. */
export const BUSINESS_CURRENCY = 'KES';

/**
 * Reads the numbers of one column. Amounts that say another currency are refused (`notANumber`): adding them to
 * amounts in the business's own would be wrong in silence. Amounts that say none are in its own.
 */
export class NumberReader {
  readonly style: NumberStyle;
  /** ISO code of the currency that amounts may be written in. */
  readonly currency: string;
  readonly #out = newE4Out();
  readonly #decimal: number;
  readonly #grouping: number;

  constructor(style: NumberStyle, currency = BUSINESS_CURRENCY) {
    this.style = style;
    this.currency = currency;
    this.#decimal = style.decimal.charCodeAt(0);
    this.#grouping = style.grouping === '' ? -1 : style.grouping.charCodeAt(0);
  }

  /** Reads bytes `[start, end)` of UTF-8; on `ok` (0) the value is in `e4Low` or `e4`. */
  read(bytes: Uint8Array, start: number, end: number): NumberStatus {
    const out = this.#out;
    const status = parsePlain(bytes, start, end, this.style, this.#decimal, this.#grouping, out);
    const foreign = status === NumberStatus.ok && out.currency !== '' && out.currency !== this.currency;
    return foreign ? NumberStatus.notANumber : status;
  }

  /** Whether the last value was written with a percent sign: `12%` is 0.12. */
  get percent(): boolean {
    return this.#out.percent;
  }

  /** The last value in ten-thousandths when it is a safe integer, else NaN (then use `e4`). */
  get e4Low(): number {
    return this.#out.low;
  }

  /** The last value in ten-thousandths, exact. */
  get e4(): bigint {
    return Number.isNaN(this.#out.low) ? this.#out.big : BigInt(this.#out.low);
  }

  /** The last value as a plain decimal: `-1234.5`. */
  get text(): string {
    return formatE4(Number.isNaN(this.#out.low) ? this.#out.big : this.#out.low);
  }
}
