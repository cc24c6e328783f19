/** Types of the columns that are handed to Polars. Decimals are integers of 1/10,000 with a scale of four. */
export type ArrowType = 'string' | 'timestamp' | 'decimal' | 'int64';

const FIRST_CAPACITY = 256;
const HIGH_WORD = 4_294_967_296;

const grown = <T extends Uint8Array | Int32Array>(old: T, length: number, make: (length: number) => T): T => {
  let capacity = Math.max(old.length, 64);
  while (capacity < length) capacity *= 2;
  const next = make(capacity);
  next.set(old);
  return next;
};
const bytesOf = (length: number) => new Uint8Array(length);
const wordsOf = (length: number) => new Int32Array(length);

/** One growing column in Arrow's memory layout (https://arrow.apache.org/docs/format/Columnar.html). */
export class ArrowColumn {
  readonly name: string;
  readonly type: ArrowType;
  /** 32-bit words of a value: offsets for strings, else 2 (64 bits) or 4 (128 bits). */
  readonly #wordsPerValue: number;
  #words: Int32Array;
  #data = new Uint8Array(0);
  #validity: Uint8Array;
  #dataLength = 0;
  #length = 0;
  #nulls = 0;

  constructor(name: string, type: ArrowType) {
    this.name = name;
    this.type = type;
    this.#wordsPerValue = type === 'string' ? 1 : type === 'decimal' ? 4 : 2;
    this.#words = new Int32Array(FIRST_CAPACITY * this.#wordsPerValue + 1);
    this.#validity = new Uint8Array(FIRST_CAPACITY >> 3);
  }

  get length(): number {
    return this.#length;
  }

  get nulls(): number {
    return this.#nulls;
  }

  /** Bytes that the values take in a record batch, without padding. */
  get sizeBytes(): number {
    return this.#length * this.#wordsPerValue * 4 + this.#dataLength + (this.#length >> 3);
  }

  #reserve(): void {
    const words = (this.#length + 1) * this.#wordsPerValue + 1;
    if (words > this.#words.length) this.#words = grown(this.#words, words, wordsOf);
    if (this.#length >> 3 >= this.#validity.length) {
      this.#validity = grown(this.#validity, (this.#length >> 3) + 1, bytesOf);
    }
  }

  #markValid(): void {
    const index = this.#length;
    this.#validity[index >> 3] = (this.#validity[index >> 3] ?? 0) | (1 << (index & 7));
    this.#length = index + 1;
  }

  pushNull(): void {
    this.#reserve();
    const at = this.#length * this.#wordsPerValue;
    if (this.type === 'string') this.#words[at + 1] = this.#dataLength;
    else this.#words.fill(0, at, at + this.#wordsPerValue);
    this.#nulls++;
    this.#length++;
  }

  /** A safe integer: microseconds, ten-thousandths or a count. */
  pushInteger(value: number): void {
    this.#reserve();
    const at = this.#length * this.#wordsPerValue;
    const words = this.#words;
    const high = Math.floor(value / HIGH_WORD);
    words[at] = value | 0;
    // `| 0` is modulo 2^32 only within 2^53, where every safe integer lies.
    words[at + 1] = high;
    if (this.#wordsPerValue === 4) words[at + 2] = words[at + 3] = value < 0 ? -1 : 0;
    this.#markValid();
  }

  pushBigInt(value: bigint): void {
    this.#reserve();
    const at = this.#length * this.#wordsPerValue;
    const words = this.#words;
    words[at] = Number(BigInt.asIntN(32, value));
    words[at + 1] = Number(BigInt.asIntN(32, value >> 32n));
    if (this.#wordsPerValue === 4) words[at + 2] = words[at + 3] = value < 0n ? -1 : 0;
    this.#markValid();
  }

  /** A string, as a span of UTF-8 bytes. */
  pushBytes(source: Uint8Array, start: number, end: number): void {
    this.#reserve();
    const from = this.#dataLength;
    const to = from + end - start;
    if (to > this.#data.length) this.#data = grown(this.#data, to, bytesOf);
    const data = this.#data;
    if (end - start > 64) data.set(source.subarray(start, end), from);
    else for (let read = start, write = from; read < end; read++, write++) data[write] = source[read] ?? 0;
    this.#dataLength = to;
    this.#words[this.#length + 1] = to;
    this.#markValid();
  }

  /** The column's buffers in the order of the Arrow format; views that are valid until the next push. */
  buffers(): Uint8Array[] {
    const validity = this.#validity.subarray(0, (this.#length + 7) >> 3);
    const count = this.#length * this.#wordsPerValue + (this.type === 'string' ? 1 : 0);
    const words = new Uint8Array(this.#words.buffer, 0, count * 4);
    return this.type === 'string'
      ? [validity, words, this.#data.subarray(0, this.#dataLength)]
      : [validity, words];
  }

  /** Empties the column and keeps its memory. */
  clear(): void {
    this.#validity.fill(0);
    this.#dataLength = 0;
    this.#length = 0;
    this.#nulls = 0;
  }
}
