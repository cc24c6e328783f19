import type { ColumnKind } from './cell-kinds.ts';
import { repairRagged } from './ragged.ts';
import {
  parseRecord,
  physicalLine,
  type ParsedRecord,
  type RecordDialect,
  type StrayPolicy,
} from './record-parser.ts';

/** What was done to a record, or why it could not be understood. */
export type RecordCode =
  | 'reading.row_padded'
  | 'reading.row_trimmed'
  | 'reading.row_rejoined'
  | 'reading.row_too_long'
  | 'reading.row_too_short'
  | 'reading.stray_quote'
  | 'reading.unclosed_quote'
  | 'reading.suspicious_quotes'
  | 'reading.invalid_characters'
  | 'reading.nul_bytes';

/** What stands at one place of the file. `next` and `lines` say where the following record begins. */
export type Outcome =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'endless' }
  | {
      readonly kind: 'record' | 'broken';
      readonly cells: readonly string[];
      readonly codes: readonly RecordCode[];
      readonly next: number;
      readonly lines: number;
      readonly terminated: boolean;
      /** Number of cells before a repair. */
      readonly foundCells: number;
    }
  | {
      readonly kind: 'blank' | 'comment';
      readonly text: string;
      readonly next: number;
      readonly lines: number;
    };

export interface IrregularOptions {
  readonly dialect: RecordDialect;
  readonly delimiter: string;
  readonly quote: string;
  readonly comment: string;
  readonly columns: number;
  readonly kinds: readonly ColumnKind[];
  readonly maxBytes: number;
}

const LF = 10;
const CR = 13;
const POLICIES: readonly StrayPolicy[] = ['inside', 'closing', 'plain'];

/** Reads the records that are not plainly regular: one at a time, repaired only where one reading is left. */
export class IrregularReader {
  readonly #options: IrregularOptions;
  readonly #endingAtCr: RecordDialect;

  constructor(options: IrregularOptions) {
    this.#options = options;
    this.#endingAtCr = { ...options.dialect, endAtCr: true };
  }

  /** Reads what begins at `from`. `atEnd`: nothing follows `to`. */
  read(bytes: Uint8Array, from: number, to: number, atEnd: boolean): Outcome {
    const { dialect, maxBytes, columns } = this.#options;
    const limit = Math.min(to, from + maxBytes);
    const mayGrow = !atEnd && to - from < maxBytes;
    const line = physicalLine(bytes, from, limit, dialect);
    // At the end of the data a CR may be half of a CRLF.
    const atCr = bytes[to - 1] === CR;
    if ((line.next === line.end || (atCr && line.next === to)) && mayGrow) return { kind: 'incomplete' };
    if (line.next === line.end && limit < to) return { kind: 'endless' };
    const skipped = this.#skipped(bytes, from, line);
    if (skipped !== null) return skipped;
    const whole = parseRecord(bytes, from, limit, dialect);
    const cut = atCr && whole.next === to;
    if ((whole.unclosed || !whole.terminated || cut) && mayGrow) return { kind: 'incomplete' };
    const clean = !whole.stray && !whole.unclosed;
    if (clean && whole.cells.length === columns) return this.#record(whole, []);
    if (clean && whole.lines === 1)
      return this.#splitAtCarriageReturn(bytes, from, limit) ?? this.#ragged(whole, []);
    return this.#damaged(bytes, from, limit, whole, clean);
  }

  #skipped(bytes: Uint8Array, from: number, line: { end: number; next: number }): Outcome | null {
    const { comment, columns } = this.#options;
    const empty = columns === 1 ? line.end === from : isBlank(bytes, from, line.end, this.#options.delimiter);
    const isComment = comment !== '' && bytes[from] === comment.charCodeAt(0);
    if (!empty && !isComment) return null;
    const text = isComment ? Buffer.from(bytes.slice(from, line.end)).toString('utf8') : '';
    return { kind: isComment ? 'comment' : 'blank', text, next: line.next, lines: 1 };
  }

