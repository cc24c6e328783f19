/** Significant digits that Excel keeps and shows; further ones are artefacts of binary fractions. */
const SHOWN_DIGITS = 15;

/**
 * The number of a cell as plain decimal text, without exponent. Excel computes with doubles and shows at most 15
 * significant digits, so a stored `1234.5000000000002` or `0.30000000000000004` means what Excel shows: 1234.5, 0.3.
 * A literal of digits alone is kept as written, however long: it is an id or a whole amount, not the result of a
 * binary fraction. Null when the text is no finite number.
 */
export function plainDecimal(text: string): string | null {
  if (/^-?(?:0|[1-9]\d*)$/.test(text)) return text === '-0' ? '0' : text;
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return null;
  if (/^[-+]?0*\d{16,}$/.test(text)) return text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
  const value = Number(text);
  return Number.isFinite(value) ? plainNumber(value) : null;
}

/** A finite double as plain decimal text with at most 15 significant digits, see {@link plainDecimal}. */
export function plainNumber(value: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(SHOWN_DIGITS - 1).split('e');
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  const point = Number(exponentText) + 1;
  let plain: string;
  if (point <= 0) plain = `0.${'0'.repeat(-point)}${digits}`;
  else if (digits.length <= point) plain = digits + '0'.repeat(point - digits.length);
  else plain = `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${plain}` : plain;
}
