import type { NumberStyle } from '#shared/domain/mapping';
import { newE4Out, NumberStatus, parseE4 } from '#shared/domain/values/numbers';

const encoder = new TextEncoder();

/** ISO code of the currency that is written beside a number; '' when there is none or the text is no number. */
export function parseNumberCurrency(text: string, style: NumberStyle): string {
  const out = newE4Out();
  const bytes = encoder.encode(text);
  return parseE4(bytes, 0, bytes.length, style, out) === NumberStatus.ok ? out.currency : '';
}
