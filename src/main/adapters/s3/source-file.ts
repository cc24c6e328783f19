import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { PIECE_BYTES } from '../local-files/durable-file.ts';

/** Bytes of one part, valid until its buffer is used for another. */
export interface Part {
  /** Counts from 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, as S3 writes it. */
  readonly sha256Base64: string;
}

/** A file that is read once from beginning to end, part by part, while its hash is taken. */
export class SourceFile {
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #position = 0;

  private constructor(handle: FileHandle, sizeBytes: number) {
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
  }

  static async open(path: string): Promise<SourceFile> {
    const handle = await open(path, 'r');
    try {
      return new SourceFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The next part, which fills the buffer unless it is the last. A file that became shorter ends in a short part. */
  async readPart(number: number, buffer: Buffer): Promise<Part> {
    const length = Math.min(buffer.byteLength, this.sizeBytes - this.#position);
    const hash = createHash('sha256');
    let filled = 0;
    // In pieces, so that hashing never holds the event loop for longer than a millisecond or two.
    while (filled < length) {
      const wanted = Math.min(PIECE_BYTES, length - filled);
      const { bytesRead } = await this.#handle.read(buffer, filled, wanted, this.#position);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(filled, filled + bytesRead);
      hash.update(piece);
      this.#hash.update(piece);
      filled += bytesRead;
      this.#position += bytesRead;
    }
    return { number, bytes: buffer.subarray(0, filled), sha256Base64: hash.digest('base64') };
  }

  /** SHA-256 of everything read, lower-case hex; nothing can be read after it. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
