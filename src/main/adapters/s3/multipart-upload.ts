import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { AppError } from '#shared/errors/app-error';
import type { Attempts } from './attempts.ts';
import type { ConditionalWrites } from './conditional-writes.ts';
import { isWithoutAnswer } from './errors.ts';
import type { S3Link } from './link.ts';
import { SHA256_METADATA } from './object-reader.ts';
import type { PartBuffers } from './part-buffers.ts';
import type { Part, SourceFile } from './source-file.ts';
import { findPart, isSame, listParts, type StoredPart } from './stored-parts.ts';
import type { UploadIdentity, UploadStates } from './upload-states.ts';

/** What all uploads of one store share. */
export interface Uploading {
  readonly link: S3Link;
  readonly attempts: Attempts;
  readonly conditional: ConditionalWrites;
  readonly states: UploadStates;
  readonly buffers: PartBuffers;
  readonly partBytes: number;
}

export interface UploadOptions {
  readonly key: string;
  /** Of the whole file. */
  readonly sha256: string;
  readonly signal: AbortSignal;
  readonly onProgress: (bytesDone: number) => void;
}

/** One file on its way into the bucket in parts. It can be taken up again after a crash at any point. */
export class MultipartUpload {
  readonly #uploading: Uploading;
  readonly #options: UploadOptions;
  readonly #identity: UploadIdentity;

  constructor(uploading: Uploading, options: UploadOptions) {
    this.#uploading = uploading;
    this.#options = options;
    this.#identity = uploading.link.identity(options.key, options.sha256);
  }

  /** Sends what the server does not have and joins the parts. Its state is kept until `forget` or `abandon`. */
  async run(source: SourceFile): Promise<void> {
    const { uploadId, stored } = await this.#begin(source);
    const parts = await this.#sendMissing(source, uploadId, stored);
    const found = source.digest();
    if (found !== this.#options.sha256) {
      await this.abandon();
      const { key, sha256 } = this.#options;
      throw new AppError('objects.altered', 'conflict', { key, found, expected: sha256 });
    }
    await this.#complete(uploadId, parts);
  }

  /** The object is there, or its parts are gone: nothing can go on. */
  forget(): Promise<void> {
    return this.#uploading.states.remove(this.#identity);
  }

  /** Has the server throw away what it received. */
  async abandon(): Promise<void> {
    const state = await this.#uploading.states.find(this.#identity);
    if (state === null) return;
    await abortUpload(this.#uploading, this.#options.key, state.uploadId, this.#options.signal);
    await this.forget();
  }

  #target(uploadId: string) {
    const { key, signal } = this.#options;
    return { key, uploadId, signal };
  }

  async #begin(source: SourceFile): Promise<{ uploadId: string; stored: ReadonlyMap<number, StoredPart> }> {
    const { states, partBytes } = this.#uploading;
    const state = await states.find(this.#identity);
    if (state !== null && state.partBytes === partBytes && state.sizeBytes === source.sizeBytes) {
      try {
        return {
          uploadId: state.uploadId,
          stored: await listParts(this.#uploading, this.#target(state.uploadId)),
        };
      } catch (error) {
        // Lifecycle rules of a bucket end uploads that took too long.
        if (!(error instanceof AppError && error.code === 's3.upload_gone')) throw error;
      }
    } else await this.abandon();
    const uploadId = await this.#create();
    await states.save({
      version: 1,
      ...this.#identity,
      sizeBytes: source.sizeBytes,
      partBytes,
      uploadId,
      startedAt: new Date().toISOString(),
    });
    return { uploadId, stored: new Map() };
  }

  async #create(): Promise<string> {
    const { link, attempts } = this.#uploading;
    const { key, sha256, signal } = this.#options;
    const answer = await attempts.run(signal, () =>
      link.call('CreateMultipartUpload', { key, signal }, (client, options) =>
        client.send(
          new CreateMultipartUploadCommand({
            Bucket: link.bucket,
            Key: link.fullKey(key),
            Metadata: { [SHA256_METADATA]: sha256 },
            ChecksumAlgorithm: 'SHA256',
          }),
          options,
        ),
      ),
    );
    if (!answer.UploadId) throw link.notS3('CreateMultipartUpload', 'no id of the upload');
    return answer.UploadId;
  }

