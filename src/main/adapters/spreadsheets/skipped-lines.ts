import type { SkippedLine } from '../../services/reading/ports.ts';

/** Longer runs of blank rows become one line that names them all. */
const MAX_BLANK_LINES = 1_000;

/** Lines that are no records, in row order. Blank rows count only when something follows them. */
export class SkippedLines {
  lines: SkippedLine[] = [];
  private blanks: { from: number; to: number }[] = [];

  blank(from: number, to: number): void {
    const last = this.blanks.at(-1);
    if (last && last.to === from - 1) last.to = to;
    else this.blanks.push({ from, to });
  }

  add(line: SkippedLine): void {
    this.flushBlanks();
    this.lines.push(line);
  }

  flushBlanks(): void {
    if (this.blanks.length === 0) return;
    for (const { from, to } of this.blanks) {
      if (to - from >= MAX_BLANK_LINES) {
        this.lines.push({ row: from, kind: 'blank', text: `Rows ${from} to ${to} are blank` });
      } else for (let row = from; row <= to; row += 1) this.lines.push({ row, kind: 'blank', text: '' });
    }
    this.blanks = [];
  }

  /** Ends the table with its footers; blank rows below the last content are no part of it. */
  end(footers: readonly SkippedLine[]): void {
    const last = footers.at(-1)?.row ?? 0;
    this.blanks = this.blanks.filter(({ from }) => from < last);
    this.flushBlanks();
    this.lines.push(...footers);
    this.lines.sort((a, b) => a.row - b.row);
  }

  take(): SkippedLine[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }
}

/** A row taken out of the batch until it is known what it is. */
export class KeptRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly kinds: Uint8Array;
  readonly text: string;
  readonly outside: readonly string[];

  constructor(
    row: number,
    cells: readonly string[],
    kinds: Uint8Array,
    text: string,
    outside: readonly string[],
  ) {
    this.row = row;
    this.cells = cells;
    this.kinds = kinds;
    this.text = text;
    this.outside = [...outside];
  }
}
