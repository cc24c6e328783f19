import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Copies run in pieces of this size: hashing one takes about a millisecond of the engine's event loop. */
export const PIECE_BYTES = 1024 * 1024;

const TEMP_NAME = /^\.tmp-(\d+)-[0-9a-f]{16}$/;

/** Temp files that this process writes at the moment: another process may have had the same id before. */
const ownTemps = new Set<string>();

function codeOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}
export const hasCode = (thrown: unknown, ...codes: readonly string[]) => {
  const code = codeOf(thrown);
  return code !== null && codes.includes(code);
};
export const reasonOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
export const isDiskFull = (thrown: unknown) => hasCode(thrown, 'ENOSPC', 'EDQUOT');

export async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder);
  return disk.bavail * disk.bsize;
}

/** Makes a rename in the folder survive a power cut. Windows has no such call; its file systems log renames. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder and makes every new level of it durable. */
export async function makeFolderDurable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let level = folder; ; level = dirname(level)) {
    await syncFolder(dirname(level));
    if (level === first || dirname(level) === level) return;
  }
}

/** A file under a temp name that becomes whole under its final name, or never appears. */
export interface PendingFile {
  readonly path: string;
  /** Bytes and hash of what was written so far. */
  readonly sizeBytes: number;
  write(piece: Uint8Array): Promise<void>;
  /** SHA-256 of all that was written, lower-case hex; after it nothing more can be written. */
  digest(): string;
  /** Syncs the file, renames it and syncs the folder. */
  publish(finalPath: string): Promise<void>;
  /** Deletes the temp file, unless it was published. */
  discard(): Promise<void>;
}

export async function createPendingFile(folder: string): Promise<PendingFile> {
  const path = join(folder, `.tmp-${process.pid}-${randomBytes(8).toString('hex')}`);
  ownTemps.add(path);
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx', 0o600);
  } catch (error) {
    ownTemps.delete(path);
    throw error;
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let isOpen = true;
  let published = false;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    path,
    get sizeBytes() {
      return sizeBytes;
    },
    async write(piece) {
      hash.update(piece);
      for (let done = 0; done < piece.byteLength;) {
        const { bytesWritten } = await handle.write(piece, done, piece.byteLength - done);
        done += bytesWritten;
      }
      sizeBytes += piece.byteLength;
    },
    digest: () => hash.digest('hex'),
    async publish(finalPath) {
      await handle.sync();
      await close();
      await rename(path, finalPath);
      published = true;
      ownTemps.delete(path);
      await syncFolder(dirname(finalPath));
    },
    async discard() {
      await close();
      if (published) return;
      await rm(path, { force: true });
      ownTemps.delete(path);
    },
  };
}

/** Reads a file in pieces that are valid until the next one is asked for; the next read runs while one is used. */
export async function* readPieces(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const buffers = [Buffer.allocUnsafe(PIECE_BYTES), Buffer.allocUnsafe(PIECE_BYTES)] as const;
  let turn = 0;
  const readNext = () => {
    const buffer = buffers[turn % 2 === 0 ? 0 : 1];
    turn += 1;
    return handle.read(buffer, 0, PIECE_BYTES, null);
  };
  let pending = readNext();
  try {
    for (;;) {
      const { bytesRead, buffer } = await pending;
      if (bytesRead === 0) return;
      pending = readNext();
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    // A read still under way must be over before the caller closes the file; its failure came too late to matter.
    await pending.catch(() => null);
  }
}

export async function hashFile(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const handle = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of readPieces(handle)) {
      hash.update(piece);
      sizeBytes += piece.byteLength;
    }
    return { sizeBytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** Size of a regular file; null when nothing is there. */
export async function fileSize(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return !hasCode(error, 'ESRCH');
  }
}

/** Deletes temp files of processes that are gone; answers how many. */
export async function sweepTemps(folder: string): Promise<number> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
  let removed = 0;
  for (const name of names) {
    const pid = Number(TEMP_NAME.exec(name)?.[1] ?? 'NaN');
    if (!Number.isSafeInteger(pid)) continue;
    const path = join(folder, name);
    if (pid === process.pid ? ownTemps.has(path) : isAlive(pid)) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