  /** Reads the whole file, for its hash, and sends the parts that are not stored. The first failure ends all of it. */
  async #sendMissing(
    source: SourceFile,
    uploadId: string,
    stored: ReadonlyMap<number, StoredPart>,
  ): Promise<ReadonlyMap<number, StoredPart>> {
    const { buffers, partBytes } = this.#uploading;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, stop.signal]);
    const parts = new Map<number, StoredPart>();
    const running = new Set<Promise<void>>();
    const failures: unknown[] = [];
    let bytesDone = 0;
    const finish = (part: Part, asStored: StoredPart) => {
      parts.set(part.number, asStored);
      bytesDone += part.bytes.byteLength;
      this.#options.onProgress(bytesDone);
    };
    const send = async (part: Part, buffer: Buffer) => {
      try {
        finish(part, await this.#sendPart(uploadId, part, signal));
      } catch (error) {
        failures.push(error);
        stop.abort();
      } finally {
        buffers.give(buffer);
      }
    };
    try {
      for (let number = 1; (number - 1) * partBytes < source.sizeBytes && !signal.aborted; number += 1) {
        const buffer = await buffers.take(signal);
        let isSending = false;
        try {
          const part = await source.readPart(number, buffer);
          const there = stored.get(number);
          if (there && isSame(there, part)) finish(part, there);
          else {
            const sending = send(part, buffer).finally(() => running.delete(sending));
            running.add(sending);
            isSending = true;
          }
        } finally {
          if (!isSending) buffers.give(buffer);
        }
      }
    } catch (error) {
      failures.push(error);
      stop.abort();
    }
    await Promise.all(running);
    if (this.#options.signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    if (failures.length > 0) throw failures[0];
    return parts;
  }

  async #sendPart(uploadId: string, part: Part, signal: AbortSignal): Promise<StoredPart> {
    const { link, attempts } = this.#uploading;
    const { key } = this.#options;
    let isUncertain = false;
    return attempts.run(signal, async (lastFailure) => {
      isUncertain ||= lastFailure !== null && isWithoutAnswer(lastFailure);
      if (isUncertain) {
        // The part may have arrived. And a server that refuses a body without reading it breaks the connection before
        // its answer gets through: this request has no body, and fails with the reason.
        const there = await findPart(link, { key, uploadId, signal }, part.number);
        isUncertain = false;
        if (there && isSame(there, part)) return there;
      }
      const answer = await link.call('UploadPart', { key, signal }, (client, options) =>
        client.send(
          new UploadPartCommand({
            Bucket: link.bucket,
            Key: link.fullKey(key),
            UploadId: uploadId,
            PartNumber: part.number,
            Body: part.bytes,
            ContentLength: part.bytes.byteLength,
            ChecksumSHA256: part.sha256Base64,
          }),
          options,
        ),
      );
      if (!answer.ETag) throw link.notS3('UploadPart', 'no tag of the part');
      return { etag: answer.ETag, sizeBytes: part.bytes.byteLength, sha256Base64: part.sha256Base64 };
    });
  }

  async #complete(uploadId: string, parts: ReadonlyMap<number, StoredPart>): Promise<void> {
    const { link, attempts, conditional } = this.#uploading;
    const { key, signal } = this.#options;
    const list = [...parts]
      .sort(([a], [b]) => a - b)
      .map(([PartNumber, { etag, sha256Base64 }]) => ({
        PartNumber,
        ETag: etag,
        ...(sha256Base64 === null ? {} : { ChecksumSHA256: sha256Base64 }),
      }));
    await attempts.run(signal, () =>
      conditional.send((condition) =>
        link.call('CompleteMultipartUpload', { key, signal }, (client, options) =>
          client.send(
            new CompleteMultipartUploadCommand({
              Bucket: link.bucket,
              Key: link.fullKey(key),
              UploadId: uploadId,
              MultipartUpload: { Parts: list },
              ...condition,
            }),
            options,
          ),
        ),
      ),
    );
  }
}

/** An upload that is gone already is no failure. */
export async function abortUpload(
  { link, attempts }: Pick<Uploading, 'link' | 'attempts'>,
  key: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await attempts.run(signal, () =>
      link.call('AbortMultipartUpload', { key, signal }, (client, options) =>
        client.send(
          new AbortMultipartUploadCommand({
            Bucket: link.bucket,
            Key: link.fullKey(key),
            UploadId: uploadId,
          }),
          options,
        ),
      ),
    );
  } catch (error) {
    if (!(error instanceof AppError && error.code === 's3.upload_gone')) throw error;
  }
}
