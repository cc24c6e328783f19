import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import { acceptedFile, type ImportFolders } from './folders.ts';
import type { ObjectStore } from './ports.ts';
import type { ImportRegistry } from './store-ports.ts';

/** Finds canonical Parquet on this machine: just accepted (not yet an object), or in the object store. */
export class CanonicalFiles {
  readonly #folders: ImportFolders;
  readonly #objects: ObjectStore;
  readonly #registry: ImportRegistry;

  constructor(folders: ImportFolders, objects: ObjectStore, registry: ImportRegistry) {
    this.#folders = folders;
    this.#objects = objects;
    this.#registry = registry;
  }

  /** Throws `publishing.canonical_missing`. */
  async locate(importId: string, chunk: string): Promise<string> {
    const record = await this.#registry.findImport(importId);
    const found = record?.chunks.find((item) => item.chunk === chunk);
    if (!record || !found)
      throw new AppError('publishing.canonical_missing', 'unavailable', { importId, chunk });
    const local = acceptedFile(this.#folders, record.dataset, chunk, found.sha256);
    if (await existsFile(local)) return local;
    try {
      return await this.#objects.localPath(found.key);
    } catch (error) {
      // An object store that is away says so itself: the rows are not missing.
      if (error instanceof AppError && connectionOf(error) !== null) throw error;
      throw new AppError(
        'publishing.canonical_missing',
        'unavailable',
        { importId, chunk },
        { cause: error, retryable: true },
      );
    }
  }
}

export async function existsFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/**
 * Puts a file in its final place: bytes on the disk, then the name, then the name on the disk. Runs again after a crash
 * at any point. Content-addressed, so that a file which is there already is the same file.
 */
export async function moveInto(source: string, target: string): Promise<void> {
  if (!(await existsFile(source))) {
    if (await existsFile(target)) return;
    throw new AppError('imports.report_file_missing', 'unavailable', { path: source });
  }
  await mkdir(dirname(target), { recursive: true });
  const file = await open(source, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(source, target);
  // Windows cannot open a directory; NTFS journals the rename by itself.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(target), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Names in a folder, sorted; none when it does not exist. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });
