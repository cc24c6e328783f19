/**
 * Exact arithmetic on decimal text with up to four places, as the contract carries money and quantities.
 * A number would lose cents above 90 billion KES; these never do.
 */
const SCALE = 10_000n;

/** Ten-thousandths of a decimal text; null when it is null or not a decimal. */
export function toUnits(text: string | null): bigint | null {
  if (text === null) return null;
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(text);
  if (!match) return null;
  const units = BigInt(match[2] ?? '0') * SCALE + BigInt((match[3] ?? '').padEnd(4, '0'));
  return match[1] === '-' ? -units : units;
}

export function fromUnits(units: bigint): string {
  const negative = units < 0n;
  const absolute = negative ? -units : units;
  const fraction = (absolute % SCALE).toString().padStart(4, '0').replace(/0+$/, '');
  return `${negative ? '-' : ''}${absolute / SCALE}${fraction === '' ? '' : `.${fraction}`}`;
}

/** a − b; null when either is unknown. */
export function subtract(a: string | null, b: string | null): string | null {
  const left = toUnits(a);
  const right = toUnits(b);
  return left === null || right === null ? null : fromUnits(left - right);
}

/** a + b; null when either is unknown. */
export function add(a: string | null, b: string | null): string | null {
  const left = toUnits(a);
  const right = toUnits(b);
  return left === null || right === null ? null : fromUnits(left + right);
}

export function isZero(text: string | null): boolean {
  return toUnits(text) === 0n;
}

export interface DecimalFormat {
  /** Places that are always shown; more only when they are not zero. */
  readonly places?: number;
  /** Shows a plus before positive values: for changes. */
  readonly signed?: boolean;
}

/** `-102510101.9` → `−102,510,101.90` with a true minus; unknown is an en dash, never 0. */
export function formatDecimal(
  text: string | null,
  { places = 0, signed = false }: DecimalFormat = {},
): string {
  const units = toUnits(text);
  if (units === null) return text === null ? '–' : text;
  const absolute = units < 0n ? -units : units;
  const whole = (absolute / SCALE).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const exact = (absolute % SCALE).toString().padStart(4, '0').replace(/0+$/, '');
  const fraction = exact.padEnd(places, '0');
  const sign = units < 0n ? '−' : signed && units > 0n ? '+' : '';
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
