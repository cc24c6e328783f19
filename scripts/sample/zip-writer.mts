import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/** Writes a zip in one pass with bounded memory (sizes follow each entry's data); all times are 1 January 1980. */
export interface ZipWriter {
  add(name: string, chunks: Iterable<string>): Promise<void>;
  finish(): Promise<void>;
}

const DOS_DATE = 0x0021;
const FLAGS = 0x0808; // sizes after the data, names in UTF-8

export async function createZipWriter(path: string, level: number): Promise<ZipWriter> {
  const file: FileHandle = await open(path, 'w');
  const entries: Entry[] = [];
  let position = 0;
  const write = async (bytes: Uint8Array) => {
    await file.write(bytes, 0, bytes.length, position);
    position += bytes.length;
  };
  return {
    async add(name, chunks) {
      const offset = position;
      const nameBytes = Buffer.from(name);
      const header = Buffer.alloc(30);
      header.writeUInt32LE(0x04034b50, 0);
      header.writeUInt16LE(20, 4);
      header.writeUInt16LE(FLAGS, 6);
      header.writeUInt16LE(8, 8);
      header.writeUInt16LE(DOS_DATE, 12);
      header.writeUInt16LE(nameBytes.length, 26);
      await write(Buffer.concat([header, nameBytes]));
      let crc = 0;
      let sizeBytes = 0;
      function* counted() {
        for (const chunk of chunks) {
          const bytes = Buffer.from(chunk);
          crc = crc32(bytes, crc);
          sizeBytes += bytes.length;
          yield bytes;
        }
      }
      const start = position;
      const source = Readable.from(counted());
      const deflate = createDeflateRaw({ level, chunkSize: 256 * 1024 });
      source.on('error', (error) => deflate.destroy(error));
      for await (const packed of source.pipe(deflate)) await write(packed as Buffer);
      const packedBytes = position - start;
      const descriptor = Buffer.alloc(16);
      descriptor.writeUInt32LE(0x08074b50, 0);
      descriptor.writeUInt32LE(crc, 4);
      descriptor.writeUInt32LE(packedBytes, 8);
      descriptor.writeUInt32LE(sizeBytes, 12);
      await write(descriptor);
      entries.push({ name, crc, packedBytes, sizeBytes, offset });
    },
    async finish() {
      const start = position;
      for (const entry of entries) {
        const nameBytes = Buffer.from(entry.name);
        const header = Buffer.alloc(46);
        header.writeUInt32LE(0x02014b50, 0);
        header.writeUInt16LE(20, 4);
        header.writeUInt16LE(20, 6);
        header.writeUInt16LE(FLAGS, 8);
        header.writeUInt16LE(8, 10);
        header.writeUInt16LE(DOS_DATE, 14);
        header.writeUInt32LE(entry.crc, 16);
        header.writeUInt32LE(entry.packedBytes, 20);
        header.writeUInt32LE(entry.sizeBytes, 24);
        header.writeUInt16LE(nameBytes.length, 28);
        header.writeUInt32LE(entry.offset, 42);
        await write(Buffer.concat([header, nameBytes]));
      }
      const end = Buffer.alloc(22);
      end.writeUInt32LE(0x06054b50, 0);
      end.writeUInt16LE(entries.length, 8);
      end.writeUInt16LE(entries.length, 10);
      end.writeUInt32LE(position - start, 12);
      end.writeUInt32LE(start, 16);
      await write(end);
      await file.close();
    },
  };
}
