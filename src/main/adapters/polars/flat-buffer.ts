/** One field of a table; null fields take their default and no space. */
export type FlatField = {
  readonly kind: 'int8' | 'int16' | 'int32' | 'int64' | 'offset';
  readonly value: number;
} | null;

const SIZES = { int8: 1, int16: 2, int32: 4, int64: 8, offset: 4 } as const;

/**
 * The part of the FlatBuffers wire format that Arrow's metadata needs: tables, strings, vectors of tables and of
 * structs. Buffers are built backwards, children before parents; positions count from the end.
 * Format: https://flatbuffers.dev/internals/
 */
export class FlatBuilder {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #free: number;
  #alignment = 8;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#free = capacity;
  }

  get #used(): number {
    return this.#bytes.length - this.#free;
  }

  /** Pads so that after `extra` more bytes a value of `size` bytes is aligned, and makes room for both. */
  #prepare(size: number, extra: number): void {
    if (size > this.#alignment) this.#alignment = size;
    const padding = -(this.#used + extra) & (size - 1);
    while (this.#free < padding + size + extra) this.#grow();
    this.#bytes.fill(0, this.#free - padding, this.#free);
    this.#free -= padding;
  }

  #grow(): void {
    const old = this.#bytes;
    this.#bytes = new Uint8Array(old.length * 2);
    this.#bytes.set(old, old.length);
    this.#view = new DataView(this.#bytes.buffer);
    this.#free += old.length;
  }

  #push(kind: keyof typeof SIZES, value: number): void {
    const size = SIZES[kind];
    this.#prepare(size, 0);
    this.#free -= size;
    if (kind === 'int8') this.#view.setInt8(this.#free, value);
    else if (kind === 'int16') this.#view.setInt16(this.#free, value, true);
    else if (kind === 'int32') this.#view.setInt32(this.#free, value, true);
    else if (kind === 'int64') this.#view.setBigInt64(this.#free, BigInt(value), true);
    else this.#view.setInt32(this.#free, this.#used - value, true);
  }

  string(text: string): number {
    const utf8 = new TextEncoder().encode(text);
    this.#push('int8', 0);
    this.#prepare(4, utf8.length);
    this.#free -= utf8.length;
    this.#bytes.set(utf8, this.#free);
    this.#push('int32', utf8.length);
    return this.#used;
  }

  /** A vector of tables or strings, by their positions. */
  offsets(positions: readonly number[]): number {
    this.#prepare(4, positions.length * 4);
    for (const position of positions.toReversed()) this.#push('offset', position);
    this.#push('int32', positions.length);
    return this.#used;
  }

  /** A vector of structs that consist of 64-bit integers. */
  longs(values: readonly number[], perStruct: number): number {
    this.#prepare(4, values.length * 8);
    this.#prepare(8, values.length * 8);
    for (const value of values.toReversed()) this.#push('int64', value);
    this.#push('int32', values.length / perStruct);
    return this.#used;
  }

  table(fields: readonly FlatField[]): number {
    const start = this.#used;
    const slots = fields.map(() => 0);
    const bySize = fields.flatMap((field, index) => (field === null ? [] : [{ field, index }]));
    for (const { field, index } of bySize.sort((a, b) => SIZES[b.field.kind] - SIZES[a.field.kind])) {
      this.#push(field.kind, field.value);
      slots[index] = this.#used;
    }
    this.#push('int32', 0);
    const table = this.#used;
    for (const slot of slots.toReversed()) this.#push('int16', slot === 0 ? 0 : table - slot);
    this.#push('int16', table - start);
    this.#push('int16', (fields.length + 2) * 2);
    this.#view.setInt32(this.#bytes.length - table, this.#used - table, true);
    return table;
  }

  /** The finished buffer with `root` as its root table; the length is a multiple of 8. */
  finish(root: number): Uint8Array {
    this.#prepare(this.#alignment, 4);
    this.#push('offset', root);
    return this.#bytes.slice(this.#free);
  }
}
