import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FLUSH_CHARACTERS = 256 * 1024;
const READ_BYTES = 64 * 1024;

/** One source of lines whose rows only grow. */
class Channel {
  readonly path: string;
  #descriptor: number | null = null;
  #pending = '';
  lines = 0;

  constructor(path: string) {
    this.path = path;
  }

  append(row: number, line: string): void {
    this.#pending += `${row}\t${line}\n`;
    this.lines++;
    if (this.#pending.length > FLUSH_CHARACTERS) this.#flush();
  }

  #flush(): void {
    this.#descriptor ??= openSync(this.path, 'wx+');
    writeAll(this.#descriptor, this.#pending);
    this.#pending = '';
  }

  *entries(): Generator<{ row: number; line: string }> {
    if (this.lines === 0) return;
    this.#flush();
    const descriptor = this.#descriptor;
    if (descriptor === null) return;
    const buffer = new Uint8Array(READ_BYTES);
    const decoder = new TextDecoder();
    let rest = '';
    let position = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, position);
      if (count === 0) return;
      position += count;
      const lines = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        const tab = text.indexOf('\t');
        yield { row: Number(text.slice(0, tab)), line: text.slice(tab + 1) };
      }
    }
  }

  remove(): void {
    if (this.#descriptor !== null) {
      closeSync(this.#descriptor);
      this.#descriptor = null;
      rmSync(this.path, { force: true });
    }
  }
}

export function writeAll(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

/**
 * JSON lines in row order, from channels that are each in row order but come at different times (rows of batches,
 * repairs, broken records). Lines wait on disk, so memory does not grow with them.
 */
export class RowLog {
  readonly path: string;
  readonly #channels: readonly Channel[];

  constructor(folder: string, name: string, channels: number) {
    this.path = join(folder, `${name}.jsonl`);
    this.#channels = Array.from(
      { length: channels },
      (_, index) => new Channel(join(folder, `.${name}-${index}.tmp`)),
    );
  }

  append(channel: number, row: number, value: unknown): void {
    this.#channels[channel]?.append(row, JSON.stringify(value));
  }

  /** Lines that were appended to a channel so far. */
  count(channel: number): number {
    return this.#channels[channel]?.lines ?? 0;
  }

  /** Merges the channels into the final file, up to `limit` lines; answers how many were written. */
  finish(limit = Number.POSITIVE_INFINITY): number {
    const target = openSync(this.path, 'wx');
    const heads = this.#channels.map((channel) => channel.entries());
    const next = heads.map((head) => head.next());
    let written = 0;
    let pending = '';
    while (written < limit) {
      let first = -1;
      let firstRow = Number.POSITIVE_INFINITY;
      next.forEach((entry, index) => {
        if (!entry.done && entry.value.row < firstRow) {
          first = index;
          firstRow = entry.value.row;
        }
      });
      const entry = next[first];
      const head = heads[first];
      if (entry === undefined || entry.done || head === undefined) break;
      pending += `${entry.value.line}\n`;
      written++;
      if (pending.length > FLUSH_CHARACTERS) {
        writeAll(target, pending);
        pending = '';
      }
      next[first] = head.next();
    }
    writeAll(target, pending);
    closeSync(target);
    this.discard();
    return written;
  }

  /** Deletes what waits on disk. */
  discard(): void {
    for (const channel of this.#channels) channel.remove();
  }
}
