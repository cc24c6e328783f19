import type { FileHandle } from 'node:fs/promises';
import type { Finding } from '#shared/domain/findings';
import type { Dialect } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import type { OpenFile } from '../../services/reading/ports.ts';
import { controlShare, foreignContent } from './content-kind.ts';
import { delimitedTable } from './delimited-table.ts';
import { encodingOfHead, encodingOfWhole, type DetectedEncoding } from './encoding.ts';
import { rowFinding } from './findings.ts';
import { recordDialect } from './record-parser.ts';
import { MAX_RECORD_BYTES } from './scanner/scanner.ts';
import { sniffDialect } from './sniff-dialect.ts';
import { sniffStructure, type Structure } from './sniff-structure.ts';
import { openForReading, TextSource, unreadable } from './text-source.ts';

const SAMPLE_BYTES = 1024 * 1024;
/** As wide as a worksheet. */
const MAX_COLUMNS = 16_384;

interface File {
  readonly handle: FileHandle;
  readonly fileName: string;
  readonly sizeBytes: number;
}

/**
 * Opens a delimited text file: CSV, TSV and their like in any of the supported encodings and dialects.
 *
 * Throws `reading.unreadable`, `reading.empty_file`, `reading.only_zero_bytes`, `reading.not_a_table` (with what the
 * file really is), `reading.no_rows`, `reading.line_too_long` or `reading.too_many_columns`; reading its rows may throw
 * `reading.unreadable`, `reading.changed`, `reading.line_too_long` or `reading.only_zero_bytes`.
 */
export const openDelimited: OpenFile = async (path, { signal, fileName, dialect: known }) => {
  const handle = await openForReading(path, fileName);
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      throw new AppError('reading.unreadable', 'unavailable', { fileName, reason: 'no file' });
    const file: File = { handle, fileName, sizeBytes: stat.size };
    const encoding = known ?? (await detectEncoding(file, signal));
    const sample = await readSample(file, encoding);
    const text = Buffer.from(sample.bytes.buffer, sample.bytes.byteOffset, sample.bytes.length);
    const dialect: Dialect = known ?? { ...encoding, ...sniffDialect(text.toString('utf8')) };
    const structure = sniffStructure(sample.bytes, sample.complete, recordDialect(dialect), dialect.comment);
    if (structure === null) throw new AppError('reading.no_rows', 'input', { fileName });
    if (structure.columns > MAX_COLUMNS) {
      throw new AppError('reading.too_many_columns', 'limit', {
        fileName,
        columns: structure.columns,
        limit: MAX_COLUMNS,
      });
    }
    const openText = (): TextSource => new TextSource(handle, fileName, stat.size, dialect);
    return {
      format: 'csv',
      dialect,
      sizeBytes: stat.size,
      tables: [delimitedTable({ fileName, dialect, structure, openText })],
      notes: notesOf(dialect, structure),
      close: async () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
};

async function detectEncoding(file: File, signal: AbortSignal): Promise<DetectedEncoding> {
  const { handle, fileName, sizeBytes } = file;
  if (sizeBytes === 0) throw new AppError('reading.empty_file', 'input', { fileName });
  const head = Buffer.alloc(Math.min(sizeBytes, SAMPLE_BYTES));
  const bytesRead = await readFully(file, head);
  const bytes = head.subarray(0, bytesRead);
  if (bytes.every((byte) => byte === 0)) throw new AppError('reading.only_zero_bytes', 'input', { fileName });
  const foreign = foreignContent(bytes);
  if (foreign !== null) throw new AppError('reading.not_a_table', 'input', { fileName, actual: foreign });
  const byHead = encodingOfHead(bytes);
  if (byHead !== null) return byHead;
  let zeros = 0;
  for (const byte of bytes) if (byte === 0) zeros += 1;
  if (controlShare(bytes) > 0.02) {
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a binary file' });
  }
  if (zeros > bytes.length * 0.1) throw new AppError('reading.only_zero_bytes', 'input', { fileName });
  try {
    return await encodingOfWhole(handle, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw unreadable(thrown, fileName);
  }
}

async function readFully({ handle, fileName }: File, into: Uint8Array): Promise<number> {
  let have = 0;
  try {
    while (have < into.length) {
      const { bytesRead } = await handle.read(into, have, into.length - have, have);
      if (bytesRead === 0) break;
      have += bytesRead;
    }
  } catch (thrown) {
    throw unreadable(thrown, fileName);
  }
  return have;
}

/** The beginning of the decoded text: 1 MB, or more where a first line is longer. */
async function readSample(
  { handle, fileName, sizeBytes }: File,
  encoding: DetectedEncoding,
): Promise<{ bytes: Uint8Array; complete: boolean }> {
  for (const size of [SAMPLE_BYTES, MAX_RECORD_BYTES + SAMPLE_BYTES]) {
    const source = new TextSource(handle, fileName, sizeBytes, encoding);
    // A fill takes a third of its room.
    const room = new Uint8Array((Math.min(size, sizeBytes) + 4096) * 4);
    let have = 0;
    let complete = false;
    while (have < size && !complete && room.length - have >= 3 * 1024) {
      const written = await source.fill(room.subarray(have));
      complete = written === 0;
      have += written;
    }
    if (have === 0) throw new AppError('reading.no_rows', 'input', { fileName });
    const bytes = room.subarray(0, have);
    if (complete || bytes.includes(10) || bytes.includes(13)) return { bytes, complete };
  }
  const limitMb = MAX_RECORD_BYTES / 1024 / 1024;
  throw new AppError('reading.line_too_long', 'limit', { fileName, row: 1, limitMb });
}

function notesOf(dialect: Dialect, structure: Structure): Finding[] {
  const notes: Finding[] = [];
  if (structure.headerRows.length === 0) {
    notes.push(rowFinding('reading.no_header', structure.firstDataRow, [], 'warning'));
  }
  if (dialect.recordDelimiter === 'mixed') notes.push(rowFinding('reading.mixed_line_ends', 1, [], 'info'));
  return notes;
}
