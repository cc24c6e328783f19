import type { S3Connection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import type { Secrets } from '../../services/connections/ports.ts';
import type { ObjectStore } from '../../services/imports/ports.ts';
import type { LocalObjectStore } from '../local-files/index.ts';
import { nameObjectFailure } from '../local-files/local-object-store.ts';
import { checkKey } from '../local-files/object-key.ts';
import { Attempts, PATIENCE, type Patience } from './attempts.ts';
import { ConditionalWrites } from './conditional-writes.ts';
import { S3Link, TIMEOUTS, type Timeouts } from './link.ts';
import { MultipartUpload, type Uploading, type UploadOptions } from './multipart-upload.ts';
import { ObjectReader, type StoredObject } from './object-reader.ts';
import { sweepUploads } from './orphaned-uploads.ts';
import { PartBuffers } from './part-buffers.ts';
import { SourceFile } from './source-file.ts';
import { UploadStates } from './upload-states.ts';
import { uploadWhole } from './whole-upload.ts';

/** What a measurement or a test may want otherwise. */
export interface S3Tuning {
  /** At least 5 MiB, the smallest that S3 joins. A file up to this size is sent in one request. */
  readonly partBytes: number;
  /** Parts on their way at a time, over all uploads: times `partBytes` it is the memory that uploads take. */
  readonly parallelParts: number;
  readonly patience: Patience;
  readonly timeouts: Timeouts;
}
const TUNING: S3Tuning = {
  partBytes: 8 * 1024 * 1024,
  parallelParts: 5,
  patience: PATIENCE,
  timeouts: TIMEOUTS,
};

export interface S3ObjectStoreOptions {
  readonly connection: S3Connection;
  readonly secrets: Secrets;
  /** Copies of objects on this machine. */
  readonly cache: LocalObjectStore;
  /** Where uploads are remembered that a crash or a failure cut off. */
  readonly stateFolder: string;
  readonly tuning?: Partial<S3Tuning>;
}

/** How often an upload begins anew when its parts are thrown away or somebody else writes the same object. */
const MAX_ROUNDS = 3;

/** Begun anew, or the object is there by now. */
const RESTARTING: ReadonlySet<string> = new Set(['s3.upload_gone', 's3.already_there']);

/** What remembering an upload takes on the disk. */
const STATE_BYTES = 4_096;

/** The file's hash, in keys that carry it. */
const HASH_IN_KEY = /(?:^|\/)([0-9a-f]{64})(?:\.[A-Za-z0-9]+)?$/;

/** What the engine reads again and again: kept here when it is stored, so that nothing has to be downloaded. */
const CACHED_AT_ONCE = 'canonical/';

export interface RemoteObjectStore extends ObjectStore {
  /** Ends what runs and has no signal of its own (`head`, `localPath`, `list`, `sweep`) with `app.cancelled`. */
  close(): void;
}

/** The object layout in a bucket. Objects are written once, whole, with their SHA-256, and never overwritten. */
export function createS3ObjectStore(options: S3ObjectStoreOptions): RemoteObjectStore {
  return new S3ObjectStore(options);
}

class S3ObjectStore implements RemoteObjectStore {
  readonly #link: S3Link;
  readonly #reader: ObjectReader;
  readonly #uploading: Uploading;
  readonly #cache: LocalObjectStore;
  readonly #stateFolder: string;
  /** The last write of each key in this process: a second one waits, and then finds the object. */
  readonly #writes = new Map<string, Promise<void>>();
  readonly #downloads = new Map<string, Promise<string>>();
  readonly #closing = new AbortController();
  readonly #untilClosed = this.#closing.signal;

  constructor({ connection, secrets, cache, stateFolder, tuning }: S3ObjectStoreOptions) {
    const { partBytes, parallelParts, patience, timeouts } = { ...TUNING, ...tuning };
    const attempts = new Attempts(patience);
    this.#link = new S3Link(connection, secrets, timeouts);
    this.#reader = new ObjectReader(this.#link, attempts);
    this.#cache = cache;
    this.#stateFolder = stateFolder;
    this.#uploading = {
      link: this.#link,
      attempts,
      conditional: new ConditionalWrites(),
      states: new UploadStates(stateFolder),
      buffers: new PartBuffers(parallelParts, partBytes),
      partBytes,
    };
  }

  async putFile(
    key: string,
    path: string,
    { sha256, signal, onProgress = () => {} }: Parameters<ObjectStore['putFile']>[2],
  ): Promise<void> {
    checkKey(key);
    const before = this.#writes.get(key) ?? Promise.resolve();
    // How the write before ended is told to whoever asked for it.
    const write = before.catch(() => {}).then(() => this.#put(path, { key, sha256, signal, onProgress }));
    this.#writes.set(key, write);
    try {
      await write;
      if (key.startsWith(CACHED_AT_ONCE)) await this.#cache.putFile(key, path, { sha256, signal });
    } catch (error) {
      throw await nameObjectFailure(error, { key, neededBytes: STATE_BYTES, folder: this.#stateFolder });
    } finally {
      if (this.#writes.get(key) === write) this.#writes.delete(key);
    }
  }

  async #put(path: string, options: UploadOptions): Promise<void> {
    const { key, sha256, signal, onProgress } = options;
    const upload = new MultipartUpload(this.#uploading, options);
    let wasUnanswered = false;
    let lastFailure: unknown = null;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const stored = await this.#reader.head(key, signal, { believesAbsence: true });
      if (stored !== null) {
        if (stored.sha256 !== sha256) throw new AppError('objects.exists', 'conflict', { key });
        // An upload of ours may have been cut off while somebody else stored the same bytes.
        await upload.abandon();
        onProgress(stored.sizeBytes);
        return;
      }
      const source = await SourceFile.open(path);
      try {
        // A server that refuses a body without reading it breaks the connection before its answer gets through. An
        // upload in parts begins with a request without a body, which fails with the reason.
        if (source.sizeBytes > this.#uploading.partBytes || wasUnanswered) await upload.run(source);
        else if ((await uploadWhole(this.#uploading, source, options)) === 'unanswered') {
          wasUnanswered = true;
          continue;
        }
        await this.#confirm(options, source.sizeBytes);
        await upload.forget();
        return;
      } catch (error) {
        if (!(error instanceof AppError && RESTARTING.has(error.code))) throw error;
        lastFailure = error;
        await upload.abandon();
      } finally {
        await source.close();
      }
    }
    throw lastFailure;
  }

  /** Asks what the server has, by size and by our own hash. */
  async #confirm({ key, sha256, signal }: UploadOptions, sizeBytes: number): Promise<void> {
    const stored = await this.#reader.head(key, signal);
    if (stored?.sha256 === sha256 && stored.sizeBytes === sizeBytes) return;
    const { endpoint, region } = this.#link.connection;
    throw new AppError('s3.not_confirmed', 'unavailable', {
      endpoint: endpoint ?? `Amazon S3 in ${region}`,
      key,
      found: stored === null ? 'nothing' : `${stored.sizeBytes} bytes, ${stored.sha256}`,
    });
  }

  async head(key: string): Promise<StoredObject | null> {
    checkKey(key);
    return this.#reader.head(key, this.#untilClosed);
  }

  async verify(key: string, sha256: string, signal: AbortSignal): Promise<void> {
    checkKey(key);
    const { sha256: found } = await this.#reader.hash(key, signal);
    if (found !== sha256) throw this.#altered(key, found, sha256);
  }

  localPath(key: string): Promise<string> {
    checkKey(key);
    const running = this.#downloads.get(key);
    if (running) return running;
    const download = this.#download(key).finally(() => this.#downloads.delete(key));
    this.#downloads.set(key, download);
    return download;
  }

  async #download(key: string): Promise<string> {
    const signal = this.#untilClosed;
    const isCached = async (sha256: string) => (await this.#cache.head(key))?.sha256 === sha256;
    const named = HASH_IN_KEY.exec(key)?.[1];
    if (named !== undefined && (await isCached(named))) return this.#cache.localPath(key);
    const stored = await this.#reader.head(key, signal);
    if (stored === null) throw new AppError('objects.missing', 'notFound', { key });
    const expected = named ?? stored.sha256;
    if (named === undefined && (await isCached(expected))) return this.#cache.localPath(key);
    const { sizeBytes } = stored;
    try {
      await this.#cache.replace(key, this.#reader.bytes(key, signal), {
        sha256: expected,
        sizeBytes,
        signal,
      });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'objects.altered')) throw error;
      throw this.#altered(key, String(error.details['found']), expected);
    }
    return this.#cache.localPath(key);
  }

  #altered(key: string, found: string, expected: string): AppError {
    return new AppError('s3.object_altered', 'conflict', { key, bucket: this.#link.bucket, found, expected });
  }

  list(prefix: string): AsyncIterable<{ key: string; sizeBytes: number }> {
    return this.#reader.list(prefix, this.#untilClosed);
  }

  /** Ends uploads of ours that nobody will go on with; deletes unfinished copies. */
  async sweep(): Promise<number> {
    return (await sweepUploads(this.#uploading, this.#untilClosed)) + (await this.#cache.sweep());
  }

  close(): void {
    this.#closing.abort();
    this.#link.close();
  }
}
