import type { SkippedLine } from '../../services/reading/ports.ts';
import { columnKinds, looseKind, type ColumnKind } from './cell-kinds.ts';
import { parseRecord, physicalLine, type RecordDialect } from './record-parser.ts';

/** Where the table of a delimited text begins and what its columns are. */
export interface Structure {
  readonly columns: number;
  readonly header: readonly string[];
  readonly headerRows: readonly number[];
  readonly firstDataRow: number;
  /** Offset of the first data row in the decoded text. */
  readonly dataOffset: number;
  readonly kinds: readonly ColumnKind[];
  /** Lines above the first data row that are no header. */
  readonly above: readonly SkippedLine[];
}

interface Line {
  readonly cells: readonly string[];
  readonly row: number;
  readonly from: number;
  readonly next: number;
  readonly lines: number;
  readonly kind: 'record' | 'blank' | 'comment';
}

const MAX_LINES = 2_000;
const MAX_TITLE_LINES = 200;
const MAX_HEADER_ROWS = 4;

function sampleLines(bytes: Uint8Array, complete: boolean, dialect: RecordDialect, comment: string): Line[] {
  const lines: Line[] = [];
  let at = 0;
  let row = 1;
  while (at < bytes.length && lines.length < MAX_LINES) {
    const physical = physicalLine(bytes, at, bytes.length, dialect);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, physical.end - at).toString('utf8');
    const blank = /^[\s\0]*$/.test(text) && !text.includes(Buffer.from(dialect.delimiter).toString());
    const isComment = comment !== '' && text.startsWith(comment);
    if (blank || isComment) {
      lines.push({
        cells: [text],
        row,
        from: at,
        next: physical.next,
        lines: 1,
        kind: blank ? 'blank' : 'comment',
      });
      at = physical.next;
      row += 1;
      continue;
    }
    let record = parseRecord(bytes, at, bytes.length, dialect);
    if (record.unclosed || (record.stray && record.lines > 1)) {
      record = parseRecord(bytes, at, bytes.length, dialect, 'plain', true);
    }
    if (!record.terminated && !complete && lines.length > 0) break;
    lines.push({
      cells: record.cells,
      row,
      from: at,
      next: record.next,
      lines: record.lines,
      kind: 'record',
    });
    at = record.next;
    row += record.lines;
  }
  return lines;
}

const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== '').length;

