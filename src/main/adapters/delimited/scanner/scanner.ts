import { SCANNER_WASM_BASE64 } from './scanner-wasm.generated.ts';

/** Longest record that is read; longer ones are damage. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;
/** Room for text: what is left of the last fill, and three times a fill. */
export const TEXT_BYTES = MAX_RECORD_BYTES + 26 * 1024 * 1024;
/** Room behind the text for cells that were rewritten. */
export const SIDE_BYTES = 12 * 1024 * 1024;

const PAGE = 65_536;
const TEXT_AT = PAGE;
const SIDE_OFFSET = TEXT_BYTES + 64;
const CELLS = 2 * 1024 * 1024;
const ROWS = 512 * 1024;
const MULTI = 64 * 1024;
const STARTS_AT = TEXT_AT + SIDE_OFFSET + SIDE_BYTES;
const ENDS_AT = STARTS_AT + CELLS * 4;
const ROWS_AT = ENDS_AT + CELLS * 4;
const MULTI_AT = ROWS_AT + ROWS * 8;
const TOTAL = MULTI_AT + MULTI * 4;

/** A byte that UTF-8 never has: stands for "no such character". */
const NEVER = 0xff;

export const ScanResult = { reachedEnd: 0, irregular: 1, full: 2 } as const;

interface ScannerExports {
  readonly records: WebAssembly.Global;
  readonly multiRecords: WebAssembly.Global;
  readonly position: WebAssembly.Global;
  readonly line: WebAssembly.Global;
  setDialect(...args: readonly number[]): void;
  setTargets(...args: readonly number[]): void;
  setRecords(count: number, multi: number, line: number): void;
  scan(base: number, from: number, to: number): number;
}

let compiled: WebAssembly.Module | null = null;

/** One instance of the WebAssembly scanner with its memory: text, spans of cells, rows. */
export class Scanner {
  /** Text at 0, rewritten cells from `sideOffset` on; cell spans are offsets into this. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sideOffset = SIDE_OFFSET;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly rows: Float64Array;
  readonly multi: Uint32Array;
  readonly #exports: ScannerExports;
  #columns = 1;

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(SCANNER_WASM_BASE64, 'base64'));
    const memory = new WebAssembly.Memory({ initial: Math.ceil(TOTAL / PAGE) + 1 });
    const instance = new WebAssembly.Instance(compiled, { env: { memory } });
    // The shape is fixed by assembly/index.ts, which the generated module is compiled from.
    this.#exports = instance.exports as unknown as ScannerExports;
    const { buffer } = memory;
    this.bytes = new Uint8Array(buffer, TEXT_AT, SIDE_OFFSET + SIDE_BYTES);
    this.starts = new Uint32Array(buffer, STARTS_AT, CELLS);
    this.ends = new Uint32Array(buffer, ENDS_AT, CELLS);
    this.rows = new Float64Array(buffer, ROWS_AT, ROWS);
    this.multi = new Uint32Array(buffer, MULTI_AT, MULTI);
    this.#exports.setTargets(STARTS_AT, ENDS_AT, CELLS, ROWS_AT, ROWS, MULTI_AT, MULTI);
  }

  /** Bytes of single characters; null for none. `recordEnd` is 10 or 13. */
  configure(options: {
    delimiter: number;
    quote: number | null;
    recordEnd: number;
    comment: number | null;
    columns: number;
    /** Count LF, CRLF and lone CR as physical lines, not only `recordEnd`. */
    everyLineEnd: boolean;
  }): void {
    this.#columns = options.columns;
    this.#exports.setDialect(
      options.delimiter,
      options.quote ?? NEVER,
      options.recordEnd,
      options.comment ?? NEVER,
      options.columns,
      MAX_RECORD_BYTES,
      options.everyLineEnd ? 1 : 0,
    );
  }

  /** Takes regular records of `[from, to)`; then `position` and `line` say where it stopped. */
  scan(from: number, to: number): number {
    return this.#exports.scan(TEXT_AT, from, to);
  }

  get records(): number {
    return Number(this.#exports.records.value);
  }
  get multiRecords(): number {
    return Number(this.#exports.multiRecords.value);
  }
  get position(): number {
    return Number(this.#exports.position.value);
  }
  get line(): number {
    return Number(this.#exports.line.value);
  }

  /** True when one more record would not fit. */
  get full(): boolean {
    return (this.records + 1) * this.#columns > CELLS || this.records >= ROWS;
  }

  reset(line: number): void {
    this.#exports.setRecords(0, 0, line);
  }

  /** Goes on at another physical line. */
  setLine(line: number): void {
    this.#exports.setRecords(this.records, this.multiRecords, line);
  }

  /** Counts a record whose cells the host has written to `starts`, `ends` and `rows`. */
  commitRecord(): void {
    this.#exports.setRecords(this.records + 1, this.multiRecords, this.line);
  }
}

const idle: Scanner[] = [];

/** Takes a scanner from the pool: instances reserve much address space, and thousands of files may be read. */
export function acquireScanner(): Scanner {
  return idle.pop() ?? new Scanner();
}

export function releaseScanner(scanner: Scanner): void {
  if (idle.length < 2) idle.push(scanner);
}
