import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { detectFormat } from './detect-format.ts';

const folder = mkdtempSync(join(tmpdir(), 'mauzo-format-'));
afterAll(() => rmSync(folder, { recursive: true }));

function detect(content: string | Uint8Array, name = 'data.csv'): Promise<string> {
  const path = join(folder, 'file');
  writeFileSync(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
  return detectFormat(path, name).catch((thrown: unknown) => String((thrown as { code?: string }).code));
}

/** A zip that holds only its directory: enough to tell what it is. */
function zip(names: readonly string[], first = ''): string {
  const word = (value: number, bytes: number) =>
    String.fromCharCode(...Array.from({ length: bytes }, (_, i) => (value >> (8 * i)) & 255));
  const local = first === '' ? `PK\x03\x04${'\0'.repeat(26)}` : `PK\x03\x04${'\0'.repeat(26)}${first}`;
  const directory = names
    .map((name) => `PK\x01\x02${'\0'.repeat(24)}${word(name.length, 2)}${'\0'.repeat(16)}${name}`)
    .join('');
  return `${local}${directory}PK\x05\x06${'\0'.repeat(8)}${word(directory.length, 4)}${word(local.length, 4)}\0\0`;
}

const wide = (text: string) => text.replace(/./g, '$&\0');
const compound = (name: string) =>
  `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${'\0'.repeat(22)}\x09\0${'\0'.repeat(16)}\0\0\0\0${'\0'.repeat(500)}${wide(name)}${'\0'.repeat(200)}`;

describe('formats by content', () => {
  it.each([
    ['a,b\n1,2\n', 'csv'],
    ['\xef\xbb\xbfa;b\n', 'csv'],
    ['\xff\xfea\0,\0b\0\n\0', 'csv'],
    ['"[x]",1\n', 'csv'],
    ['BMW,1\nMZ,2\n', 'csv'],
    ['<5 years,10\n', 'csv'],
    [zip(['[Content_Types].xml', 'xl/workbook.xml']), 'xlsx'],
    [zip(['xl\\Workbook.xml']), 'xlsx'],
    [zip(['xl/workbook.bin']), 'xlsb'],
    [zip(['mimetype', 'content.xml'], 'mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), 'ods'],
    [compound('Workbook'), 'xls'],
    [compound('EncryptedPackage'), 'xls'],
    ['PAR1....PAR1', 'parquet'],
  ])('tells %j', async (content, format) => {
    expect(await detect(content)).toBe(format);
  });

  it.each([
    ['', 'reading.empty_file'],
    ['%PDF-1.7\n', 'reading.not_a_table'],
    ['\x89PNG\r\n\x1a\n', 'reading.not_a_table'],
    ['\x1f\x8b\x08', 'reading.compressed'],
    [zip(['photo.jpg']), 'reading.compressed'],
    [zip(['word/document.xml']), 'reading.not_a_table'],
    [zip(['mimetype'], 'mimetypeapplication/vnd.oasis.opendocument.text'), 'reading.not_a_table'],
    [compound('WordDocument'), 'reading.not_a_table'],
    ['<html><table><tr><td>1', 'reading.web_page'],
    ['\xef\xbb\xbf  <!DOCTYPE html>', 'reading.web_page'],
    ['<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', 'reading.format_not_supported'],
    ['{"rows": [1]}', 'reading.not_a_table'],
    ['[{"a": 1}]', 'reading.not_a_table'],
  ])('refuses %j with %s', async (content, code) => {
    expect(await detect(content, 'data.xlsx')).toBe(code);
  });

  it('names a file that is gone, and the lock file of a workbook', async () => {
    await expect(detectFormat(join(folder, 'none'), 'none.csv')).rejects.toMatchObject({
      code: 'reading.unreadable',
      details: { reason: 'ENOENT' },
    });
    expect(await detect('\x04Jane', '~$sales.xlsx')).toBe('reading.lock_file');
  });
});
