import { constants, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import { hasCode, hashFile, reasonOf } from './durable-file.ts';

/** Time stamps of FAT drives move in steps of two seconds: within them a second save cannot be told by its time. */
const COARSE_TIME_NS = 2_000_000_000n;

/** A source file that is held open, and can tell whether it is still what it was when it was opened. */
export interface WatchedSource {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly fileName: string;
  /** Throws `staging.changed` or `staging.gone` unless the file is what it was; `sha256` is of the bytes read. */
  verify(read: { sizeBytes: number; sha256: string }): Promise<void>;
  close(): Promise<void>;
}

/** Names a failure to open or read a source (`staging.*`). */
export function nameSourceFailure(thrown: unknown, fileName: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const options = { cause: thrown };
  if (hasCode(thrown, 'ENOENT', 'ENOTDIR', 'ESTALE', 'ENODEV', 'ENXIO')) {
    return new AppError('staging.gone', 'notFound', { fileName }, options);
  }
  // Windows: sharing violation.
  if (hasCode(thrown, 'EBUSY', 'ETXTBSY')) {
    return new AppError('staging.locked', 'unavailable', { fileName }, options);
  }
  const reason = hasCode(thrown, 'EACCES', 'EPERM') ? 'no permission' : reasonOf(thrown);
  return new AppError('staging.unreadable', 'permission', { fileName, reason }, options);
}

function refuseNonFile(found: BigIntStats, fileName: string): void {
  if (found.isFile()) return;
  const what = found.isDirectory() ? 'folder' : 'device or pipe';
  throw new AppError('staging.not_a_file', 'input', { fileName, what });
}

const isSame = (a: BigIntStats, b: BigIntStats) =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino && a.dev === b.dev;

/**
 * Opens a regular file (links are followed) for a read that notices every change under way. Fails with
 * `staging.lock_file`, `staging.not_a_file`, `staging.gone`, `staging.locked` or `staging.unreadable`.
 */
export async function openWatchedSource(path: string): Promise<WatchedSource> {
  const fileName = basename(path);
  if (/^(~\$|\.~lock\.)/.test(fileName)) throw new AppError('staging.lock_file', 'input', { fileName });
  let handle: FileHandle | undefined;
  let before: BigIntStats;
  try {
    // Looked at before it is opened (opening a device may act), and again after (it may have been swapped).
    refuseNonFile(await stat(path, { bigint: true }), fileName);
    // Without O_NONBLOCK, opening a pipe that nobody writes to would never come back.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    before = await handle.stat({ bigint: true });
    refuseNonFile(before, fileName);
  } catch (error) {
    await handle?.close();
    throw nameSourceFailure(error, fileName);
  }
  const opened = handle;
  const openedAtNs = BigInt(Date.now()) * 1_000_000n;
  const changed = () => new AppError('staging.changed', 'conflict', { fileName }, { retryable: true });
  return {
    handle: opened,
    sizeBytes: Number(before.size),
    fileName,
    async verify(read) {
      try {
        if (read.sizeBytes !== Number(before.size)) throw changed();
        // By name, not by descriptor: a file that was deleted or replaced is not the same either.
        if (!isSame(before, await stat(path, { bigint: true }))) throw changed();
        if (before.mtimeNs > openedAtNs - COARSE_TIME_NS) {
          const again = await hashFile(path);
          if (again.sha256 !== read.sha256) throw changed();
        }
      } catch (error) {
        throw nameSourceFailure(error, fileName);
      }
    },
    close: () => opened.close(),
  };
}
