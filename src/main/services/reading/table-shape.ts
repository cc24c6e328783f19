import { SALES_FIELDS } from '#shared/domain/sales-schema';

/** Where a table begins in the first rows of a sheet or file. All indexes are 0-based positions in the given rows. */
export interface TableShape {
  /** Rows that name the columns; [] when the table has no header. Adjacent and in order. */
  readonly headerRows: number[];
  readonly firstDataRow: number;
  /** Non-blank rows above the header (or above the data when there is none). */
  readonly titleRows: number[];
}

/** Rows searched for a header: more text than this above a table is a document, not a title. */
const SEARCHED_ROWS = 40;

const NUMBER = /^[-+(]?\s*(?:[a-z]{2,3}\.?\s?|[$€£])?[-+]?\d[\d.,\s'’]*(?:e[-+]?\d+)?\s*(?:%|\/=|\))?$/i;
const DATE =
  /^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-/. ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/. ,]*\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \d{4})(?:[t ,].*)?$/i;
const YEAR_OR_MONTH = /^(?:19|20)\d\d(?:[-/](?:0?[1-9]|1[0-2]))?$/;
const TOTAL =
  /^(?:(?:grand|sub|sub-|sub |overall|net|report|branch|page)\s?)?(?:totals?|jumla|sum)(?:\s*[:.=]|\s+(?:for|of|kwa|kes|in kes)\b.*)?\s*$/i;
const TOTAL_BEHIND = /^.{1,60}\s(?:sub-?)?total\s*:?$/i;

type CellType = 'blank' | 'number' | 'date' | 'text';

const normalise = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
const KNOWN_NAMES: ReadonlySet<string> = new Set(
  SALES_FIELDS.flatMap((field) => [field.id, field.label, ...field.synonyms].map(normalise)),
);

function typeOf(cell: string): CellType {
  const text = cell.trim();
  if (text === '') return 'blank';
  if (text.length > 40) return 'text';
  if (DATE.test(text)) return 'date';
  return NUMBER.test(text) ? 'number' : 'text';
}

interface Row {
  readonly types: readonly CellType[];
  readonly filled: number;
  readonly typed: number;
}

function describe(cells: readonly string[]): Row {
  const types = cells.map(typeOf);
  return {
    types,
    filled: types.filter((type) => type !== 'blank').length,
    typed: types.filter((type) => type === 'number' || type === 'date').length,
  };
}

/** How many cells a row of the table usually has: the upper quartile, so that titles above it do not count. */
function usualWidth(rows: readonly Row[]): number {
  const widths = rows.map((row) => row.filled).filter((filled) => filled > 0);
  widths.sort((a, b) => a - b);
  return widths[Math.floor((widths.length - 1) * 0.75)] ?? 0;
}

/** Columns that hold numbers or dates in most of the rows from `from` on. */
function typedColumns(rows: readonly Row[], from: number, width: number): Set<number> {
  const counts = new Map<number, { typed: number; filled: number }>();
  for (const row of rows.slice(from)) {
    if (row.filled < Math.max(1, width * 0.4)) continue;
    row.types.forEach((type, column) => {
      if (type === 'blank') return;
      const count = counts.get(column) ?? { typed: 0, filled: 0 };
      count.filled += 1;
      if (type !== 'text') count.typed += 1;
      counts.set(column, count);
    });
  }
  return new Set(
    [...counts].filter(([, { typed, filled }]) => typed >= filled * 0.6).map(([column]) => column),
  );
}

function knownNames(cells: readonly string[]): number {
  return cells.filter((cell) => KNOWN_NAMES.has(normalise(cell))).length;
}

const isUnique = (cells: readonly string[]) => {
  const names = cells.map((cell) => cell.trim().toLowerCase()).filter((cell) => cell !== '');
  return new Set(names).size === names.length;
};

/** Whether `rows[index]` can be the (lowest) header row: wide, of words, over columns of something else. */
function isHeader(
  rows: readonly (readonly string[])[],
  described: readonly Row[],
  index: number,
  width: number,
) {
  const row = described[index];
  const cells = rows[index] ?? [];
  if (!row || row.filled < Math.max(1, width * 0.5)) return false;
  const known = knownNames(cells);
  const typedBelow = typedColumns(described, index + 1, width);
  // Names such as 2024 and 2025-01 head the columns of a pivot; other numbers and dates are data.
  const odd = cells.filter((cell, column) => {
    const type = row.types[column];
    return (type === 'number' || type === 'date') && !YEAR_OR_MONTH.test(cell.trim());
  }).length;
  if (odd > 0) return known >= 3 && odd <= row.filled * 0.2;
  if (row.typed === row.filled) return false;
  if (known >= 2) return true;
  const over = [...typedBelow].filter((column) => row.types[column] === 'text').length;
  if (over > 0) return true;
  if (typedBelow.size > 0) return row.typed > 0;
  // Only words everywhere: the first row is the header unless one of its words is a value further down.
  if (!isUnique(cells)) return false;
  return !rows
    .slice(index + 1)
    .some((below) =>
      cells.some((cell, column) => cell.trim() !== '' && below[column]?.trim() === cell.trim()),
    );
}

/** A row of group names right above the header ("Sales", blank, "Returns", blank): it names blocks of columns. */
function isUpperHeader(upper: Row | undefined, lower: Row | undefined): boolean {
  if (!upper || !lower || upper.filled < 2 || upper.typed > 0) return false;
  return (
    upper.filled <= lower.filled &&
    upper.types.some((type, column) => type === 'blank' && lower.types[column] === 'text')
  );
}

