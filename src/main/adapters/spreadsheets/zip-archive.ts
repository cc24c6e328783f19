import { stat } from 'node:fs/promises';
import { createInflateRaw, crc32 } from 'node:zlib';
import type { Readable } from 'node:stream';
import { fromFd, type Entry, type ZipFile } from 'yauzl';
import { closeSync, openSync } from 'node:fs';
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

/** A zip whose directory was checked before any part is inflated. Parts are found whatever the case of their names. */
export interface ZipArchive {
  readonly parts: readonly ZipPart[];
  find(name: string): ZipPart | null;
  /** Inflates a part in chunks of up to 512 KB; checks size, ratio and CRC while it goes. */
  read(part: ZipPart, onPacked?: (packedBytesDone: number) => void): AsyncGenerator<Uint8Array>;
  /** The whole part as bytes; refuses parts above `limitBytes`. */
  readAll(part: ZipPart, limitBytes: number): Promise<Uint8Array>;
  close(): void;
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
  const fd = openSync(path, 'r');
  let zip: ZipFile;
  try {
    zip = await openDirectory(fd, fileName);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let entries: Map<string, Entry>;
  try {
    entries = await readDirectory(zip, fileName, size);
  } catch (error) {
    zip.close();
    throw error;
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
    read: (part, onPacked) => inflate(zip, entryOf(part), fileName, onPacked),
    async readAll(part, limitBytes) {
      if (part.sizeBytes > limitBytes) {
        throw bomb(fileName, `${part.name} says it holds ${part.sizeBytes} bytes`);
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of archive.read(part)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    close: () => zip.close(),
  };
  return archive;
}

function openDirectory(fd: number, fileName: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromFd(fd, { lazyEntries: true, autoClose: false, validateEntrySizes: false }, (error, zip) => {
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
      const problem =
        entries.size >= ZIP_LIMITS.entries ? bomb(fileName, 'it holds too many entries') : check(entry);
      if (problem) {
        reject(problem);
        return;
      }
      entries.set(entry.fileName.toLowerCase(), entry);
      zip.readEntry();
    });
    zip.on('end', () => {
      const overlap = findOverlap([...entries.values()], fileBytes);
      if (overlap) reject(bomb(fileName, overlap));
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
function findOverlap(entries: readonly Entry[], fileBytes: number): string | null {
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const entry of sorted) {
    if (entry.relativeOffsetOfLocalHeader < end) return `${entry.fileName} overlaps another entry`;
    end = entry.relativeOffsetOfLocalHeader + 30 + entry.fileNameLength + entry.compressedSize;
    if (end > fileBytes) return `${entry.fileName} says it goes on beyond the end of the file`;
  }
  return null;
}

function openRaw(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const open = (error: Error | null, stream: Readable) => (error ? reject(error) : resolve(stream));
    if (entry.compressionMethod === 0) zip.openReadStream(entry, open);
    else zip.openReadStream(entry, { decompress: false }, open);
  });
}

async function* inflate(
  zip: ZipFile,
  entry: Entry,
  fileName: string,
  onPacked?: (packedBytesDone: number) => void,
): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let size = 0;
  let crc = 0;
  let source: Readable | null = null;
  try {
    const raw = await openRaw(zip, entry);
    raw.on('data', (chunk: Uint8Array) => {
      packed += chunk.length;
      onPacked?.(packed);
    });
    raw.pause();
    if (entry.compressionMethod === 8) {
      const unpack = createInflateRaw({ chunkSize: 512 * 1024 });
      raw.on('error', (error) => unpack.destroy(error));
      unpack.on('close', () => raw.destroy());
      source = raw.pipe(unpack);
    } else source = raw;
    for await (const data of source) {
      const chunk = data as Uint8Array;
      size += chunk.length;
      if (size > entry.uncompressedSize) throw bomb(fileName, `${entry.fileName} is larger than it says`);
      if (isTooTight(size, Math.max(packed, 1)))
        throw bomb(fileName, `${entry.fileName} is packed too tightly`);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(fileName, `${entry.fileName} cannot be unpacked`, error);
  } finally {
    source?.destroy();
  }
  if (size !== entry.uncompressedSize) throw damaged(fileName, `${entry.fileName} ends early`);
  if (crc !== entry.crc32) throw damaged(fileName, `${entry.fileName} does not match its checksum`);
}
