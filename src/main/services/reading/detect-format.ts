import { open, type FileHandle } from 'node:fs/promises';
import type { FileFormat } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';

const HEAD_BYTES = 64 * 1024;
/** The end of a zip: its directory's place stands in the last 65,557 bytes. */
const ZIP_TAIL_BYTES = 66 * 1024;
const ZIP_DIRECTORY_LIMIT = 8 * 1024 * 1024;

const latin = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** Files that are no tables, by how they begin (bytes as Latin-1). */
const NO_TABLES: readonly (readonly [string, string])[] = [
  ['%PDF-', 'a PDF document'],
  ['\x89PNG\r\n', 'a picture (PNG)'],
  ['\xff\xd8\xff', 'a picture (JPEG)'],
  ['GIF87a', 'a picture (GIF)'],
  ['GIF89a', 'a picture (GIF)'],
  ['II*\0', 'a picture (TIFF)'],
  ['MM\0*', 'a picture (TIFF)'],
  ['{\\rtf', 'a text document (RTF)'],
  ['SQLite format 3\0', 'a SQLite database'],
  ['\x7fELF', 'a program'],
  ['OggS', 'a sound file'],
  ['ID3\x03', 'a sound file'],
  ['ID3\x04', 'a sound file'],
  ['\0\x01\0\0Standard Jet DB', 'a Microsoft Access database'],
  ['\0\x01\0\0Standard ACE DB', 'a Microsoft Access database'],
];

