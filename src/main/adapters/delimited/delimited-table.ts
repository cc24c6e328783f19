import type { Finding } from '#shared/domain/findings';
import type { Dialect } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import type { BrokenRecord, SkippedLine, TableEvent, TableSource } from '../../services/reading/ports.ts';
import { rowFinding } from './findings.ts';
import { IrregularReader, type Outcome, type RecordCode } from './irregular.ts';
import { lineEndLength, recordDialect, type RecordDialect } from './record-parser.ts';
import {
  acquireScanner,
  MAX_RECORD_BYTES,
  releaseScanner,
  ScanResult,
  SIDE_BYTES,
  TEXT_BYTES,
  type Scanner,
} from './scanner/scanner.ts';
import type { Structure } from './sniff-structure.ts';
import { TailWatch } from './tail-watch.ts';
import type { TextSource } from './text-source.ts';

/** Rows that go out in one event at most. */
const MAX_EVENT_ROWS = 5_000;
/** Longest time that tolerant reading holds the event loop. */
const MAX_BUSY_MS = 12;
const LF = 10;
const CR = 13;

export interface DelimitedTableOptions {
  readonly fileName: string;
  readonly dialect: Dialect;
  readonly structure: Structure;
  /** The decoded text anew, from its beginning. */
  openText(): TextSource;
}

/** The one table of a delimited file. */
export function delimitedTable(options: DelimitedTableOptions): TableSource {
  const { structure } = options;
  return {
    sheet: '',
    hidden: false,
    header: structure.header,
    headerRows: structure.headerRows,
    firstDataRow: structure.firstDataRow,
    columns: structure.columns,
    serialDates: null,
    async *events(signal: AbortSignal): AsyncGenerator<TableEvent> {
      const scanner = acquireScanner();
      try {
        yield* new TablePass(options, options.openText(), scanner, signal).events();
      } finally {
        releaseScanner(scanner);
      }
    },
  };
}

/** Whether the scanner knows the dialect; others are read by the tolerant parser alone. */
function isScannable(dialect: RecordDialect): boolean {
  const [delimiter = 0] = dialect.delimiter;
  return dialect.delimiter.length === 1 && delimiter < 0x80 && delimiter !== 32 && dialect.backslash < 0;
}

/** One reading of the table from its first line to its last. */
class TablePass {
  readonly #options: DelimitedTableOptions;
  readonly #source: TextSource;
  readonly #scanner: Scanner;
  readonly #signal: AbortSignal;
  readonly #dialect: RecordDialect;
  readonly #irregular: IrregularReader;
  readonly #fast: boolean;
  readonly #recordEnd: number;
  readonly #tail: TailWatch;
  #broken: BrokenRecord[] = [];
  #skipped: SkippedLine[] = [];
  #findings: Finding[] = [];
  #side = 0;
  #at = 0;
  #have = 0;
  #atEnd = false;
  #invalidFrom = -1;
  #busySince = performance.now();
  readonly #encoder = new TextEncoder();

