import type { ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw, crc32 } from 'node:zlib';
import { open as openYauzl, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '#shared/errors/app-error';

/** Limits that no honest workbook reaches. Packed XML of a million equal rows stays below 1 : 100. */
export const ZIP_LIMITS = {
  entries: 1_000,
  partBytes: 8 * 1024 ** 3,
  ratio: 250,
  /** Parts below this size may be packed as tightly as they like. */
  ratioFromBytes: 32 * 1024 ** 2,
} as const;

export interface ZipPart {
  readonly name: string;
  readonly sizeBytes: number;
  readonly packedBytes: number;
}

/**
 * A zip whose directory was checked before any part is inflated. Parts are found whatever the case of their names.
 * Nothing stays open between reads.
 */
export interface ZipArchive {
  readonly parts: readonly ZipPart[];
  find(name: string): ZipPart | null;
  /** Inflates a part in chunks of up to 512 KB; checks size, ratio and CRC while it goes. */
  read(part: ZipPart, onPacked?: (packedBytesDone: number) => void): AsyncGenerator<Uint8Array>;
  /** The whole part as bytes; refuses parts above `limitBytes`. */
  readAll(part: ZipPart, limitBytes: number): Promise<Uint8Array>;
}

const damaged = (fileName: string, problem: string, cause?: unknown) =>
  new AppError('reading.workbook_damaged', 'input', { fileName, problem }, { cause });
const bomb = (fileName: string, problem: string) =>
  new AppError('reading.zip_bomb', 'limit', { fileName, problem });

/**
 * Opens the directory of a zip and checks it: number of entries, declared sizes, packing ratio, overlapping or
 * repeated entries, encryption. Errors: `reading.zip_bomb`, `reading.workbook_damaged`, `reading.password_protected`.
 */
export async function openZip(path: string, fileName: string): Promise<ZipArchive> {
  const { size } = await stat(path);
  const zip = await openDirectory(path, fileName);
  let entries: Map<string, Entry>;
  try {
    entries = await readDirectory(zip, fileName, size);
  } finally {
    zip.close();
  }
  const entryOf = (part: ZipPart) => {
    const entry = entries.get(part.name.toLowerCase());
    if (!entry) throw new AppError('app.bug', 'bug', { message: `no part ${part.name}` });
    return entry;
  };
  const partOf = (entry: Entry): ZipPart => ({
    name: entry.fileName,
    sizeBytes: entry.uncompressedSize,
    packedBytes: entry.compressedSize,
  });
  const archive: ZipArchive = {
    parts: [...entries.values()].map(partOf),
    find(name) {
      const entry = entries.get(name.toLowerCase());
      return entry ? partOf(entry) : null;
    },
    read: (part, onPacked) => inflate(path, entryOf(part), fileName, onPacked),
    async readAll(part, limitBytes) {
      if (part.sizeBytes > limitBytes) {
        throw bomb(fileName, `${part.name} says it holds ${part.sizeBytes} bytes`);
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of archive.read(part)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
  return archive;
}

function openDirectory(path: string, fileName: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    openYauzl(path, { lazyEntries: true, autoClose: false, validateEntrySizes: false }, (error, zip) => {
      if (error) reject(damaged(fileName, 'the directory of the zip is missing or broken', error));
      else resolve(zip);
    });
  });
}

function readDirectory(zip: ZipFile, fileName: string, fileBytes: number): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    if (zip.entryCount > ZIP_LIMITS.entries) {
      reject(bomb(fileName, `it holds ${zip.entryCount} entries`));
      return;
    }
    const entries = new Map<string, Entry>();
    zip.on('error', (error) => reject(damaged(fileName, 'the directory of the zip is broken', error)));
    zip.on('entry', (entry) => {
      const problem = check(entry);
      if (problem) {
        reject(problem);
        return;
      }
      entries.set(entry.fileName.toLowerCase(), entry);
      zip.readEntry();
    });
    zip.on('end', () => {
      const problem = checkPlaces([...entries.values()], fileName, fileBytes);
      if (problem) reject(problem);
      else resolve(entries);
    });
    zip.readEntry();

    function check(entry: Entry): AppError | null {
      if (entry.isEncrypted()) return new AppError('reading.password_protected', 'input', { fileName });
      if (entries.has(entry.fileName.toLowerCase()))
        return damaged(fileName, `two parts are named ${entry.fileName}`);
      if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
        return damaged(fileName, `${entry.fileName} is packed in a way that workbooks do not use`);
      }
      if (entry.uncompressedSize > ZIP_LIMITS.partBytes) {
        return bomb(fileName, `${entry.fileName} says it holds ${entry.uncompressedSize} bytes`);
      }
      return isTooTight(entry.uncompressedSize, entry.compressedSize)
        ? bomb(
            fileName,
            `${entry.fileName} is packed ${Math.round(entry.uncompressedSize / Math.max(1, entry.compressedSize))} : 1`,
          )
        : null;
    }
  });
}

