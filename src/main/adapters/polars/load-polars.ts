import type pl from 'nodejs-polars';
import { AppError } from '#shared/errors/app-error';

export type Polars = typeof pl;

let loading: Promise<Polars> | null = null;

async function load(): Promise<Polars> {
  try {
    const module = await import('nodejs-polars');
    return module.default;
  } catch (cause) {
    loading = null;
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new AppError(
      'app.native_missing',
      'unavailable',
      {
        package: 'nodejs-polars',
        platform: `${process.platform}-${process.arch}`,
        reason: reason.slice(0, 300),
      },
      { cause, retryable: false },
    );
  }
}

/**
 * Loads Polars at its first use, so that a missing native package is an error that names it and not a process that
 * dies while it starts.
 * @throws AppError `app.native_missing`
 */
export function loadPolars(): Promise<Polars> {
  loading ??= load();
  return loading;
}
