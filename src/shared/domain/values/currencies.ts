/** How currencies are written beside amounts; longest first, so that `Kshs.` is not read as `Ksh`. */
const WRITTEN: readonly (readonly [string, string])[] = [
  ['kshs.', 'KES'],
  ['kshs', 'KES'],
  ['ksh.', 'KES'],
  ['ksh', 'KES'],
  ['kes', 'KES'],
  ['shs.', 'KES'],
  ['shs', 'KES'],
  ['sh.', 'KES'],
  ['sh', 'KES'],
  ['tshs', 'TZS'],
  ['tsh', 'TZS'],
  ['tzs', 'TZS'],
  ['ushs', 'UGX'],
  ['ush', 'UGX'],
  ['ugx', 'UGX'],
  ['rwf', 'RWF'],
  ['etb', 'ETB'],
  ['zar', 'ZAR'],
  ['us$', 'USD'],
  ['usd', 'USD'],
  ['eur', 'EUR'],
  ['gbp', 'GBP'],
  ['inr', 'INR'],
  ['aed', 'AED'],
  ['cny', 'CNY'],
  ['jpy', 'JPY'],
  ['$', 'USD'],
  ['\u20ac', 'EUR'],
  ['\u00a3', 'GBP'],
  ['\u20b9', 'INR'],
  ['\u00a5', 'JPY'],
];

const LETTER = /\p{L}/u;

/** The currency that is written at `at`, with the length of its text; null when there is none. */
export function currencyAt(text: string, at: number): { code: string; length: number } | null {
  const lower = text.slice(at, at + 6).toLowerCase();
  for (const [written, code] of WRITTEN) {
    if (!lower.startsWith(written)) continue;
    const runsOn = LETTER.test(written.slice(-1)) && LETTER.test(lower.charAt(written.length));
    if (!runsOn) return { code, length: written.length };
  }
  return null;
}
