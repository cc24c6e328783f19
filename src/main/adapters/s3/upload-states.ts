import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createPendingFile, hasCode, makeFolderDurable, sweepTemps } from '../local-files/durable-file.ts';

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** Address and name of the bucket: after a change of the connection an upload is another. */
  bucket: z.string(),
  /** As it is in the bucket. */
  fullKey: z.string(),
  /** Of the whole file. */
  sha256: z.string(),
  sizeBytes: z.number(),
  partBytes: z.number(),
  uploadId: z.string(),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
});

/**
 * An upload that was begun. Which parts have arrived is not written here: the server knows it, and it alone is right
 * after a crash.
 */
export type UploadState = z.infer<typeof stateSchema>;
export type UploadIdentity = Pick<UploadState, 'bucket' | 'fullKey' | 'sha256'>;

/** The uploads of this machine that can go on, one small file each. */
export class UploadStates {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path({ bucket, fullKey, sha256 }: UploadIdentity): string {
    const id = createHash('sha256').update([bucket, fullKey, sha256].join('\n')).digest('hex');
    return join(this.#folder, `${id}.json`);
  }

  /** Null when there is none, or one that cannot be read: then the upload begins anew. */
  find(upload: UploadIdentity): Promise<UploadState | null> {
    return readState(this.#path(upload));
  }

  async save(state: UploadState): Promise<void> {
    await makeFolderDurable(this.#folder);
    const file = await createPendingFile(this.#folder);
    try {
      await file.write(Buffer.from(JSON.stringify(state)));
      await file.publish(this.#path(state));
    } finally {
      await file.discard();
    }
  }

  async remove(upload: UploadIdentity): Promise<void> {
    await rm(this.#path(upload), { force: true });
  }

  async list(): Promise<readonly UploadState[]> {
    const states = await Promise.all((await this.#files()).map(readState));
    return states.filter((state) => state !== null);
  }

  /** Deletes what a crash left of writing a state, and states that cannot be read; answers how many. */
  async sweep(): Promise<number> {
    let removed = await sweepTemps(this.#folder);
    for (const path of await this.#files()) {
      if ((await readState(path)) !== null) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  async #files(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.endsWith('.json')).map((name) => join(this.#folder, name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }
}

async function readState(path: string): Promise<UploadState | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    // Of another version, or damaged: only what is in it could be saved by knowing why.
    return null;
  }
}
