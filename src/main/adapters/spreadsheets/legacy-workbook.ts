import { readFile } from 'node:fs/promises';
import { CFB, read, set_cptable, type CellObject, type WorkBook, type WorkSheet } from '@e965/xlsx';
import * as codePages from '@e965/xlsx/dist/cpexcel';
import type { Finding } from '#shared/domain/findings';
import { AppError } from '#shared/errors/app-error';
import {
  CellKind,
  type OpenedFile,
  type TableEvent,
  type TableSource,
} from '../../services/reading/ports.ts';
import { formatMeaning } from './number-formats.ts';
import { plainNumber } from './plain-decimal.ts';
import { RowSampler, findTableLayout, type TableLayout } from './row-sampler.ts';
import type { RowSink } from './row-sink.ts';
import { serialToClock, serialToIso, type DateSystem } from './serial-dates.ts';
import { TableBatcher } from './table-batcher.ts';
import { workbookNote } from './xlsx-workbook.ts';

// Workbooks before Excel 97 are written in the code page of their machine.
set_cptable(codePages);

/** The library holds the whole workbook in memory, at 20 to 40 times the size of its file. */
export const MAX_LEGACY_BYTES = 64 * 1024 * 1024;

type LegacyFormat = 'xls' | 'xlsb' | 'ods';

/** Texts of the error codes that the library gives as numbers ([MS-XLS] 2.5.10, BErr). */
const ERROR_TEXTS: Readonly<Record<number, string>> = {
  0x00: '#NULL!',
  0x07: '#DIV/0!',
  0x0f: '#VALUE!',
  0x17: '#REF!',
  0x1d: '#NAME?',
  0x24: '#NUM!',
  0x2a: '#N/A',
  0x2b: '#GETTING_DATA',
};

/**
 * Opens XLS, XLSB and ODS through SheetJS. It asks for raw numbers and formats and works out dates itself, because the
 * library's own dates pass through the machine's time zone. Errors as of `openWorkbook`.
 */
