import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '#shared/errors/app-error';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  notadb: 26,
} as const;

interface SqliteFailure extends Error {
  readonly code: 'ERR_SQLITE_ERROR';
  /** Extended result code; its low byte is the primary one. */
  readonly errcode: number;
}

function isSqliteFailure(thrown: unknown): thrown is SqliteFailure {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    thrown.code === 'ERR_SQLITE_ERROR' &&
    'errcode' in thrown &&
    typeof thrown.errcode === 'number'
  );
}

/** Primary result code of a failure of SQLite; null for anything else. */
export function sqliteCode(thrown: unknown): number | null {
  return isSqliteFailure(thrown) ? thrown.errcode & 0xff : null;
}

export const isBusy = (thrown: unknown) =>
  sqliteCode(thrown) === SQLITE.busy || sqliteCode(thrown) === SQLITE.locked;

function freeBytes(path: string): number | null {
  try {
    const disk = statfsSync(dirname(path));
    return disk.bavail * disk.bsize;
  } catch {
    // The folder itself is gone: the error that led here says more than its free space would.
    return null;
  }
}

/** Names a failure of the database at `path` (`store.*`); an `AppError` passes through. */
export function nameStoreFailure(thrown: unknown, path: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const options = { cause: thrown };
  // Creating the folder fails with the system's own codes.
  if (thrown instanceof Error && 'syscall' in thrown) {
    return thrown.message.startsWith('ENOSPC')
      ? new AppError('store.disk_full', 'limit', { path, freeBytes: freeBytes(path) }, options)
      : new AppError('store.not_writable', 'permission', { path, reason }, options);
  }
  switch (sqliteCode(thrown) ?? 0) {
    case SQLITE.busy:
    case SQLITE.locked:
      return new AppError('store.busy', 'unavailable', { path }, options);
    case SQLITE.readonly:
    case SQLITE.cantopen:
      return new AppError('store.not_writable', 'permission', { path, reason }, options);
    case SQLITE.ioerr:
      return new AppError('store.io_failed', 'unavailable', { path, reason }, options);
    case SQLITE.corrupt:
    case SQLITE.notadb:
      return new AppError('store.corrupt', 'unavailable', { path, reason }, { ...options, retryable: false });
    case SQLITE.full:
      return new AppError('store.disk_full', 'limit', { path, freeBytes: freeBytes(path) }, options);
    default:
      return new AppError('store.failed', 'bug', { reason: reason.slice(0, 500) }, options);
  }
}
