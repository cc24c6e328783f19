import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type { OpenedFile, SkippedLine, TableSource } from '../../services/reading/ports.ts';
import { openWorkbook } from './open-workbook.ts';

export interface ZipOptions {
  /** Writes sizes and offsets into zip64 fields. */
  readonly zip64?: boolean;
  /** Changes what the directory says about a part. */
  readonly lie?: (name: string, entry: { size: number; packed: number; crc: number; offset: number }) => void;
}

/** Builds a zip by hand, so that tests can also build wrong ones. */
export function buildZip(parts: Readonly<Record<string, string | Buffer>>, options: ZipOptions = {}): Buffer {
  const out: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  const put = (bytes: Buffer) => {
    out.push(bytes);
    position += bytes.length;
  };
  for (const [name, content] of Object.entries(parts)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const entry = { size: data.length, packed: packed.length, crc: crc32(data), offset: position };
    options.lie?.(name, entry);
    const nameBytes = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(entry.crc, 14);
    local.writeUInt32LE(entry.packed % 2 ** 32, 18);
    local.writeUInt32LE(entry.size % 2 ** 32, 22);
    local.writeUInt16LE(nameBytes.length, 26);
    put(Buffer.concat([local, nameBytes, packed]));
    const extra = Buffer.alloc(options.zip64 === true ? 28 : 0);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(8, 10);
    header.writeUInt32LE(entry.crc, 16);
    header.writeUInt16LE(nameBytes.length, 28);
    header.writeUInt16LE(extra.length, 30);
    if (options.zip64 === true) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(entry.size), 4);
      extra.writeBigUInt64LE(BigInt(entry.packed), 12);
      extra.writeBigUInt64LE(BigInt(entry.offset), 20);
      header.fill(0xff, 20, 28);
      header.fill(0xff, 42, 46);
    } else {
      header.writeUInt32LE(entry.packed, 20);
      header.writeUInt32LE(entry.size, 24);
      header.writeUInt32LE(entry.offset, 42);
    }
    directory.push(header, nameBytes, extra);
  }
  const count = Object.keys(parts).length;
  const start = position;
  const directoryBytes = Buffer.concat(directory);
  put(directoryBytes);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  if (options.zip64 === true) {
    const end64 = Buffer.alloc(56);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(44n, 4);
    end64.writeBigUInt64LE(BigInt(count), 24);
    end64.writeBigUInt64LE(BigInt(count), 32);
    end64.writeBigUInt64LE(BigInt(directoryBytes.length), 40);
    end64.writeBigUInt64LE(BigInt(start), 48);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(position), 8);
    locator.writeUInt32LE(1, 16);
    put(Buffer.concat([end64, locator]));
    end.fill(0xff, 8, 20);
  } else {
    end.writeUInt16LE(count, 8);
    end.writeUInt16LE(count, 10);
    end.writeUInt32LE(directoryBytes.length, 12);
    end.writeUInt32LE(start, 16);
  }
  put(end);
  return Buffer.concat(out);
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface WorkbookPartsOptions {
  /** XML of `sheetData` and what follows it, by sheet. */
  readonly sheets: Readonly<Record<string, string>>;
  readonly hidden?: readonly string[];
  /** XML of the `si` elements. */
  readonly strings?: string;
  /** Number formats of the cell styles 0, 1, 2 …: built-in ids or codes. */
  readonly formats?: readonly (number | string)[];
  readonly date1904?: boolean;
  readonly extraParts?: Readonly<Record<string, string | Buffer>>;
}