export async function openLegacyWorkbook(
  path: string,
  fileName: string,
  sizeBytes: number,
  format: LegacyFormat,
  signal: AbortSignal,
): Promise<OpenedFile> {
  if (sizeBytes > MAX_LEGACY_BYTES) {
    throw new AppError('reading.workbook_too_large', 'limit', {
      fileName,
      problem: `files of this format are read up to ${MAX_LEGACY_BYTES / 1024 ** 2} MB`,
    });
  }
  const bytes = await readFile(path);
  if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
  if (format === 'xls') refuseUnreadableOle(bytes, fileName);
  const workbook = parse(bytes, fileName, format);
  const dateSystem: DateSystem = workbook.Workbook?.WBProps?.date1904 === true ? 'excel-1904' : 'excel-1900';
  const tables: TableSource[] = [];
  const notes: Finding[] = [];
  workbook.SheetNames.forEach((name, index) => {
    const worksheet = workbook.Sheets[name];
    const layout = worksheet ? layoutOf(worksheet, dateSystem) : null;
    if (!worksheet || !layout) {
      notes.push(workbookNote('reading.empty_sheet', 'The sheet is empty.', name));
      return;
    }
    const hidden = (workbook.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0;
    if (hidden) notes.push(workbookNote('reading.hidden_sheet', 'The sheet is hidden.', name));
    tables.push(tableOf(worksheet, name, hidden, layout, dateSystem, sizeBytes));
  });
  if (workbook.vbaraw)
    notes.push(workbookNote('reading.macros', 'The workbook holds macros. They were not run.'));
  if (tables.length === 0) throw new AppError('reading.no_rows', 'input', { fileName });
  return { format, dialect: null, sizeBytes, tables, notes, close: () => Promise.resolve() };
}

/** Formula and stub options matter for memory: stubs would unroll the millions of repeated blanks of an ODS. */
function parse(bytes: Buffer, fileName: string, format: LegacyFormat): WorkBook {
  try {
    return read(bytes, {
      type: 'buffer',
      dense: true,
      raw: true,
      cellDates: format === 'ods',
      UTC: true,
      cellNF: true,
      cellFormula: true,
      cellText: false,
      cellHTML: false,
      bookVBA: true,
    });
  } catch (error) {
    const problem = `its ${format.toUpperCase()} structure cannot be read`;
    throw new AppError('reading.workbook_damaged', 'input', { fileName, problem }, { cause: error });
  }
}

/** Tells encrypted workbooks and other Office documents from workbooks by the streams of the container. */
function refuseUnreadableOle(bytes: Buffer, fileName: string): void {
  if (bytes[0] !== 0xd0) return;
  let container: ReturnType<typeof CFB.read>;
  try {
    container = CFB.read(bytes, { type: 'buffer' });
  } catch (error) {
    const problem = 'its container cannot be read';
    throw new AppError('reading.workbook_damaged', 'input', { fileName, problem }, { cause: error });
  }
  if (CFB.find(container, 'EncryptedPackage'))
    throw new AppError('reading.password_protected', 'input', { fileName });
  const stream = CFB.find(container, 'Workbook') ?? CFB.find(container, 'Book');
  // The typings say that an entry always has content; one of a damaged directory has none.
  const content: unknown = stream?.content;
  if (!(content instanceof Uint8Array) && !Array.isArray(content)) {
    throw new AppError('reading.not_a_table', 'input', {
      fileName,
      actual: 'a document of an older Office program',
    });
  }
  if (hasFilePass(Buffer.from(content)))
    throw new AppError('reading.password_protected', 'input', { fileName });
}

/** A FilePass record (0x002F) before the list of sheets (0x0085) says that all that follows is encrypted. */
function hasFilePass(stream: Buffer): boolean {
  for (let at = 0; at + 4 <= stream.length;) {
    const type = stream.readUInt16LE(at);
    if (type === 0x002f) return true;
    if (type === 0x0085 || type === 0x000a) return false;
    at += 4 + stream.readUInt16LE(at + 2);
  }
  return false;
}

function rowsOf(worksheet: WorkSheet): readonly (readonly (CellObject | undefined)[] | undefined)[] {
  return worksheet['!data'] ?? [];
}

function layoutOf(worksheet: WorkSheet, dateSystem: DateSystem): TableLayout | null {
  const sampler = new RowSampler();
  for (const [index, row] of rowsOf(worksheet).entries()) {
    if (row && putRow(sampler, index + 1, row, dateSystem)) break;
  }
  return findTableLayout(sampler.rows);
}

function tableOf(
  worksheet: WorkSheet,
  sheet: string,
  hidden: boolean,
  layout: TableLayout,
  dateSystem: DateSystem,
  sizeBytes: number,
): TableSource {
  async function* events(signal: AbortSignal): AsyncGenerator<TableEvent> {
    const batcher = new TableBatcher(sheet, layout);
    const rows = rowsOf(worksheet);
    for (const [index, row] of rows.entries()) {
      if (!row || !putRow(batcher, index + 1, row, dateSystem)) continue;
      if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
      yield* batcher.take(Math.round((sizeBytes * index) / rows.length));
      await Promise.resolve();
    }
    batcher.finish();
    yield* batcher.take(sizeBytes);
  }
  const { header, headerRows, firstDataRow, columns } = layout;
  return { sheet, hidden, header, headerRows, firstDataRow, columns, serialDates: dateSystem, events };
}

function putRow(
  sink: RowSink,
  number: number,
  row: readonly (CellObject | undefined)[],
  dateSystem: DateSystem,
): boolean {
  sink.startRow(number);
  row.forEach((cell, column) => {
    if (!cell) return;
    const { kind, text } = readCell(cell, dateSystem);
    const bytes = Buffer.from(text);
    if (bytes.length > 0) sink.cell(column, kind, bytes, 0, bytes.length);
  });
  return sink.endRow();
}

function readCell(cell: CellObject, dateSystem: DateSystem): { kind: number; text: string } {
  const { v: value } = cell;
  if (value === undefined || value === null) {
    return typeof cell.f === 'string'
      ? { kind: CellKind.uncomputed, text: `=${cell.f}` }
      : { kind: CellKind.text, text: '' };
  }
  if (cell.t === 'e') {
    return { kind: CellKind.error, text: ERROR_TEXTS[Number(value)] ?? cell.w ?? '#ERROR!' };
  }
  if (value instanceof Date) return readDate(value);
  if (typeof value === 'boolean') return { kind: CellKind.boolean, text: value ? 'TRUE' : 'FALSE' };
  if (typeof value === 'number') return readNumber(value, cell, dateSystem);
  return { kind: CellKind.text, text: value };
}

/**
 * A date of an ODS, which the library keeps as the wall-clock time in UTC, cut to the millisecond: `04.999999997`, as
 * programs write 5 seconds, comes as 4.999. Times of day lie before 1900.
 */
function readDate(value: Date): { kind: number; text: string } {
  if (Number.isNaN(value.getTime())) return { kind: CellKind.text, text: '#INVALID_DATE!' };
  const whole = value.getUTCMilliseconds() === 999 ? new Date(value.getTime() + 1) : value;
  const iso = whole.toISOString().replace('Z', '');
  const time = iso.slice(11).replace(/\.000$/, '');
  if (value.getUTCFullYear() < 1900) return { kind: CellKind.text, text: time };
  return {
    kind: CellKind.date,
    text: time === '00:00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)}T${time}`,
  };
}

function readNumber(value: number, cell: CellObject, dateSystem: DateSystem): { kind: number; text: string } {
  if (!Number.isFinite(value)) {
    return typeof cell.f === 'string'
      ? { kind: CellKind.uncomputed, text: `=${cell.f}` }
      : { kind: CellKind.error, text: '#NUM!' };
  }
  const meaning = typeof cell.z === 'string' ? formatMeaning(cell.z) : 'number';
  if (meaning === 'time' && value >= 0 && value < 1)
    return { kind: CellKind.text, text: serialToClock(value) };
  const iso = meaning === 'number' ? null : serialToIso(value, dateSystem);
  return iso === null
    ? { kind: CellKind.number, text: plainNumber(value) }
    : { kind: CellKind.date, text: iso };
}