  constructor(options: DelimitedTableOptions, source: TextSource, scanner: Scanner, signal: AbortSignal) {
    const { dialect, structure } = options;
    this.#options = options;
    this.#source = source;
    this.#scanner = scanner;
    this.#signal = signal;
    this.#dialect = recordDialect(dialect);
    this.#fast = isScannable(this.#dialect);
    this.#recordEnd = dialect.recordDelimiter === '\r' ? CR : LF;
    this.#tail = new TailWatch(structure.columns, structure.kinds);
    this.#irregular = new IrregularReader({
      dialect: this.#dialect,
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      comment: dialect.comment,
      columns: structure.columns,
      kinds: structure.kinds,
      maxBytes: MAX_RECORD_BYTES,
    });
    scanner.configure({
      delimiter: this.#dialect.delimiter[0] ?? LF,
      quote: this.#dialect.quote < 0 ? null : this.#dialect.quote,
      recordEnd: this.#recordEnd,
      comment: dialect.comment === '' ? null : dialect.comment.charCodeAt(0),
      columns: structure.columns,
      everyLineEnd: this.#dialect.endAtCr,
    });
  }

  async *events(): AsyncGenerator<TableEvent> {
    const { structure } = this.#options;
    this.#side = this.#scanner.sideOffset;
    this.#scanner.reset(structure.firstDataRow);
    if (structure.above.length > 0) yield { kind: 'skipped', lines: structure.above };
    let skip = structure.dataOffset;
    while (!this.#atEnd || this.#at < this.#have) {
      this.#signal.throwIfAborted();
      await this.#fill();
      this.#busySince = performance.now();
      const skipped = Math.min(skip, this.#have - this.#at);
      this.#at += skipped;
      skip -= skipped;
      while (this.#at < this.#have) {
        const progress = this.#step();
        if (progress === 'flush' || this.#scanner.full) yield* this.#flush();
        if (progress === 'refill') break;
        if (performance.now() - this.#busySince > MAX_BUSY_MS) {
          await new Promise((resolve) => setImmediate(resolve));
          this.#signal.throwIfAborted();
          this.#busySince = performance.now();
        }
      }
      yield* this.#flush();
    }
    this.#endTail();
    yield* this.#flush();
  }

  /** Moves what is left to the front and reads on. Spans of the current batch are invalid after it. */
  async #fill(): Promise<void> {
    const { bytes } = this.#scanner;
    if (this.#atEnd) return;
    bytes.copyWithin(0, this.#at, this.#have);
    this.#have -= this.#at;
    this.#at = 0;
    this.#invalidFrom = -1;
    // One byte stays free for the line end that a last line may lack.
    const written = await this.#source.fill(bytes.subarray(this.#have, TEXT_BYTES - 1));
    if (this.#source.sawInvalid) this.#invalidFrom = this.#have;
    this.#have += written;
    this.#atEnd = written === 0;
    if (!this.#atEnd || this.#have === 0) return;
    if (lineEndLength(bytes, this.#have - 1, this.#have, this.#dialect) > 0) return;
    bytes[this.#have] = this.#recordEnd;
    this.#have += 1;
    this.#tail.unterminated = true;
  }

  /** Takes records until something needs the host. */
  #step(): 'go on' | 'flush' | 'refill' {
    if (this.#fast) {
      const before = this.#scanner.records;
      const result = this.#scanner.scan(this.#at, this.#scanEnd());
      this.#at = this.#scanner.position;
      if (this.#scanner.records > before) this.#goodRecord();
      if (result === ScanResult.full) return 'flush';
      if (result === ScanResult.reachedEnd && this.#at >= this.#have) return 'refill';
      const mayGrow = !this.#atEnd && this.#have - this.#at < MAX_RECORD_BYTES;
      if (result === ScanResult.reachedEnd && mayGrow) return 'refill';
    }
    const outcome = this.#irregular.read(this.#scanner.bytes, this.#at, this.#have, this.#atEnd);
    return this.#take(outcome);
  }

  /** Where the scanner has to stop: before a CR at the end of the fill, which may be half of a CRLF. */
  #scanEnd(): number {
    const cut = !this.#atEnd && this.#recordEnd === CR && this.#scanner.bytes[this.#have - 1] === CR;
    return cut ? this.#have - 1 : this.#have;
  }

  #take(outcome: Outcome): 'go on' | 'flush' | 'refill' {
    const row = this.#scanner.line;
    switch (outcome.kind) {
      case 'incomplete':
        return 'refill';
      case 'endless':
        throw this.#endless(row);
      case 'blank':
      case 'comment':
        this.#takeSkipped({ row, kind: outcome.kind, text: outcome.text });
        break;
      case 'broken':
        this.#takeBroken(row, outcome.cells, outcome.codes);
        break;
      case 'record':
        if (this.#tail.holdsWidth(outcome.foundCells)) {
          this.#takeBroken(row, outcome.cells.slice(0, outcome.foundCells), ['reading.row_too_short']);
          break;
        }
        if (!this.#append(row, outcome.cells)) return 'flush';
        this.#goodRecord();
        for (const code of outcome.codes)
          this.#findings.push(rowFinding(code, row, outcome.cells, 'warning'));
        break;
    }
    this.#at = outcome.next;
    this.#scanner.setLine(row + outcome.lines);
    const waiting = this.#broken.length + this.#skipped.length + this.#findings.length;
    return waiting >= MAX_EVENT_ROWS ? 'flush' : 'go on';
  }

  #takeBroken(row: number, cells: readonly string[], codes: readonly RecordCode[]): void {
    const [code = 'reading.row_too_long'] = codes;
    const record = { row, cells, finding: rowFinding(code, row, cells, 'error') };
    if (this.#tail.take(record)) return;
    this.#drainTail();
    this.#broken.push(record);
  }

  #takeSkipped(line: SkippedLine): void {
    if (!this.#tail.holds(line)) this.#skipped.push(line);
  }

  #drainTail(): void {
    const { broken, skipped } = this.#tail.drain();
    this.#broken.push(...broken);
    this.#skipped.push(...skipped);
  }

  #goodRecord(): void {
    if (this.#tail.pending) this.#drainTail();
    this.#tail.reset();
  }

  #endTail(): void {
    const { broken, skipped, anotherTable } = this.#tail.finish(this.#options.dialect.delimiter);
    this.#broken.push(...broken);
    this.#skipped.push(...skipped);
    if (anotherTable !== null) this.#findings.push(anotherTable);
  }

  /** Writes a record's cells behind the text; false when there is no room until the next flush. */
  #append(row: number, cells: readonly string[]): boolean {
    const { bytes, starts, ends, rows, sideOffset } = this.#scanner;
    const size = cells.reduce((sum, cell) => sum + Buffer.byteLength(cell), 0);
    if (this.#side + size > sideOffset + SIDE_BYTES) return false;
    let slot = this.#scanner.records * this.#options.structure.columns;
    for (const cell of cells) {
      starts[slot] = this.#side;
      this.#side += this.#encoder.encodeInto(cell, bytes.subarray(this.#side)).written;
      ends[slot] = this.#side;
      slot += 1;
    }
    rows[this.#scanner.records] = row;
    this.#scanner.commitRecord();
    return true;
  }

  *#flush(): Generator<TableEvent> {
    const scanner = this.#scanner;
    const { records } = scanner;
    const { columns } = this.#options.structure;
    if (this.#skipped.length > 0) yield { kind: 'skipped', lines: this.#skipped };
    if (this.#broken.length > 0) yield { kind: 'broken', records: this.#broken };
    this.#skipped = [];
    this.#broken = [];
    if (records === 0 && this.#findings.length === 0) return;
    this.#noticeSuspicious();
    this.#noticeInvalid();
    const findings = this.#findings.sort((a, b) => a.row - b.row);
    this.#findings = [];
    yield {
      kind: 'batch',
      batch: {
        bytes: scanner.bytes,
        columns,
        records,
        starts: scanner.starts.subarray(0, records * columns),
        ends: scanner.ends.subarray(0, records * columns),
        kinds: null,
        rows: scanner.rows.subarray(0, records),
        bytesDone: this.#source.bytesDone,
        findings,
      },
    };
    scanner.reset(scanner.line);
    this.#side = scanner.sideOffset;
  }

  /** Two stray quotes in different rows make one well-formed record that swallows those between: it is told. */
  #noticeSuspicious(): void {
    const { bytes, starts, ends, rows, multi, multiRecords } = this.#scanner;
    const { columns } = this.#options.structure;
    if (columns < 3) return;
    const [delimiter] = this.#dialect.delimiter;
    for (let k = 0; k < multiRecords; k += 1) {
      const record = multi[k] ?? 0;
      for (let slot = record * columns; slot < (record + 1) * columns; slot += 1) {
        const cell = bytes.subarray(starts[slot], ends[slot]);
        if (!cell.includes(LF) && !cell.includes(CR)) continue;
        let delimiters = 0;
        let lineEnds = 0;
        for (const [at, byte] of cell.entries()) {
          if (byte === delimiter) delimiters += 1;
          else if (byte === LF || (byte === CR && cell[at + 1] !== LF)) lineEnds += 1;
        }
        if (delimiters !== (columns - 1) * lineEnds) continue;
        const text = Buffer.from(cell).toString('utf8');
        this.#findings.push(rowFinding('reading.suspicious_quotes', rows[record] ?? 0, [text], 'warning'));
      }
    }
  }

  /** Rows that hold U+FFFD in a text that had damaged characters. */
  #noticeInvalid(): void {
    if (this.#invalidFrom < 0) return;
    const { bytes, starts, ends, rows, records, sideOffset } = this.#scanner;
    const { columns } = this.#options.structure;
    for (let record = 0; record < records; record += 1) {
      const from = starts[record * columns] ?? 0;
      const to = ends[(record + 1) * columns - 1] ?? 0;
      if (from >= sideOffset) continue;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, to - from));
      if (!text.includes('\ufffd')) continue;
      this.#findings.push(
        rowFinding('reading.invalid_characters', rows[record] ?? 0, [text.toString('utf8')], 'warning'),
      );
    }
  }

  #endless(row: number): AppError {
    const { fileName } = this.#options;
    const rest = this.#scanner.bytes.subarray(this.#at, this.#have);
    if (rest.every((byte) => byte === 0))
      return new AppError('reading.only_zero_bytes', 'input', { fileName });
    const limitMb = MAX_RECORD_BYTES / 1024 / 1024;
    return new AppError('reading.line_too_long', 'limit', { fileName, row, limitMb });
  }
}
