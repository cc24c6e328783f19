import type { Finding } from '#shared/domain/findings';
import type { BrokenRecord, SkippedLine } from '../../services/reading/ports.ts';
import { looseKind, type ColumnKind } from './cell-kinds.ts';
import { rowFinding } from './findings.ts';

/** More rows than this are no footer. */
const MAX_ROWS = 5_000;
const TOTAL = /^\W*(?:grand\s|sub)?-?\s?(?:totals?|jumla|sum)\b/i;

const filled = (cells: readonly string[]): number => cells.filter((cell) => cell.trim() !== '').length;

/**
 * Holds rows of the wrong width that may be what stands after the table: a line of text, totals, another table. When a
 * good record follows they were broken rows; when the file ends they are footer lines.
 */
export class TailWatch {
  /** The last line of the file has no line end, so it may be cut. */
  unterminated = false;
  readonly #columns: number;
  readonly #typed: boolean;
  /** Width of another table whose header was seen; 0 for none. */
  #tableWidth = 0;
  #gap = false;
  #rows: BrokenRecord[] = [];
  #lines: SkippedLine[] = [];
  #afterGap = false;

  constructor(columns: number, kinds: readonly ColumnKind[]) {
    this.#columns = columns;
    this.#typed = kinds.includes('number') || kinds.includes('date');
  }

  get pending(): boolean {
    return this.#rows.length > 0;
  }

  /** Notes a blank or comment line; true when it is held, because rows above it are. */
  holds(line: SkippedLine): boolean {
    if (line.kind === 'blank') this.#gap = true;
    if (!this.pending) return false;
    this.#lines.push(line);
    return true;
  }

  /** A good record came. */
  reset(): void {
    this.#gap = false;
    this.#afterGap = false;
    this.#tableWidth = 0;
  }

  /** Whether a row of this many cells goes on with another table, though it could be brought to this one's width. */
  holdsWidth(cells: number): boolean {
    return this.pending && cells === this.#tableWidth;
  }

  /** Names throughout, in a table that has numbers or dates: the header of another table. */
  #isHeader(cells: readonly string[]): boolean {
    const names = cells.length >= 2 && cells.every((cell) => looseKind(cell) === 'text');
    return this.#typed && names && new Set(cells).size === cells.length;
  }

  /** Takes a row that may belong to the tail; false when it does not. */
  take(record: BrokenRecord): boolean {
    if (this.#rows.length >= MAX_ROWS) return false;
    const single = this.#columns >= 3 && filled(record.cells) === 1;
    const other = this.#gap && Math.abs(record.cells.length - this.#columns) > 1;
    const header = this.#isHeader(record.cells);
    if (this.#rows.length === 0 && !single && !other && !header) return false;
    if (header) this.#tableWidth = record.cells.length;
    if (this.#rows.length === 0) this.#afterGap = this.#gap;
    this.#rows.push(record);
    return true;
  }

  /** What was held: rows that are broken after all, and lines between them. */
  drain(): { broken: BrokenRecord[]; skipped: SkippedLine[] } {
    const held = { broken: this.#rows, skipped: this.#lines };
    this.#rows = [];
    this.#lines = [];
    return held;
  }

  /** What the held rows are when the file ends behind them. */
  finish(delimiter: string): {
    broken: BrokenRecord[];
    skipped: SkippedLine[];
    anotherTable: Finding | null;
  } {
    const { broken: rows, skipped: lines } = this.drain();
    const last = rows.at(-1);
    const maybeCut =
      this.unterminated && !this.#afterGap && last !== undefined && !TOTAL.test(last.cells[0] ?? '');
    const broken = maybeCut ? rows.splice(-1) : [];
    const footers = rows.map((row): SkippedLine => {
      const first = row.cells.find((cell) => cell.trim() !== '') ?? '';
      return { row: row.row, kind: TOTAL.test(first) ? 'total' : 'footer', text: row.cells.join(delimiter) };
    });
    const skipped = [...footers, ...lines].sort((a, b) => a.row - b.row);
    const wide = rows.filter((row) => filled(row.cells) >= 2);
    const [first] = wide;
    const anotherTable =
      first !== undefined && wide.length >= 2
        ? rowFinding('reading.another_table', first.row, first.cells, 'warning')
        : null;
    return { broken, skipped, anotherTable };
  }
}
