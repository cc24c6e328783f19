/**
 * The parameters of an address as plain data: a name has one text or, when it is repeated, a list. Written readable:
 * `?period=2026-01-01..2026-10-31&compare=previous-period&Branch=Kisumu&Branch=Nyeri`.
 */
export type AddressParams = Record<string, string | string[]>;

export function parseAddress(search: string): AddressParams {
  const params: AddressParams = Object.create(null) as AddressParams;
  for (const [name, value] of new URLSearchParams(search)) {
    const before = params[name];
    if (before === undefined) params[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else params[name] = [before, value];
  }
  return { ...params };
}

/** Reads back to the same parameters. "?" is included; empty when there are none. */
export function printAddress(params: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) if (typeof one === 'string') parts.push(`${encode(name)}=${encode(one)}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** Spaces as "+", and what is harmless after a hash (commas, colons, slashes) as it is. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/');
}