const UNIT = /^(?:\(.{1,12}\)|\[.{1,12}\]|kes|ksh|usd|%|pcs|units?|kgs?|no\.?)$/i;
const isUnitRow = (cells: readonly string[]) => {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return filled.length > 0 && filled.every((cell) => UNIT.test(cell));
};

/**
 * Finds title rows, header and the first data row from the first rows (about 50) of a table, as text.
 * Columns of numbers and dates under words are the evidence; known column names decide where there are only words.
 */
export function findTableShape(rows: readonly (readonly string[])[]): TableShape {
  const described = rows.map(describe);
  const width = usualWidth(described);
  const shape = (headerRows: number[], firstDataRow: number): TableShape => ({
    headerRows,
    firstDataRow,
    titleRows: described.flatMap((row, index) =>
      index < (headerRows[0] ?? firstDataRow) && row.filled > 0 ? [index] : [],
    ),
  });
  const firstFilled = described.findIndex((row) => row.filled > 0);
  if (firstFilled === -1) return shape([], 0);

  // With a single column there is no width to tell a title from a header.
  const from =
    width <= 1 ? firstFilled : described.findIndex((row) => row.filled >= Math.max(2, width * 0.5));
  const start = Math.max(0, from);
  // Titles can be as wide as half the table: of several candidates the fullest is the header, the first when equal.
  let best = -1;
  for (let index = start; index < Math.min(rows.length, start + SEARCHED_ROWS); index += 1) {
    const row = described[index];
    if (!row || row.filled === 0) continue;
    if (isHeader(rows, described, index, width) && row.filled > (described[best]?.filled ?? 0)) best = index;
    if (row.typed > 0 && row.filled >= width * 0.5 && best !== index) break;
    if (typedColumns(described, index + 1, width).size === 0) break;
  }
  return best === -1 ? shape([], start) : withNeighbours(rows, described, best, width, shape);
}

function withNeighbours(
  rows: readonly (readonly string[])[],
  described: readonly Row[],
  found: number,
  width: number,
  shape: (headerRows: number[], firstDataRow: number) => TableShape,
): TableShape {
  let first = found;
  let last = found;
  // The found row may be the upper one: names of groups with blanks that the row below fills.
  const below = described[found + 1];
  if (
    isUpperHeader(described[found], below) &&
    below?.typed === 0 &&
    below.filled >= width * 0.5 &&
    isHeader(rows, described, found + 1, width)
  ) {
    last = found + 1;
  } else if (found > 0 && isUpperHeader(described[found - 1], described[found])) first = found - 1;
  if (isUnitRow(rows[last + 1] ?? [])) last += 1;
  const headerRows = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return shape(headerRows, last + 1);
}

/**
 * Joins header rows into one name per column with a space. A blank cell of an upper row takes the group name to its
 * left, unless the lower row is blank there too.
 */
export function joinHeaderRows(headerRows: readonly (readonly string[])[], columns: number): string[] {
  const lowest = headerRows.at(-1) ?? [];
  return Array.from({ length: columns }, (_, column) => {
    const parts: string[] = [];
    headerRows.forEach((row, index) => {
      let text = (row[column] ?? '').trim();
      if (text === '' && index < headerRows.length - 1 && (lowest[column] ?? '').trim() !== '') {
        for (let left = column - 1; left >= 0 && text === ''; left -= 1) text = (row[left] ?? '').trim();
      }
      if (text !== '' && parts.at(-1) !== text) parts.push(text);
    });
    return parts.join(' ');
  });
}

/** Whether the word of a cell announces a total ("Total", "Grand total:", "Jumla", "Nakuru total"). */
export function isTotalWord(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= 80 && (TOTAL.test(trimmed) || TOTAL_BEHIND.test(trimmed));
}

/** Whether "total", "jumla" or "sum" occurs in the text, without making a string of it. */
export function mayAnnounceTotal(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 320) return false;
  for (let at = start; at + 3 <= end; at += 1) {
    const a = (bytes[at] ?? 0) | 0x20;
    if (a !== 0x74 && a !== 0x6a && a !== 0x73) continue;
    const b = (bytes[at + 1] ?? 0) | 0x20;
    const c = (bytes[at + 2] ?? 0) | 0x20;
    if ((a === 0x74 && b === 0x6f && c === 0x74) || (b === 0x75 && c === 0x6d)) return true;
  }
  return false;
}

/** Whether a text is the word for a total and nothing else ("Total", "Grand total"): not "Nakuru total". */
export const isBareTotalWord = (text: string): boolean => TOTAL.test(text.trim());

/**
 * Whether a row is a total or subtotal and no record: its first word announces a total, it has at most two texts, at
 * least one number, and leaves cells blank. A customer named "Total Kenya" in a full row stays a record, and so does
 * every row with a date: it could be a sale to "Total".
 */
export function isTotalLine(cells: readonly string[], columns: number): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  const types = filled.map(typeOf);
  if (types.includes('date')) return false;
  const texts = filled.filter((_, index) => types[index] === 'text');
  const [word] = texts;
  if (word === undefined || !isTotalWord(word)) return false;
  if (columns >= 3 && filled.length >= columns) return false;
  if (columns >= 5 && filled.length > columns * 0.8) return false;
  return texts.length <= 2 && (filled.length > texts.length || filled.length === 1);
}