/** The width that most records have; of equals, the wider. */
function usualWidth(records: readonly Line[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let best = 1;
  let most = 0;
  for (const [width, count] of counts) {
    if (count > most || (count === most && width > best)) {
      best = width;
      most = count;
    }
  }
  return best;
}

/** Finds title lines, header rows, the first data row and the kinds of the columns in a sample of decoded text. */
export function sniffStructure(
  bytes: Uint8Array,
  complete: boolean,
  dialect: RecordDialect,
  comment: string,
): Structure | null {
  const lines = sampleLines(bytes, complete, dialect, comment);
  const records = lines.filter((line) => line.kind === 'record');
  if (records.length === 0) return null;
  const width = usualWidth(records);
  const first = firstTableRecord(records, width);
  const rest = records.slice(first);
  const body = rest.slice(1).filter((line) => line.cells.length === width);
  const headerCount = countHeaderRows(rest, body, width);
  const headerLines = rest.slice(0, headerCount);
  const header = joinHeader(headerLines.map((line) => line.cells));
  const columns = Math.max(
    headerCount > 0 ? trimmedWidth(header) : 0,
    body.length > 0 || headerCount === 0 ? width : 0,
    1,
  );
  const firstData = rest[headerCount];
  const last = lines.at(-1);
  const endRow = last === undefined ? 1 : last.row + last.lines;
  const headerEnd = headerLines.at(-1);
  const firstDataRow = firstData?.row ?? (headerEnd === undefined ? endRow : headerEnd.row + headerEnd.lines);
  const dataOffset = firstData?.from ?? headerEnd?.next ?? 0;
  const headerRows = headerLines.map((line) => line.row);
  const data = rest.slice(headerCount).filter((line) => line.cells.length === columns);
  return {
    columns,
    header: headerCount > 0 ? Array.from({ length: columns }, (_, i) => header[i] ?? '') : [],
    headerRows,
    firstDataRow,
    dataOffset,
    kinds: columnKinds(
      data.map((line) => line.cells),
      columns,
    ),
    above: lines
      .filter((line) => line.row < firstDataRow && !headerRows.includes(line.row))
      .map((line) => ({
        row: line.row,
        kind: line.kind === 'record' ? 'title' : line.kind,
        text: Buffer.from(bytes.slice(line.from, line.next))
          .toString('utf8')
          .replace(/[\r\n]+$/, ''),
      })),
  };
}

const trimmedWidth = (cells: readonly string[]): number => {
  let width = cells.length;
  while (width > 0 && cells[width - 1]?.trim() === '') width -= 1;
  return width;
};

/** Index of the first record of the table: behind narrow, nearly empty or other-width lines at the top. */
function firstTableRecord(records: readonly Line[], width: number): number {
  if (width < 2) return 0;
  const limit = Math.min(records.length, MAX_TITLE_LINES);
  const near = (line: Line | undefined): boolean =>
    line !== undefined &&
    Math.abs(line.cells.length - width) <= Math.max(1, Math.floor(width * 0.2)) &&
    line.cells.length > 1;
  for (let i = 0; i < limit; i += 1) {
    const line = records[i];
    if (line === undefined || !near(line)) continue;
    // A header is followed by its table, and titles that were padded with delimiters are nearly empty.
    const followed = records[i + 1]?.cells.length === width || records[i + 2]?.cells.length === width;
    if (line.cells.length !== width && !followed) continue;
    const count = filled(line.cells);
    const later = records.slice(i + 1, i + 6).map((next) => filled(next.cells));
    const fuller = later.length > 0 && Math.max(...later) >= Math.max(2, count * 2);
    if (count * 2 < width && fuller && !looksMerged(line, records[i + 1])) continue;
    return i;
  }
  return Math.max(
    0,
    records.findIndex((line) => line.cells.length === width),
  );
}

/** Upper row of a two-row header: several group names with gaps, and names below all of them. */
function looksMerged(line: Line, below: Line | undefined): boolean {
  if (below === undefined || filled(line.cells) < 2) return false;
  const words = below.cells.every((cell) => looseKind(cell) === 'text' || looseKind(cell) === 'blank');
  return words && line.cells.every((cell, i) => cell.trim() === '' || below.cells[i]?.trim() !== '');
}

function countHeaderRows(rest: readonly Line[], body: readonly Line[], width: number): number {
  const first = rest[0];
  if (first === undefined || !isHeader(first.cells, body, width)) return 0;
  let count = 1;
  while (count < MAX_HEADER_ROWS && count < rest.length - 1) {
    const next = rest[count];
    if (next === undefined || next.cells.length !== width) break;
    const below = rest.slice(count + 1).filter((line) => line.cells.length === width);
    if (!continuesHeader(next.cells, below, width)) break;
    count += 1;
  }
  return count;
}

const isYear = (cell: string | undefined): boolean => /^(?:19|20)\d\d$/.test(cell?.trim() ?? '');

/** A row of names: words where the column holds numbers or dates, or words that never come again below. */
function isHeader(cells: readonly string[], below: readonly Line[], width: number): boolean {
  const names = cells.map((cell) => looseKind(cell));
  if (filled(cells) === 0) return false;
  // A header that is repeated on every page is no evidence against itself.
  const body = below.filter((line) => line.cells.some((cell, i) => cell.trim() !== cells[i]?.trim()));
  const kinds = columnKinds(
    body.map((line) => line.cells),
    width,
    Math.min(3, Math.max(1, body.length)),
  );
  let proofs = 0;
  let against = 0;
  for (let i = 0; i < cells.length; i += 1) {
    const typed = kinds[i] === 'number' || kinds[i] === 'date';
    if (names[i] === 'text' && typed) proofs += 1;
    if (names[i] !== 'number' && names[i] !== 'date') continue;
    // 2023 is a name above amounts, and a value above other years.
    const nameOfYear = isYear(cells[i]) && !body.some((line) => isYear(line.cells[i]));
    if (nameOfYear && typed) proofs += 1;
    else if (typed || body.length < 3) against += 1;
  }
  if (proofs !== against) return proofs > against;
  if (against > 0) return false;
  const trimmed = cells.map((cell) => cell.trim().toLowerCase());
  const named = trimmed.filter((cell) => cell !== '');
  const unique = new Set(named).size === named.length;
  const repeated = trimmed.filter(
    (cell, i) => cell !== '' && body.some((line) => line.cells[i]?.trim().toLowerCase() === cell),
  ).length;
  return unique && repeated === 0 && named.every((cell) => cell.length <= 80) && !names.includes('number');
}

/** A second row of names: words, where the column below holds numbers or dates, and nothing that looks like data. */
function continuesHeader(cells: readonly string[], body: readonly Line[], width: number): boolean {
  const kinds = columnKinds(
    body.map((line) => line.cells),
    width,
  );
  let proofs = 0;
  for (let i = 0; i < width; i += 1) {
    const name = looseKind(cells[i] ?? '');
    if (name === 'number' || name === 'date') return false;
    if (name === 'text' && (kinds[i] === 'number' || kinds[i] === 'date')) proofs += 1;
  }
  const typed = kinds.filter((kind) => kind === 'number' || kind === 'date').length;
  return proofs > 0 && proofs * 2 >= typed;
}

/** Joins header rows by column with a space; a group name above several columns counts for each of them. */
function joinHeader(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) => {
    const names = rows.map((row, index) => {
      const own = row[column]?.trim() ?? '';
      const lower = rows.slice(index + 1).some((below) => (below[column]?.trim() ?? '') !== '');
      if (own !== '' || !lower) return own;
      for (let left = column - 1; left >= 0; left -= 1) {
        const group = row[left]?.trim() ?? '';
        if (group === '') continue;
        return rows.slice(index + 1).some((below) => (below[left]?.trim() ?? '') !== '') ? group : '';
      }
      return '';
    });
    return rows.length === 1 ? (rows[0]?.[column] ?? '') : names.filter((name) => name !== '').join(' ');
  });
}
