/** Names under which a secret could come into a log line. */
const SECRET_NAME =
  /password|passphrase|secret|token|authorization|cookie|credential|access_?key|private_?key|api_?key/i;
const DEEPEST = 8;

/** A copy in which whatever has the name of a secret is hidden, at any depth; errors are left to their serializer. */
export function redact(value: object): object;
export function redact(value: unknown, depth?: number): unknown;
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth === DEEPEST) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) ? '[redacted]' : redact(inner, depth + 1),
    ]),
  );
}
