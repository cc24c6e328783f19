import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { AppError } from '#shared/errors/app-error';
import type { Attempts } from './attempts.ts';
import { isPassing } from './errors.ts';
import type { S3Link } from './link.ts';

/** Metadata under which each object carries the SHA-256 of its bytes: `x-amz-meta-sha256`. */
export const SHA256_METADATA = 'sha256';

const SHA256 = /^[0-9a-f]{64}$/;

/** A download that broke off goes on from where it was, this often. */
const MAX_BREAKS = 5;

export interface StoredObject {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Reads objects of one bucket. */
export class ObjectReader {
  readonly #link: S3Link;
  readonly #attempts: Attempts;

  constructor(link: S3Link, attempts: Attempts) {
    this.#link = link;
    this.#attempts = attempts;
  }

  /** What the server attests; an object that others put there without our metadata is read and hashed. */
  async head(
    key: string,
    signal: AbortSignal,
    { believesAbsence = false } = {},
  ): Promise<StoredObject | null> {
    try {
      const answer = await this.#attempts.run(signal, () =>
        this.#link.call('HeadObject', { key, signal, believesAbsence }, (client, options) =>
          client.send(
            new HeadObjectCommand({ Bucket: this.#link.bucket, Key: this.#link.fullKey(key) }),
            options,
          ),
        ),
      );
      const sha256 = answer.Metadata?.[SHA256_METADATA];
      if (answer.ContentLength === undefined) throw this.#link.notS3('HeadObject', 'no size of the object');
      if (sha256 !== undefined && SHA256.test(sha256)) return { sizeBytes: answer.ContentLength, sha256 };
      return await this.hash(key, signal);
    } catch (error) {
      if (error instanceof AppError && error.code === 'objects.missing') return null;
      throw error;
    }
  }

  /** Size and hash of the bytes as they are now. */
  async hash(key: string, signal: AbortSignal): Promise<StoredObject> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of this.bytes(key, signal)) {
      hash.update(piece);
      sizeBytes += piece.byteLength;
    }
    return { sizeBytes, sha256: hash.digest('hex') };
  }

  async *bytes(key: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let position = 0;
    let sizeBytes: number | null = null;
    for (let breaks = 0; position !== sizeBytes; breaks += 1) {
      const answer = await this.#open(key, position, signal);
      sizeBytes ??= answer.sizeBytes;
      try {
        for await (const piece of answer.body) {
          position += piece.byteLength;
          yield piece;
        }
      } catch (thrown) {
        const error = this.#link.errorOf(thrown, 'GetObject', key, signal);
        if (!isPassing(error) || breaks >= MAX_BREAKS) throw error;
      }
    }
  }

  async #open(key: string, position: number, signal: AbortSignal) {
    const answer = await this.#attempts.run(signal, () =>
      this.#link.call('GetObject', { key, signal }, (client, options) =>
        client.send(
          new GetObjectCommand({
            Bucket: this.#link.bucket,
            Key: this.#link.fullKey(key),
            ...(position === 0 ? {} : { Range: `bytes=${position}-` }),
          }),
          options,
        ),
      ),
    );
    if (!(answer.Body instanceof Readable) || answer.ContentLength === undefined)
      throw this.#link.notS3('GetObject', 'no size of the object');
    return { body: piecesOf(answer.Body), sizeBytes: answer.ContentLength };
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<{ key: string; sizeBytes: number }> {
    let token: string | undefined;
    do {
      const page = await this.#attempts.run(signal, () =>
        this.#link.call('ListObjectsV2', { signal }, (client, options) =>
          client.send(
            new ListObjectsV2Command({
              Bucket: this.#link.bucket,
              Prefix: this.#link.fullKey(prefix),
              ...(token === undefined ? {} : { ContinuationToken: token }),
            }),
            options,
          ),
        ),
      );
      for (const { Key: fullKey, Size: sizeBytes } of page.Contents ?? []) {
        // Consoles draw folders with empty objects whose names end in a slash.
        if (fullKey === undefined || sizeBytes === undefined || fullKey.endsWith('/')) continue;
        yield { key: this.#link.ownKey(fullKey), sizeBytes };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }
}

async function* piecesOf(body: Readable): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    const bytes: unknown = piece;
    if (!(bytes instanceof Uint8Array)) throw new TypeError('a body that is not made of bytes');
    yield bytes;
  }
}
