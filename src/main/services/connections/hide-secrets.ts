import { AppError, toAppError } from '#shared/errors/app-error';
import type { Secrets } from './ports.ts';

const HIDDEN = '[hidden]';
/** Shorter values would tear words apart, and are no protection anyway. */
const SHORTEST = 4;

/**
 * A second line of defence: what a server answers is shown in full, and a server can answer with what it was sent.
 * Replaces every secret, also as it stands in an address, in texts at any depth.
 */
export function hideSecrets<T>(value: T, secrets: Secrets): T {
  const wanted = Object.values(secrets).filter((secret) => secret.length >= SHORTEST);
  // The longest first: one secret may be part of another.
  const forms = [...new Set(wanted.flatMap((secret) => [secret, encodeURIComponent(secret)]))].sort(
    (a, b) => b.length - a.length,
  );
  const hide = (part: unknown): unknown => {
    if (typeof part === 'string') return forms.reduce((text, form) => text.replaceAll(form, HIDDEN), part);
    if (Array.isArray(part)) return part.map(hide);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, hide(inner)]));
  };
  // Plain values of the same form come back, with other texts.
  return hide(value) as T;
}

/** What was thrown, for the log and the screen: details and the text of the cause without secrets. */
export function errorWithoutSecrets(thrown: unknown, secrets: Secrets): AppError {
  const error = toAppError(thrown);
  const { cause } = error;
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : null;
  return AppError.fromJSON({
    ...hideSecrets(error.toJSON(), secrets),
    ...(text === null ? {} : { cause: new Error(hideSecrets(text, secrets)) }),
  });
}