const isTooTight = (sizeBytes: number, packedBytes: number) =>
  sizeBytes > ZIP_LIMITS.ratioFromBytes && sizeBytes > packedBytes * ZIP_LIMITS.ratio;

/** Entries that share bytes of the file inflate the same data many times over. */
function checkPlaces(entries: readonly Entry[], fileName: string, fileBytes: number): AppError | null {
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const entry of sorted) {
    if (entry.relativeOffsetOfLocalHeader < end)
      return bomb(fileName, `${entry.fileName} overlaps another entry`);
    end =
      entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
    if (end > fileBytes) return damaged(fileName, `${entry.fileName} goes on beyond the end of the file`);
  }
  return null;
}

const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_MARK = 0x04034b50;

/**
 * The packed bytes of an entry. Read here and not through yauzl's streams, which throw outside of any promise when
 * they are destroyed in the middle of a read, as happens whenever only the first rows of a sheet are wanted.
 */
async function openPacked(path: string, entry: Entry): Promise<ReadStream | null> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(LOCAL_HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, LOCAL_HEADER_BYTES, entry.relativeOffsetOfLocalHeader);
    if (bytesRead < LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER_MARK) {
      throw new Error('no local header');
    }
    const start =
      entry.relativeOffsetOfLocalHeader +
      LOCAL_HEADER_BYTES +
      header.readUInt16LE(26) +
      header.readUInt16LE(28);
    if (entry.compressedSize === 0) {
      await file.close();
      return null;
    }
    return file.createReadStream({ start, end: start + entry.compressedSize - 1, highWaterMark: 256 * 1024 });
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* inflate(
  path: string,
  entry: Entry,
  fileName: string,
  onPacked?: (packedBytesDone: number) => void,
): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let size = 0;
  let crc = 0;
  let raw: ReadStream | null = null;
  let source: Readable | null = null;
  try {
    raw = await openPacked(path, entry);
    if (raw) {
      source = entry.compressionMethod === 8 ? unpack(raw) : raw;
      const counted = raw;
      for await (const data of source) {
        const chunk = data as Uint8Array;
        packed = counted.bytesRead;
        onPacked?.(packed);
        size += chunk.length;
        if (size > entry.uncompressedSize) throw bomb(fileName, `${entry.fileName} is larger than it says`);
        if (isTooTight(size, packed)) throw bomb(fileName, `${entry.fileName} is packed too tightly`);
        crc = crc32(chunk, crc);
        yield chunk;
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(fileName, `${entry.fileName} cannot be unpacked`, error);
  } finally {
    source?.destroy();
    raw?.destroy();
  }
  if (size !== entry.uncompressedSize) throw damaged(fileName, `${entry.fileName} ends early`);
  if (crc !== entry.crc32) throw damaged(fileName, `${entry.fileName} does not match its checksum`);
}

function unpack(raw: Readable): Readable {
  const inflater = createInflateRaw({ chunkSize: 512 * 1024 });
  raw.on('error', (error) => inflater.destroy(error));
  return raw.pipe(inflater);
}
