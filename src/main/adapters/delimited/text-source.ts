import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { getDecoder } from 'iconv-lite';
import { AppError } from '#shared/errors/app-error';
import { bomLength, completeUtf8Length, type DetectedEncoding } from './encoding.ts';

/** Source bytes of one fill; the target must hold three times as much. */
export const FILL_BYTES = 8 * 1024 * 1024;

/** Opens a file for reading; `reading.unreadable` when the system refuses. */
export async function openForReading(path: string, fileName: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (thrown) {
    throw unreadable(thrown, fileName);
  }
}

export function unreadable(thrown: unknown, fileName: string): AppError {
  const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
  return new AppError('reading.unreadable', 'unavailable', { fileName, reason }, { cause: thrown });
}

/** The text of a file as a stream of well-formed UTF-8 without byte order mark. */
export class TextSource {
  readonly #handle: FileHandle;
  readonly #fileName: string;
  readonly #decoder: { write(buffer: Buffer): string; end(): string | undefined } | null;
  readonly #encoder = new TextEncoder();
  readonly #sizeBytes: number;
  #position: number;
  #rest: Uint8Array = new Uint8Array(0);
  #scratch: Buffer | null = null;
  #ended = false;
  /** True when the last fill held bytes that are no text; each is U+FFFD now. */
  sawInvalid = false;

  constructor(handle: FileHandle, fileName: string, sizeBytes: number, encoding: DetectedEncoding) {
    this.#handle = handle;
    this.#fileName = fileName;
    this.#sizeBytes = sizeBytes;
    this.#position = bomLength(encoding);
    const utf8 = encoding.encoding === 'utf-8';
    this.#decoder = utf8 ? null : getDecoder(encoding.encoding, { stripBOM: false });
  }

  /** Bytes of the file that were read so far. */
  get bytesDone(): number {
    return this.#position;
  }

  /**
   * Writes the next text into `target`, at most a third of its length in source bytes; 0 at the end. Throws
   * `reading.unreadable`, or `reading.changed` when the file is no longer as long as it was.
   */
  async fill(target: Uint8Array): Promise<number> {
    this.sawInvalid = false;
    const limit = Math.min(FILL_BYTES, Math.floor(target.length / 3));
    for (;;) {
      if (this.#ended) return 0;
      const written =
        this.#decoder === null ? await this.#fillUtf8(target, limit) : await this.#transcode(target, limit);
      if (written > 0 || this.#ended) return written;
    }
  }

  async #read(into: Uint8Array, at: number, length: number): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(into, at, length, this.#position);
      this.#position += bytesRead;
      if (bytesRead === 0 && this.#position !== this.#sizeBytes) {
        throw new AppError('reading.changed', 'conflict', { fileName: this.#fileName });
      }
      return bytesRead;
    } catch (thrown) {
      throw thrown instanceof AppError ? thrown : unreadable(thrown, this.#fileName);
    }
  }

  async #fillUtf8(target: Uint8Array, limit: number): Promise<number> {
    const kept = this.#rest.length;
    target.set(this.#rest, 0);
    const bytesRead = await this.#read(target, kept, limit - kept);
    this.#ended = bytesRead === 0;
    const have = kept + bytesRead;
    const whole = this.#ended ? have : completeUtf8Length(target.subarray(0, have));
    const complete = target.subarray(0, whole);
    this.#rest = target.slice(whole, have);
    if (isUtf8(complete)) return whole;
    this.sawInvalid = true;
    return this.#put(new TextDecoder('utf-8', { ignoreBOM: true }).decode(complete), target);
  }

  async #transcode(target: Uint8Array, limit: number): Promise<number> {
    this.#scratch ??= Buffer.allocUnsafe(Math.min(limit, 2 * 1024 * 1024));
    const scratch = this.#scratch;
    const bytesRead = await this.#read(scratch, 0, Math.min(limit, scratch.length));
    this.#ended = bytesRead === 0;
    const decoder = this.#decoder;
    if (decoder === null) return 0;
    const text = this.#ended ? (decoder.end() ?? '') : decoder.write(scratch.subarray(0, bytesRead));
    this.sawInvalid = text.includes('\ufffd') || !text.isWellFormed();
    return this.#put(text, target);
  }

  #put(text: string, target: Uint8Array): number {
    const { read, written } = this.#encoder.encodeInto(text, target);
    if (read < text.length) throw new AppError('app.bug', 'bug', { message: 'text does not fit its buffer' });
    return written;
  }
}