/** The parts of a workbook as Excel writes them, with sheets given as raw XML. */
export function workbookParts(options: WorkbookPartsOptions): Record<string, string | Buffer> {
  const names = Object.keys(options.sheets);
  const formats = options.formats ?? [0];
  const custom = formats.map((format, index) => ({ format, id: 200 + index }));
  const sheetXml = (index: number) => `xl/worksheets/sheet${index + 1}.xml`;
  return {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships><Relationship Id="r1" Type="${RELATIONSHIPS}/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}"><workbookPr${options.date1904 === true ? ' date1904="1"' : ''}/><sheets>${names
      .map(
        (name, index) =>
          `<sheet name="${name}" sheetId="${index + 1}" r:id="s${index + 1}"${options.hidden?.includes(name) === true ? ' state="hidden"' : ''}/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names.map((_, index) => `<Relationship Id="s${index + 1}" Type="${RELATIONSHIPS}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}<Relationship Id="st" Type="${RELATIONSHIPS}/styles" Target="styles.xml"/><Relationship Id="ss" Type="${RELATIONSHIPS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><numFmts>${custom
      .flatMap(({ format, id }) =>
        typeof format === 'string'
          ? [`<numFmt numFmtId="${id}" formatCode="${format.replaceAll('"', '&quot;')}"/>`]
          : [],
      )
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${custom
      .map(({ format, id }) => `<xf numFmtId="${typeof format === 'string' ? id : format}"/>`)
      .join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${MAIN}" count="999999999" uniqueCount="1">${options.strings ?? ''}</sst>`,
    ...Object.fromEntries(
      names.map((name, index) => [
        sheetXml(index),
        `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="${MAIN}"><dimension ref="A1:ZZ9"/>${options.sheets[name] ?? ''}</worksheet>`,
      ]),
    ),
    ...options.extraParts,
  };
}

export const xmlText = (text: string) =>
  text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\r', '&#13;');

/** Rows of inline texts and numbers as `sheetData`; null leaves the cell out. */
export function inlineRows(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null) => {
    if (value === null) return '<c/>';
    return typeof value === 'number'
      ? `<c><v>${value}</v></c>`
      : `<c t="inlineStr"><is><t xml:space="preserve">${xmlText(value)}</t></is></c>`;
  };
  return `<sheetData>${rows.map((row) => `<row>${row.map(cell).join('')}</row>`).join('')}</sheetData>`;
}

export interface ReadRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly kinds: readonly number[];
}

export interface ReadTable {
  readonly rows: readonly ReadRow[];
  readonly skipped: readonly SkippedLine[];
  readonly findings: readonly string[];
}

/** Reads a whole table into memory. */
export async function readTable(table: TableSource): Promise<ReadTable> {
  const rows: ReadRow[] = [];
  const skipped: SkippedLine[] = [];
  const findings: string[] = [];
  for await (const event of table.events(new AbortController().signal)) {
    if (event.kind === 'skipped') skipped.push(...event.lines);
    if (event.kind !== 'batch') continue;
    const { batch } = event;
    findings.push(...batch.findings.map(({ code, row }) => `${code}@${row}`));
    for (let record = 0; record < batch.records; record += 1) {
      const cells: string[] = [];
      const kinds: number[] = [];
      for (let column = 0; column < batch.columns; column += 1) {
        const index = record * batch.columns + column;
        cells.push(
          Buffer.from(batch.bytes.subarray(batch.starts[index], batch.ends[index])).toString('utf8'),
        );
        kinds.push(batch.kinds?.[index] ?? 0);
      }
      rows.push({ row: batch.rows[record] ?? 0, cells, kinds });
    }
  }
  return { rows, skipped, findings };
}

/** A folder for the files of one test file, and ways to open workbooks from bytes. */
export function workbookFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'mauzo-workbook-'));
  let count = 0;
  const opened: OpenedFile[] = [];
  const openBytes = async (bytes: Buffer, fileName = 'book.xlsx') => {
    count += 1;
    const path = join(folder, `${count}`);
    writeFileSync(path, bytes);
    const file = await openWorkbook(path, { signal: new AbortController().signal, fileName });
    opened.push(file);
    return file;
  };
  return {
    folder,
    openBytes,
    open: (options: WorkbookPartsOptions, zip?: ZipOptions) =>
      openBytes(buildZip(workbookParts(options), zip)),
    async readFirst(options: WorkbookPartsOptions, zip?: ZipOptions) {
      const file = await openBytes(buildZip(workbookParts(options), zip));
      const [table] = file.tables;
      if (!table) throw new Error('no table');
      return { table, file, ...(await readTable(table)) };
    },
    async remove() {
      for (const file of opened) await file.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The `reading.*` code with which opening or reading fails. */
export async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'no error';
}
