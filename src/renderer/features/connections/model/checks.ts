import { isLoopbackHost } from '#shared/domain/connection-fields';
import { HTTP_ADDRESS } from '#shared/domain/connections';

/** What is wrong with the address of a web server; undefined when nothing is. */
export function addressProblem(text: string): string | undefined {
  const address = text.trim();
  if (address === '') return 'Needed: an address such as https://host:port';
  if (!/^https?:\/\//i.test(address)) return 'Begin the address with https:// or http://';
  if (address.includes('@')) return 'Leave user and password out of the address';
  if (/\s/.test(address)) return 'An address has no spaces';
  if (address.length > 500 || !isHttpUrl(address)) return 'Not an address. Its form is https://host:port';
  return undefined;
}

export function lengthProblem(text: string, what: string, most: number, least = 1): string | undefined {
  const { length } = text.trim();
  if (length === 0) return `Needed: ${what}`;
  if (length < least) return `At least ${least} characters`;
  return length > most ? `At most ${most} characters` : undefined;
}

export function wholeNumberProblem(text: string, least: number, most: number): string | undefined {
  const value = wholeNumber(text);
  return value !== null && value >= least && value <= most
    ? undefined
    : `A whole number from ${least} to ${most.toLocaleString('en-KE')}`;
}

export function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null;
}

/** Host of an address that travels without encryption to another computer; null when it does not. */
export function openHost(address: string): string | null {
  if (!/^http:\/\//i.test(address.trim()) || !isHttpUrl(address.trim())) return null;
  const { hostname } = new URL(address.trim());
  return isLoopbackHost(hostname) ? null : hostname;
}

function isHttpUrl(address: string): boolean {
  // The form that the engine takes, besides what a browser can open.
  return HTTP_ADDRESS.test(address) && URL.canParse(address);
}

/** Leaves out the fields that are fine. */
export function found<T extends string>(
  texts: Readonly<Record<T, string | undefined>>,
): Partial<Record<T, string>> {
  const kept: Partial<Record<T, string>> = {};
  for (const field in texts) {
    const text = texts[field];
    if (text !== undefined) kept[field] = text;
  }
  return kept;
}

/** Text of a field that may be left empty. */
export const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
