import { open, stat } from 'node:fs/promises';
import { AppError } from '#shared/errors/app-error';
import type { OpenFile, OpenedFile } from '../../services/reading/ports.ts';
import type { openLegacyWorkbook as OpenLegacyWorkbook } from './legacy-workbook.ts';
import { checkOdsRepeats } from './ods-limits.ts';
import { openXlsx } from './xlsx-workbook.ts';
import { openZip } from './zip-archive.ts';

/** Loaded when an old format needs it: the library is a megabyte of code. */
async function openLegacy(...parameters: Parameters<typeof OpenLegacyWorkbook>): Promise<OpenedFile> {
  const { openLegacyWorkbook } = await import('./legacy-workbook.ts');
  return openLegacyWorkbook(...parameters);
}

const HEAD_BYTES = 4096;
const OLE_MAGIC = 'd0cf11e0a1b11ae1';

async function readHead(path: string, fileName: string): Promise<{ head: Buffer; sizeBytes: number }> {
  try {
    const { size } = await stat(path);
    const file = await open(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
      return { head: head.subarray(0, bytesRead), sizeBytes: size };
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new AppError('reading.unreadable', 'unavailable', { fileName, reason }, { cause: error });
  }
}

/** What a file that is no workbook is, in words, for the message. */
function describeHead(head: Buffer): string {
  const text = head
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart()
    .toLowerCase();
  if (/^(?:<!doctype html|<html|<head|<body|<table|<meta|<style)/.test(text) || /<table[\s>]/.test(text))
    return 'a web page';
  if (text.startsWith('<?xml') || text.startsWith('<workbook')) {
    return text.includes('urn:schemas-microsoft-com:office:spreadsheet')
      ? 'an Excel 2003 XML file'
      : 'an XML file';
  }
  if (text.startsWith('%pdf')) return 'a PDF';
  if (text.startsWith('{\\rtf')) return 'a text document (RTF)';
  const binary = head.some((byte) => byte === 0);
  return binary ? 'a file of another kind' : 'plain text';
}

/**
 * Opens any workbook by its content, whatever its name: XLSX and XLSM by the streaming reader, XLS, XLSB and ODS whole.
 * Errors: `reading.empty_file`, `reading.not_a_table`, `reading.password_protected`, `reading.zip_bomb`,
 * `reading.workbook_damaged`, `reading.workbook_entities`, `reading.workbook_too_large`, `reading.no_rows`.
 */
export const openWorkbook: OpenFile = async (path, { signal, fileName }) => {
  const { head, sizeBytes } = await readHead(path, fileName);
  if (sizeBytes === 0) throw new AppError('reading.empty_file', 'input', { fileName });
  if (head.subarray(0, 8).toString('hex') === OLE_MAGIC)
    return openLegacy(path, fileName, sizeBytes, 'xls', signal);
  // BIFF streams of Excel 2 to 4 stand without a container.
  if (head[0] === 0x09 && [0x00, 0x02, 0x04, 0x08].includes(head[1] ?? 0xff) && head[3] === 0x00) {
    return openLegacy(path, fileName, sizeBytes, 'xls', signal);
  }
  if (head[0] !== 0x50 || head[1] !== 0x4b) {
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: describeHead(head) });
  }
  return openZipped(path, fileName, sizeBytes, signal);
};

async function openZipped(
  path: string,
  fileName: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const zip = await openZip(path, fileName);
  const names = zip.parts.map(({ name }) => name.toLowerCase());
  const isOffice = names.includes('[content_types].xml');
  if (isOffice && names.some((name) => /(?:^|\/)workbook\.bin$/.test(name))) {
    await checkAll(zip);
    return openLegacy(path, fileName, sizeBytes, 'xlsb', signal);
  }
  if (!isOffice && names.includes('content.xml')) {
    await refuseEncryptedOds(zip, fileName);
    await checkAll(zip);
    await checkOdsRepeats(zip, fileName, signal);
    return openLegacy(path, fileName, sizeBytes, 'ods', signal);
  }
  if (names.some((name) => /^(?:word|ppt)\//.test(name))) {
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a document or a presentation' });
  }
  if (!isOffice && !names.some((name) => name.endsWith('workbook.xml'))) {
    throw new AppError('reading.not_a_table', 'input', { fileName, actual: 'a zip archive' });
  }
  return openXlsx(zip, fileName, sizeBytes, signal);

  /** The library inflates everything by itself; so every part is inflated under our limits before it may. */
  async function checkAll(archive: typeof zip): Promise<void> {
    const total = archive.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    if (total > MAX_LEGACY_INFLATED_BYTES) {
      throw new AppError('reading.zip_bomb', 'limit', {
        fileName,
        problem: `its parts say they hold ${total} bytes`,
      });
    }
    for (const part of archive.parts) {
      for await (const chunk of archive.read(part)) {
        if (signal.aborted && chunk.length > 0) throw new AppError('app.cancelled', 'cancelled');
      }
    }
  }
}

const MAX_LEGACY_INFLATED_BYTES = 512 * 1024 * 1024;

async function refuseEncryptedOds(zip: Awaited<ReturnType<typeof openZip>>, fileName: string): Promise<void> {
  const manifest = zip.find('META-INF/manifest.xml');
  if (!manifest) return;
  const text = Buffer.from(await zip.readAll(manifest, 1024 * 1024)).toString('utf8');
  if (text.includes('encryption-data'))
    throw new AppError('reading.password_protected', 'input', { fileName });
}
