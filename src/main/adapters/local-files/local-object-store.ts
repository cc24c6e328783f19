import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import type { ObjectStore } from '../../services/imports/ports.ts';
import {
  createPendingFile,
  fileSize,
  freeBytes,
  hasCode,
  hashFile,
  isDiskFull,
  makeFolderDurable,
  readPieces,
  reasonOf,
  sweepTemps,
} from './durable-file.ts';
import { checkKey } from './object-key.ts';

/** Unfinished writes lie here, on the same file system as the objects. */
const INCOMING = '.incoming';

async function* walk(root: string, key: string): AsyncGenerator<{ key: string; sizeBytes: number }> {
  const entries = await readdir(join(root, key), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const child = key === '' ? entry.name : `${key}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, child);
    else {
      const sizeBytes = await fileSize(join(root, child));
      if (sizeBytes !== null) yield { key: child, sizeBytes };
    }
  }
}

export interface LocalObjectStore extends ObjectStore {
  /** Writes bytes as they stream in, in place of what is there: for copies of objects whose truth is elsewhere. */
  replace(
    key: string,
    pieces: AsyncIterable<Uint8Array>,
    options: { sha256: string; sizeBytes: number; signal: AbortSignal },
  ): Promise<void>;
}

/** Names a failure of the disk under a stored object. */
export async function nameObjectFailure(
  thrown: unknown,
  { key, neededBytes, folder }: { key: string; neededBytes: number; folder: string },
): Promise<AppError> {
  if (thrown instanceof AppError) return thrown;
  if (isDiskFull(thrown)) {
    const details = { key, neededBytes, folder, freeBytes: await freeBytes(folder) };
    return new AppError('objects.disk_full', 'limit', details, { retryable: true, cause: thrown });
  }
  return new AppError('objects.failed', 'unavailable', { key, reason: reasonOf(thrown) }, { cause: thrown });
}

/** The object layout in a local folder: what S3 holds in a shared installation, on one machine. */
export function createLocalObjectStore({ folder }: { folder: string }): LocalObjectStore {
  const incoming = join(folder, INCOMING);
  const pathOf = (key: string) => {
    checkKey(key);
    return join(folder, ...key.split('/'));
  };
  const nameFailure = (thrown: unknown, key: string, neededBytes: number) =>
    nameObjectFailure(thrown, { key, neededBytes, folder });

  /** True when the object is there and whole. A damaged one is replaced only where its name is its hash. */
  const isStored = async (key: string, target: string, sha256: string): Promise<boolean> => {
    if ((await fileSize(target)) === null) return false;
    if ((await hashFile(target)).sha256 === sha256) return true;
    if (key.includes(sha256)) return false;
    throw new AppError('objects.exists', 'conflict', { key });
  };

  const write = async (
    key: string,
    target: string,
    pieces: AsyncIterable<Uint8Array>,
    options: Parameters<ObjectStore['putFile']>[2],
  ): Promise<void> => {
    await makeFolderDurable(incoming);
    await makeFolderDurable(dirname(target));
    const pending = await createPendingFile(incoming);
    try {
      for await (const piece of pieces) {
        if (options.signal.aborted) throw new AppError('app.cancelled', 'cancelled');
        await pending.write(piece);
        options.onProgress?.(pending.sizeBytes);
      }
      const found = pending.digest();
      if (found !== options.sha256) {
        throw new AppError('objects.altered', 'conflict', { key, found, expected: options.sha256 });
      }
      await pending.publish(target);
    } finally {
      await pending.discard();
    }
  };

  const copy = async (
    key: string,
    path: string,
    target: string,
    options: Parameters<ObjectStore['putFile']>[2],
  ): Promise<void> => {
    const source = await open(path, 'r');
    try {
      await write(key, target, readPieces(source), options);
    } finally {
      await source.close();
    }
  };

  return {
    async putFile(key, path, options) {
      const target = pathOf(key);
      if (options.signal.aborted) throw new AppError('app.cancelled', 'cancelled');
      let neededBytes = 0;
      try {
        neededBytes = (await fileSize(path)) ?? 0;
        if (await isStored(key, target, options.sha256)) options.onProgress?.(neededBytes);
        else await copy(key, path, target, options);
      } catch (error) {
        throw await nameFailure(error, key, neededBytes);
      }
    },

    async replace(key, pieces, options) {
      const target = pathOf(key);
      try {
        await write(key, target, pieces, options);
      } catch (error) {
        throw await nameFailure(error, key, options.sizeBytes);
      }
    },

    async verify(key, sha256) {
      const path = pathOf(key);
      try {
        if ((await fileSize(path)) === null) throw new AppError('objects.missing', 'notFound', { key });
        const { sha256: found } = await hashFile(path);
        if (found !== sha256)
          throw new AppError('objects.altered', 'conflict', { key, found, expected: sha256 });
      } catch (error) {
        throw await nameFailure(error, key, 0);
      }
    },

    async head(key) {
      const path = pathOf(key);
      try {
        return (await fileSize(path)) === null ? null : await hashFile(path);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return null;
        throw await nameFailure(error, key, 0);
      }
    },

    async localPath(key) {
      const path = pathOf(key);
      if ((await fileSize(path)) === null) throw new AppError('objects.missing', 'notFound', { key });
      return path;
    },

    async *list(prefix) {
      // Only the folders that can hold the prefix are walked.
      const parent = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
      if (parent !== '') checkKey(parent);
      try {
        for await (const object of walk(folder, parent)) if (object.key.startsWith(prefix)) yield object;
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return;
        throw await nameFailure(error, prefix, 0);
      }
    },

    sweep: () => sweepTemps(incoming),
  };
}
