/**
 * Figures as the screen should show them, written again here on purpose: the expected text never comes from the app.
 * Amounts are whole cents.
 */
const MINUS = '−';

/** "KES 46.2 M": three significant digits of millions or billions; in full with commas below a million. */
export function cardAmount(cents: bigint): string {
  const sign = cents < 0n ? MINUS : '';
  const absolute = Number(cents < 0n ? -cents : cents) / 100;
  if (absolute >= 1e9) return `KES ${sign}${threeDigits(absolute / 1e9)} bn`;
  if (absolute >= 1e6) return `KES ${sign}${threeDigits(absolute / 1e6)} M`;
  return `KES ${sign}${Math.round(absolute).toLocaleString('en-US')}`;
}

function threeDigits(value: number): string {
  return value.toFixed(value >= 100 ? 1 : value >= 10 ? 1 : 2);
}

/** "1,807,753.70" */
export function exactAmount(cents: bigint): string {
  const text = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  const whole = text.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${cents < 0n ? MINUS : ''}${whole}.${text.slice(-2)}`;
}

/** "18.7%" */
export function percent(numerator: bigint, denominator: bigint, decimals: number): string {
  return `${((Number(numerator) / Number(denominator)) * 100).toFixed(decimals)}%`;
}

/** "1,807,753.7012" from ten-thousandths: two places at least, more only where they are not zero. */
export function exactE4(e4: bigint): string {
  const [whole, cents] = exactAmount(e4 / 100n).split('.');
  const below = (e4 < 0n ? -e4 : e4) % 100n;
  return `${whole}.${cents}${below === 0n ? '' : below.toString().padStart(2, '0').replace(/0$/, '')}`;
}
