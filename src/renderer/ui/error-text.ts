import type { AppErrorJson, ErrorDetails } from '#shared/errors/app-error';
import { renderError } from '#shared/errors/index';

type ErrorValue = Pick<AppErrorJson, 'code' | 'details' | 'correlationId'>;

/** Details in full, those that hold something, in the order in which the error gave them. */
export function detailLines(details: ErrorDetails): readonly { name: string; text: string }[] {
  return Object.entries(details).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join('\n') : String(value ?? '');
    return text === '' ? [] : [{ name, text }];
  });
}

/** An error as text for a letter to support; with `details` also everything that the other side said. */
export function errorText(error: ErrorValue): string {
  const words = renderError(error);
  return [
    words.title,
    `Cause: ${words.cause}`,
    `Remedy: ${words.remedy}`,
    ...(words.kept ? [`Kept: ${words.kept}`] : []),
    ...detailLines(error.details).map(({ name, text }) => `${name}: ${text}`),
    `Code: ${words.code} (${error.correlationId})`,
  ].join('\n');
}
