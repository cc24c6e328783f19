import { closeSync, openSync, writevSync } from 'node:fs';
import type { ArrowColumn, ArrowType } from './arrow-columns.ts';
import { FlatBuilder } from './flat-buffer.ts';

const MAGIC = new TextEncoder().encode('ARROW1');
const ALIGNMENT = 64;
const METADATA_V5 = 4;
const HEADER = { schema: 1, recordBatch: 3 } as const;
const TYPE = { int: 2, utf8: 5, decimal: 7, timestamp: 10 } as const;
const MICROSECOND = 2;

const int8 = (value: number) => ({ kind: 'int8', value }) as const;
const int16 = (value: number) => ({ kind: 'int16', value }) as const;
const int32 = (value: number) => ({ kind: 'int32', value }) as const;
const int64 = (value: number) => ({ kind: 'int64', value }) as const;
const offset = (value: number) => ({ kind: 'offset', value }) as const;

function typeTable(builder: FlatBuilder, type: ArrowType): { id: number; position: number } {
  switch (type) {
    case 'string':
      return { id: TYPE.utf8, position: builder.table([]) };
    case 'int64':
      return { id: TYPE.int, position: builder.table([int32(64), int8(1)]) };
    case 'timestamp':
      return { id: TYPE.timestamp, position: builder.table([int16(MICROSECOND)]) };
    case 'decimal':
      return { id: TYPE.decimal, position: builder.table([int32(18), int32(4), int32(128)]) };
  }
}

function schemaTable(builder: FlatBuilder, columns: readonly ArrowColumn[]): number {
  const fields = columns.map((column) => {
    const name = builder.string(column.name);
    const children = builder.offsets([]);
    const type = typeTable(builder, column.type);
    return builder.table([
      offset(name),
      int8(1),
      int8(type.id),
      offset(type.position),
      null,
      offset(children),
    ]);
  });
  return builder.table([int16(0), offset(builder.offsets(fields))]);
}

const schemaMessage = (columns: readonly ArrowColumn[]): Uint8Array => {
  const builder = new FlatBuilder();
  const header = schemaTable(builder, columns);
  return builder.finish(builder.table([int16(METADATA_V5), int8(HEADER.schema), offset(header), int64(0)]));
};

const padded = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

function batchMessage(columns: readonly ArrowColumn[], buffers: readonly Uint8Array[], bodyLength: number) {
  const builder = new FlatBuilder();
  const places: number[] = [];
  let at = 0;
  for (const buffer of buffers) {
    places.push(at, buffer.length);
    at += padded(buffer.length);
  }
  const bufferVector = builder.longs(places, 2);
  const nodes = builder.longs(
    columns.flatMap((column) => [column.length, column.nulls]),
    2,
  );
  const header = builder.table([int64(columns[0]?.length ?? 0), offset(nodes), offset(bufferVector)]);
  return builder.finish(
    builder.table([int16(METADATA_V5), int8(HEADER.recordBatch), offset(header), int64(bodyLength)]),
  );
}

/**
 * An Arrow IPC file that grows by record batches: how rows wait on disk for Polars without being turned into text.
 * Format: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 */
export class ArrowFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #blocks: { start: number; metadataLength: number; bodyLength: number }[] = [];
  #position = 0;

  /** Creates the file; it must not exist. `columns` give the schema, which every batch must have. */
  constructor(path: string, columns: readonly ArrowColumn[]) {
    this.path = path;
    this.#descriptor = openSync(path, 'wx');
    this.#write([MAGIC, new Uint8Array(2)]);
    this.#message(schemaMessage(columns), []);
  }

  #write(parts: readonly Uint8Array[]): void {
    let pending = parts.filter((part) => part.length > 0);
    while (pending.length > 0) {
      let written = writevSync(this.#descriptor, pending);
      this.#position += written;
      const rest: Uint8Array[] = [];
      for (const part of pending) {
        if (written < part.length) rest.push(written === 0 ? part : part.subarray(written));
        written = Math.max(0, written - part.length);
      }
      pending = rest;
    }
  }

  /** Writes prefix, metadata and body so that the body begins at a multiple of 64 bytes. */
  #message(metadata: Uint8Array, body: readonly Uint8Array[]): { start: number; metadataLength: number } {
    const start = this.#position;
    const end = padded(start + 8 + metadata.length);
    const prefix = new Int32Array([-1, end - start - 8]);
    this.#write([
      new Uint8Array(prefix.buffer),
      metadata,
      new Uint8Array(end - start - 8 - metadata.length),
      ...body,
    ]);
    return { start, metadataLength: end - start };
  }

  /** Appends the rows of the columns as one record batch. */
  append(columns: readonly ArrowColumn[]): void {
    const buffers = columns.flatMap((column) => column.buffers());
    const body: Uint8Array[] = [];
    let bodyLength = 0;
    for (const buffer of buffers) {
      body.push(buffer, new Uint8Array(padded(buffer.length) - buffer.length));
      bodyLength += padded(buffer.length);
    }
    const place = this.#message(batchMessage(columns, buffers, bodyLength), body);
    this.#blocks.push({ ...place, bodyLength });
  }

  /** Writes the footer and closes the file. */
  finish(columns: readonly ArrowColumn[]): void {
    const builder = new FlatBuilder();
    const blocks = builder.longs(
      this.#blocks.flatMap((block) => [block.start, block.metadataLength, block.bodyLength]),
      3,
    );
    const dictionaries = builder.longs([], 3);
    const schema = schemaTable(builder, columns);
    const footer = builder.finish(
      builder.table([int16(METADATA_V5), offset(schema), offset(dictionaries), offset(blocks)]),
    );
    this.#write([
      new Uint8Array(new Int32Array([-1, 0]).buffer),
      footer,
      new Uint8Array(new Int32Array([footer.length]).buffer),
      MAGIC,
    ]);
    this.close();
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
