import type { NumberStyle } from '../mapping.ts';
import { NumberStatus, parseNumber } from './number-grammar.ts';
import { newE4Out } from './number-reader.ts';

export { NumberStatus } from './number-grammar.ts';
export { BUSINESS_CURRENCY, formatE4, newE4Out, NumberReader, parseE4 } from './number-reader.ts';
export { detectNumberStyle, looksLikeCodes, type NumberStyleDetection } from './number-style.ts';

/** A number in exact ten-thousandths, or why the text is none. */
export type ParsedNumber =
  | { readonly ok: true; readonly e4: bigint }
  | { readonly ok: false; readonly reason: 'blank' | 'not-a-number' | 'too-precise' | 'out-of-range' };

const REASONS = {
  [NumberStatus.blank]: 'blank',
  [NumberStatus.notANumber]: 'not-a-number',
  [NumberStatus.tooPrecise]: 'too-precise',
  [NumberStatus.outOfRange]: 'out-of-range',
} as const;

/** Reads one text as a number of the given style; same rules as `NumberReader`, for single values. */
export function parseE4Text(text: string, style: NumberStyle): ParsedNumber {
  const out = newE4Out();
  const status = parseNumber(text, style, out);
  if (status === NumberStatus.ok) {
    return { ok: true, e4: Number.isNaN(out.low) ? out.big : BigInt(out.low) };
  }
  return { ok: false, reason: REASONS[status] };
}
