const FIRST_SLOTS = 1 << 16;
/** 12 bytes a slot: at most 200 MB, for 11.7 million different rows. */
const MAX_SLOTS = 1 << 24;
const FULL = 0.7;

const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by));

/**
 * Finds rows whose cells are all equal to those of an earlier row, by two 32-bit hashes of the cells (the MurmurHash3
 * mixing steps with different constants). Two different rows share both with a probability of 2^-64: among 3 million
 * rows a false duplicate is expected once in 4 million files. Duplicates are warnings, so none would change a figure.
 */
export class DuplicateRows {
  #first = new Int32Array(FIRST_SLOTS);
  #second = new Int32Array(FIRST_SLOTS);
  /** Row number of the first occurrence; 0 marks an empty slot. */
  #rows = new Uint32Array(FIRST_SLOTS);
  #used = 0;
  /** True when the table is full: later rows are compared with the known ones but not remembered. */
  saturated = false;

  /**
   * Remembers a record: cells `[from, from + columns)` of the spans.
   * @returns the row number of the equal earlier record, or 0
   */
  check(
    bytes: Uint8Array,
    starts: Uint32Array,
    ends: Uint32Array,
    from: number,
    columns: number,
    row: number,
  ): number {
    let a = 0x2f0b_4c47;
    let b = 0x6a09_e667;
    for (let cell = from; cell < from + columns; cell++) {
      const start = starts[cell] ?? 0;
      const end = ends[cell] ?? 0;
      let i = start;
      for (; i + 3 < end; i += 4) {
        const word =
          (bytes[i] ?? 0) |
          ((bytes[i + 1] ?? 0) << 8) |
          ((bytes[i + 2] ?? 0) << 16) |
          ((bytes[i + 3] ?? 0) << 24);
        a = Math.imul(rotate(a ^ Math.imul(word, 0xcc9e_2d51), 13), 5) + 0xe654_6b64;
        b = Math.imul(rotate(b ^ Math.imul(word, 0x1b87_3593), 15), 9) + 0x561c_cd1b;
      }
      let tail = (end - start) << 24;
      for (let shift = 0; i < end; i++, shift += 8) tail ^= (bytes[i] ?? 0) << shift;
      a = Math.imul(rotate(a ^ Math.imul(tail, 0x85eb_ca6b), 13), 5) + 0xe654_6b64;
      b = Math.imul(rotate(b ^ Math.imul(tail, 0xc2b2_ae35), 15), 9) + 0x561c_cd1b;
    }
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b);
    a ^= a >>> 13;
    b = Math.imul(b ^ (b >>> 16), 0xc2b2_ae35);
    b ^= b >>> 13;
    return this.#insert(a, b, row);
  }

  #insert(a: number, b: number, row: number): number {
    const mask = this.#rows.length - 1;
    let slot = a & mask;
    for (;;) {
      const known = this.#rows[slot] ?? 0;
      if (known === 0) break;
      if (this.#first[slot] === a && this.#second[slot] === b) return known;
      slot = (slot + 1) & mask;
    }
    if (this.saturated) return 0;
    this.#first[slot] = a;
    this.#second[slot] = b;
    this.#rows[slot] = row;
    this.#used++;
    if (this.#used > this.#rows.length * FULL) this.#grow();
    return 0;
  }

  #grow(): void {
    const [first, second, rows] = [this.#first, this.#second, this.#rows];
    if (rows.length >= MAX_SLOTS) {
      this.saturated = true;
      return;
    }
    const length = rows.length * 2;
    this.#first = new Int32Array(length);
    this.#second = new Int32Array(length);
    this.#rows = new Uint32Array(length);
    const mask = length - 1;
    for (let old = 0; old < rows.length; old++) {
      const row = rows[old] ?? 0;
      if (row === 0) continue;
      const a = first[old] ?? 0;
      let slot = a & mask;
      while (this.#rows[slot] !== 0) slot = (slot + 1) & mask;
      this.#first[slot] = a;
      this.#second[slot] = second[old] ?? 0;
      this.#rows[slot] = row;
    }
  }
}
