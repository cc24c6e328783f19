import type { CellBatch } from './ports.ts';

const BUFFER_BYTES = 1024 * 1024;
const COMMA = 44;
const QUOTE = 34;
const CR = 13;
const LF = 10;

/** Writes CSV of RFC 4180 (comma, CRLF is not needed: LF), quoting only where it must, straight from spans of bytes. */
export class CsvBuffer {
  readonly #write: (bytes: Uint8Array) => void;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return;
    this.flush();
    if (bytes > this.#buffer.length) this.#buffer = new Uint8Array(bytes);
  }

  #cell(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    this.#reserve((end - start) * 2 + 3);
    const buffer = this.#buffer;
    let at = this.#used;
    let quoted = false;
    for (let index = start; index < end && !quoted; index++) {
      const byte = bytes[index];
      quoted = byte === COMMA || byte === QUOTE || byte === CR || byte === LF;
    }
    if (quoted) buffer[at++] = QUOTE;
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      if (byte === QUOTE) buffer[at++] = QUOTE;
      buffer[at++] = byte;
    }
    if (quoted) buffer[at++] = QUOTE;
    buffer[at++] = last ? LF : COMMA;
    this.#used = at;
  }

  /** One record of a batch. A record of a single blank cell is written as `""`, so that it is no blank line. */
  spans(batch: CellBatch, record: number): void {
    const from = record * batch.columns;
    if (batch.columns === 1 && batch.starts[from] === batch.ends[from]) {
      this.#blankRecord();
      return;
    }
    for (let index = 0; index < batch.columns; index++) {
      const cell = from + index;
      this.#cell(batch.bytes, batch.starts[cell] ?? 0, batch.ends[cell] ?? 0, index === batch.columns - 1);
    }
  }

  /** One record of strings. */
  record(cells: readonly string[]): void {
    if (cells.length === 1 && cells[0] === '') {
      this.#blankRecord();
      return;
    }
    const encoder = new TextEncoder();
    cells.forEach((cell, index) => {
      const bytes = encoder.encode(cell);
      this.#cell(bytes, 0, bytes.length, index === cells.length - 1);
    });
  }

  #blankRecord(): void {
    this.#reserve(3);
    this.#buffer.set([QUOTE, QUOTE, LF], this.#used);
    this.#used += 3;
  }

  flush(): void {
    if (this.#used > 0) this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}