const PACKED: readonly (readonly [string, string])[] = [
  ['\x1f\x8b', 'a gzip file'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file'],
  ['BZh91AY&SY', 'a bzip2 file'],
  ['\xfd7zXZ\0', 'an xz file'],
];

/** Kinds whose mark does not stand at the first byte alone: text could begin the same way. */
function markedInside(text: string): string | null {
  if (text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0') return 'a picture (BMP)';
  if (text.startsWith('MZ') && text.includes('PE\0\0')) return 'a program';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'a picture (WebP)';
  if (text.slice(4, 8) === 'ftyp' && text.startsWith('\0\0')) return 'a video or picture';
  return text.trimStart().startsWith('%PDF-') ? 'a PDF document' : null;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(Math.max(0, length));
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/** Names of the entries of a zip: from its directory, or from the local headers at the start when that is damaged. */
async function zipNames(handle: FileHandle, sizeBytes: number, head: Uint8Array): Promise<string[]> {
  const tailStart = Math.max(0, sizeBytes - ZIP_TAIL_BYTES);
  const tail = Buffer.from(await readAt(handle, tailStart, sizeBytes - tailStart));
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end >= 0 && end + 20 <= tail.length) {
    const length = tail.readUInt32LE(end + 12);
    // The directory stands right before its end record, also in zip64 and behind a prefix.
    const start = tail.readUInt32LE(end + 16);
    if (length <= ZIP_DIRECTORY_LIMIT && start !== 0xffff_ffff) {
      const names = entryNames(latin(await readAt(handle, start, length)), 'PK\x01\x02', 28, 46);
      if (names.length > 0) return names;
    }
  }
  return entryNames(latin(head), 'PK\x03\x04', 26, 30);
}

function entryNames(text: string, signature: string, lengthAt: number, nameAt: number): string[] {
  const names: string[] = [];
  for (let at = text.indexOf(signature); at >= 0; at = text.indexOf(signature, at + 4)) {
    const length = text.charCodeAt(at + lengthAt) + 256 * text.charCodeAt(at + lengthAt + 1);
    names.push(text.slice(at + nameAt, at + nameAt + length));
  }
  return names;
}

function zipFormat(names: readonly string[], head: Uint8Array, fileName: string): FileFormat {
  const has = (pattern: RegExp) =>
    names.some((name) => pattern.test(name.replaceAll('\\', '/').toLowerCase()));
  if (has(/(?:^|\/)workbook\.bin$/)) return 'xlsb';
  if (has(/^xl\//) || has(/(?:^|\/)workbook\.xml$/)) return 'xlsx';
  const mimetype = /^mimetype(application\/vnd\.oasis\.opendocument\.[a-z-]+)/.exec(
    latin(head).slice(30),
  )?.[1];
  if (mimetype?.endsWith('spreadsheet') || (!mimetype && has(/^content\.xml$/) && has(/^meta-inf\//)))
    return 'ods';
  if (mimetype)
    throw new AppError('reading.not_a_table', 'input', {
      fileName,
      actual: 'an OpenDocument text or drawing',
    });
  if (has(/^word\//))
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a Word document' });
  if (has(/^ppt\//))
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a presentation' });
  if (has(/^index\/(?:document|tables)/)) {
    throw new AppError('reading.format_not_supported', 'input', {
      fileName,
      actual: 'an Apple Numbers document',
    });
  }
  throw new AppError('reading.compressed', 'input', { fileName, actual: 'a zip archive' });
}

const utf16 = (text: string): string => text.replace(/./g, '$&\0');

/** What a compound file (the container of old Office formats) holds, told by the names in its directory. */
async function compoundFormat(
  handle: FileHandle,
  sizeBytes: number,
  head: Uint8Array,
  fileName: string,
): Promise<FileFormat> {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let directory = '';
  if (head.length >= 512) {
    const sectorBytes = 2 ** Math.min(12, view.getUint16(30, true));
    directory = latin(await readAt(handle, (view.getUint32(48, true) + 1) * sectorBytes, 4096));
  }
  const tail = latin(await readAt(handle, Math.max(0, sizeBytes - HEAD_BYTES), HEAD_BYTES));
  const names = directory + latin(head) + tail;
  const has = (name: string) => names.includes(utf16(name));
  // A workbook with a password is such a container too; the workbook reader names it.
  if (has('Workbook') || has('Book') || has('EncryptedPackage')) return 'xls';
  if (has('WordDocument'))
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a Word document' });
  if (has('PowerPoint Document'))
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a presentation' });
  if (has('__properties_version1.0'))
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'an e-mail' });
  return 'xls';
}

const isBareBiff = (head: Uint8Array): boolean =>
  head[0] === 9 &&
  [0, 2, 4, 8].includes(head[1] ?? 255) &&
  (head[2] ?? 0) >= 4 &&
  (head[2] ?? 0) <= 16 &&
  head[3] === 0;

function textFormat(head: Uint8Array, fileName: string): FileFormat {
  const start = latin(head.subarray(0, 4096))
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '');
  const trimmed = start.trimStart();
  if (/^<!doctype html|^<html|^<head|^<body|^<table|^<meta/i.test(trimmed)) {
    throw new AppError('reading.web_page', 'input', { fileName });
  }
  if (/^(?:<\?xml|<)/i.test(trimmed)) {
    if (/<html/i.test(trimmed)) throw new AppError('reading.web_page', 'input', { fileName });
    const excel = /progid="Excel\.Sheet"|urn:schemas-microsoft-com:office:spreadsheet/.test(trimmed);
    if (excel)
      throw new AppError('reading.format_not_supported', 'input', {
        fileName,
        actual: 'an “XML Spreadsheet 2003”',
      });
    if (/^<\?xml/i.test(trimmed))
      throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'an XML document' });
  }
  if (/^MIME-Version:.*multipart\/related/is.test(trimmed))
    throw new AppError('reading.web_page', 'input', { fileName });
  if (/^[[{]\s*(?:[[{]|"[^"\n]*"\s*:|\}|\])/.test(trimmed)) {
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a JSON document' });
  }
  return 'csv';
}

/**
 * Tells a file's format from its bytes, never from its name.
 * @param fileName what a person knows the file by, for messages
 * @throws AppError `reading.empty_file`, `reading.unreadable`, `reading.not_a_table`, `reading.compressed`,
 * `reading.web_page`, `reading.lock_file`, `reading.format_not_supported`
 */
export async function detectFormat(path: string, fileName: string): Promise<FileFormat> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, 'r');
    const { size } = await handle.stat();
    if (size === 0) throw new AppError('reading.empty_file', 'input', { fileName });
    const head = await readAt(handle, 0, Math.min(size, HEAD_BYTES));
    const text = latin(head);
    if (fileName.startsWith('~$') && size < 1024)
      throw new AppError('reading.lock_file', 'input', { fileName });
    if (text.startsWith('PAR1') || text.startsWith('PARE')) return 'parquet';
    if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) {
      return zipFormat(await zipNames(handle, size, head), head, fileName);
    }
    if (text.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'))
      return await compoundFormat(handle, size, head, fileName);
    // Workbooks from before Excel 5 are a bare stream that begins with BOF.
    if (isBareBiff(head)) return 'xls';
    for (const [mark, actual] of PACKED) {
      if (text.startsWith(mark)) throw new AppError('reading.compressed', 'input', { fileName, actual });
    }
    for (const [mark, actual] of NO_TABLES) {
      if (text.startsWith(mark)) throw new AppError('reading.not_a_table', 'input', { fileName, actual });
    }
    const inside = markedInside(text);
    if (inside) throw new AppError('reading.not_a_table', 'input', { fileName, actual: inside });
    return textFormat(head, fileName);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new AppError('reading.unreadable', 'unavailable', { fileName, reason }, { cause: thrown });
  } finally {
    await handle?.close();
  }
}