  /** A lone CR ends a record where LF is the rule when that gives a whole record. */
  #splitAtCarriageReturn(bytes: Uint8Array, from: number, limit: number): Outcome | null {
    const { dialect, columns } = this.#options;
    const { end } = physicalLine(bytes, from, limit, this.#endingAtCr);
    if (dialect.endAtCr || bytes[end] !== CR || bytes[end + 1] === LF) return null;
    const record = parseRecord(bytes, from, limit, this.#endingAtCr);
    const ok = !record.stray && !record.unclosed && record.cells.length === columns && record.terminated;
    return ok ? this.#record(record, []) : null;
  }

  /** Quotation marks are out of place, or a clean record of the wrong width spans lines. */
  #damaged(bytes: Uint8Array, from: number, limit: number, whole: ParsedRecord, clean: boolean): Outcome {
    const { columns, dialect } = this.#options;
    const oneWay = whole.lines === 1 && !whole.unclosed && !whole.strayInQuotes;
    if (oneWay && whole.cells.length === columns) return this.#record(whole, ['reading.stray_quote']);
    const readings = POLICIES.map((policy) => parseRecord(bytes, from, limit, dialect, policy, true));
    const exact = readings.filter((reading) => reading.cells.length === columns);
    const [first] = exact;
    if (first !== undefined) {
      const code = first.unclosed || whole.unclosed ? 'reading.unclosed_quote' : 'reading.stray_quote';
      if (exact.every((other) => this.#same(first, other))) return this.#record(first, [code]);
      return this.#broken(first, code);
    }
    const spansRecords = whole.lines > 1 && this.#holdsRecords(bytes, from, whole.next);
    if (!whole.unclosed && !spansRecords) {
      if (whole.cells.length === columns) return this.#record(whole, ['reading.stray_quote']);
      if (clean) return this.#ragged(whole, []);
    }
    const [line] = readings;
    if (line === undefined || whole.lines === 1) return this.#broken(whole, quoteCode(whole));
    return this.#broken(line, whole.unclosed || line.unclosed ? 'reading.unclosed_quote' : quoteCode(line));
  }

  #same(a: ParsedRecord, b: ParsedRecord): boolean {
    const bare = (cell: string | undefined): string =>
      (cell ?? '').replaceAll(this.#options.quote, '').trim();
    return a.cells.every((cell, index) => bare(cell) === bare(b.cells[index]));
  }

  /** Whether a line behind the first looks like a record of its own. */
  #holdsRecords(bytes: Uint8Array, from: number, to: number): boolean {
    const { columns, dialect } = this.#options;
    let { next } = physicalLine(bytes, from, to, dialect);
    while (next < to) {
      const line = parseRecord(bytes, next, to, dialect, 'plain', true);
      if (columns > 1 && line.cells.length === columns) return true;
      next = line.next;
    }
    return false;
  }

  #ragged(record: ParsedRecord, codes: readonly RecordCode[]): Outcome {
    const { columns, kinds, delimiter } = this.#options;
    const repair = repairRagged(record.cells, columns, kinds, delimiter);
    if (repair !== null) {
      const repaired = outcome('record', { ...record, cells: repair.cells }, [...codes, repair.code]);
      return { ...repaired, foundCells: record.cells.length };
    }
    const long = record.cells.length > columns;
    return this.#broken(record, long ? 'reading.row_too_long' : 'reading.row_too_short');
  }

  #record(record: ParsedRecord, codes: readonly RecordCode[]): Outcome {
    return outcome('record', record, codes);
  }

  #broken(record: ParsedRecord, code: RecordCode): Outcome {
    return outcome('broken', record, [code]);
  }
}

function quoteCode(record: ParsedRecord): RecordCode {
  return record.unclosed ? 'reading.unclosed_quote' : 'reading.stray_quote';
}

function outcome(
  kind: 'record' | 'broken',
  record: ParsedRecord,
  codes: readonly RecordCode[],
): Extract<Outcome, { kind: 'record' | 'broken' }> {
  const zeros = record.cells.some((cell) => cell.includes('\0'));
  const invalid = record.cells.some((cell) => cell.includes('\ufffd'));
  return {
    kind,
    cells: zeros ? record.cells.map((cell) => cell.replaceAll('\0', '')) : record.cells,
    codes: [
      ...codes,
      ...(zeros ? (['reading.nul_bytes'] as const) : []),
      ...(invalid ? (['reading.invalid_characters'] as const) : []),
    ],
    next: record.next,
    lines: record.lines,
    terminated: record.terminated,
    foundCells: record.cells.length,
  };
}

/** Spaces, tabs, CR and zero bytes only, and no delimiter. */
function isBlank(bytes: Uint8Array, from: number, to: number, delimiter: string): boolean {
  const separator = delimiter.charCodeAt(0);
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === separator || (byte !== 32 && byte !== 9 && byte !== 13 && byte !== 0)) return false;
  }
  return true;
}
