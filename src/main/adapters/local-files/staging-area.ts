import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/errors/app-error';
import type { StagedFile, StagingArea } from '../../services/imports/ports.ts';
import {
  createPendingFile,
  fileSize,
  freeBytes,
  hasCode,
  isDiskFull,
  makeFolderDurable,
  readPieces,
  reasonOf,
  sweepTemps,
  type PendingFile,
} from './durable-file.ts';
import { nameSourceFailure, openWatchedSource } from './watched-source.ts';

export interface StagingOptions {
  /** Created when missing; staged files lie in it under their SHA-256. */
  readonly folder: string;
  /** Largest file that is taken; 500 MB unless set. */
  readonly limitBytes?: number;
}

export const DEFAULT_LIMIT_BYTES = 500 * 1024 * 1024;
/** Kept free beside the copy, so that the store and the system can go on. */
const RESERVE_BYTES = 64 * 1024 * 1024;

const SHA256 = /^[0-9a-f]{64}$/;

/** Staging in a local folder. A kill at any point leaves at most temp files, which the sweep removes. */
export function createStagingArea({ folder, limitBytes = DEFAULT_LIMIT_BYTES }: StagingOptions): StagingArea {
  const cancelled = () => new AppError('app.cancelled', 'cancelled');
  const tooLarge = (fileName: string, sizeBytes: number) =>
    new AppError('staging.too_large', 'limit', { fileName, sizeBytes, limitBytes });
  const diskFull = async (fileName: string, neededBytes: number) =>
    new AppError(
      'staging.disk_full',
      'limit',
      { fileName, neededBytes, folder, freeBytes: await freeBytes(folder) },
      { retryable: true },
    );
  const nameWriteFailure = (thrown: unknown, fileName: string, neededBytes: number) => {
    if (thrown instanceof AppError) return thrown;
    if (isDiskFull(thrown)) return diskFull(fileName, neededBytes);
    return new AppError(
      'staging.not_writable',
      'permission',
      { folder, reason: reasonOf(thrown) },
      { cause: thrown },
    );
  };

  const makeRoom = async (fileName: string, neededBytes: number) => {
    try {
      await makeFolderDurable(folder);
      if ((await freeBytes(folder)) < neededBytes + RESERVE_BYTES)
        throw await diskFull(fileName, neededBytes);
    } catch (error) {
      throw await nameWriteFailure(error, fileName, neededBytes);
    }
  };

  /** Runs one copy: whatever goes wrong, the temp file is gone afterwards. */
  const withPending = async (
    fileName: string,
    neededBytes: () => number,
    copy: (pending: PendingFile, write: (piece: Uint8Array) => Promise<void>) => Promise<void>,
    verify: (read: { sizeBytes: number; sha256: string }) => Promise<void>,
  ): Promise<StagedFile> => {
    const guard = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        throw await nameWriteFailure(error, fileName, neededBytes());
      }
    };
    const pending = await guard(createPendingFile(folder));
    try {
      await copy(pending, (piece) => guard(pending.write(piece)));
      const sha256 = pending.digest();
      await verify({ sizeBytes: pending.sizeBytes, sha256 });
      const path = join(folder, sha256);
      // An equal file may be open in a parser at this moment: it is kept, not replaced.
      if ((await fileSize(path)) !== pending.sizeBytes) await guard(pending.publish(path));
      return { sha256, path, sizeBytes: pending.sizeBytes };
    } finally {
      await pending.discard();
    }
  };

  return {
    async stageFile(sourcePath, { signal, onProgress }) {
      if (signal.aborted) throw cancelled();
      const source = await openWatchedSource(sourcePath);
      const { fileName, sizeBytes } = source;
      try {
        if (sizeBytes === 0) throw new AppError('staging.empty', 'input', { fileName });
        if (sizeBytes > limitBytes) throw tooLarge(fileName, sizeBytes);
        await makeRoom(fileName, sizeBytes);
        return await withPending(
          fileName,
          () => sizeBytes,
          async (pending, write) => {
            try {
              for await (const piece of readPieces(source.handle)) {
                if (signal.aborted) throw cancelled();
                await write(piece);
                // It grew: what comes now was not there when the copy began.
                if (pending.sizeBytes > sizeBytes) return;
                onProgress?.(pending.sizeBytes, sizeBytes);
              }
            } catch (error) {
              // Failures of the write have their name already; the rest are failures of the read.
              throw nameSourceFailure(error, fileName);
            }
          },
          source.verify,
        );
      } finally {
        await source.close();
      }
    },

    async stageStream(source, { signal, sizeBytes: announcedBytes, onProgress }) {
      // The sender's name for the file is not known here; the caller's message names the job.
      const fileName = 'upload';
      if (signal.aborted) throw cancelled();
      if (announcedBytes !== null && announcedBytes > limitBytes) throw tooLarge(fileName, announcedBytes);
      await makeRoom(fileName, announcedBytes ?? 0);
      let received = 0;
      return withPending(
        fileName,
        () => Math.max(announcedBytes ?? 0, received),
        async (pending, write) => {
          for await (const piece of source) {
            if (signal.aborted) throw cancelled();
            received += piece.byteLength;
            if (received > limitBytes) throw tooLarge(fileName, received);
            await write(piece);
            onProgress?.(pending.sizeBytes);
          }
          if (signal.aborted) throw cancelled();
        },
        async ({ sizeBytes }) => {
          if (announcedBytes !== null && sizeBytes !== announcedBytes) {
            const details = { fileName, receivedBytes: sizeBytes, announcedBytes };
            throw new AppError('staging.incomplete', 'unavailable', details);
          }
          if (sizeBytes === 0) throw new AppError('staging.empty', 'input', { fileName });
          return Promise.resolve();
        },
      );
    },

    async find(sha256) {
      if (!SHA256.test(sha256)) return null;
      const path = join(folder, sha256);
      const sizeBytes = await fileSize(path);
      return sizeBytes === null ? null : { sha256, path, sizeBytes };
    },

    async remove(sha256) {
      if (SHA256.test(sha256)) await rm(join(folder, sha256), { force: true });
    },

    async list() {
      try {
        return (await readdir(folder)).filter((name) => SHA256.test(name)).sort();
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
      }
    },

    sweep: () => sweepTemps(folder),
  };
}
