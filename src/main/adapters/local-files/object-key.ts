import { AppError } from '#shared/errors/app-error';

/** Segments of letters, digits, `.`, `_`, `-`, not starting with a dot: nothing that a file system would interpret. */
const KEY = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Throws `objects.bad_key`. The same keys are good in a folder and in a bucket. */
export function checkKey(key: string): void {
  if (!KEY.test(key) || key.length > 500)
    throw new AppError('objects.bad_key', 'bug', { key: key.slice(0, 200) });
}
