import { decodeUtf8 } from '#shared/domain/values/bytes';

const FIRST_SLOTS = 1 << 10;
const FULL = 0.6;

/** Numbers the different texts of a column in the order in which they come, without a string per cell. */
export class TextCodes {
  #slots = new Int32Array(FIRST_SLOTS).fill(-1);
  #bytes = new Uint8Array(1 << 14);
  #used = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #hashes: number[] = [];
  readonly #texts: (string | undefined)[] = [];

  /** The code of the UTF-8 text in `bytes[start, end)`. */
  codeOf(bytes: Uint8Array, start: number, end: number): number {
    // FNV-1a, 32 bits; equal hashes are told apart by their bytes.
    let hash = 0x811c_9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const code = this.#slots[slot] ?? -1;
      if (code === -1) return this.#add(hash, slot, bytes, start, end);
      if (this.#hashes[code] === hash && this.#equals(code, bytes, start, end)) return code;
      slot = (slot + 1) & mask;
    }
  }

  text(code: number): string {
    return (this.#texts[code] ??= decodeUtf8(this.#bytes, this.#starts[code] ?? 0, this.#ends[code] ?? 0));
  }

  #equals(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[code] ?? 0;
    if ((this.#ends[code] ?? 0) - from !== end - start) return false;
    for (let at = start; at < end; at++) if (this.#bytes[from + at - start] !== bytes[at]) return false;
    return true;
  }

  #add(hash: number, slot: number, bytes: Uint8Array, start: number, end: number): number {
    const code = this.#starts.length;
    const length = end - start;
    if (this.#used + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#used);
    this.#starts.push(this.#used);
    this.#used += length;
    this.#ends.push(this.#used);
    this.#hashes.push(hash);
    this.#slots[slot] = code;
    if (code + 1 > this.#slots.length * FULL) this.#grow();
    return code;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    this.#hashes.forEach((hash, code) => {
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = code;
    });
    this.#slots = slots;
  }
}
