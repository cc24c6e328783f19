type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** The engine hands a reviver the number's own text; TypeScript's library does not know of it yet. */
const parse: (text: string, reviver?: Reviver) => unknown = JSON.parse;

const LONG_DIGITS = /\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * JSON with whole numbers beyond 2^53 as bigint: a long of Druid keeps every digit, everything else is as usual.
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  // Reviving costs a call for each value: only texts that can hold such a number pay for it.
  if (!LONG_DIGITS.test(text)) return parse(text);
  return parse(text, (_, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    return INTEGER.test(source) ? BigInt(source) : value;
  });
}
