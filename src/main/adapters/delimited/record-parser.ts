import type { Dialect } from '#shared/domain/tables';

const LF = 10;
const CR = 13;
const SPACE = 32;
const APOSTROPHE = 39;
/** A quoted value with more quotation marks out of place than this was never one: keeps damaged files linear. */
const MAX_STRAYS = 16;

/** A dialect as bytes. */
export interface RecordDialect {
  readonly delimiter: Uint8Array;
  /** -1 when values are never quoted. */
  readonly quote: number;
  /** The byte that makes the next quote literal; -1 when quotes are doubled or there is no escape. */
  readonly backslash: number;
  readonly endAtLf: boolean;
  readonly endAtCr: boolean;
}

export function recordDialect(dialect: Dialect): RecordDialect {
  return {
    delimiter: Buffer.from(dialect.delimiter, 'utf8'),
    quote: dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0),
    backslash: dialect.escape === '\\' ? 92 : -1,
    endAtLf: dialect.recordDelimiter !== '\r',
    endAtCr: dialect.recordDelimiter === '\r' || dialect.recordDelimiter === 'mixed',
  };
}

export interface ParsedRecord {
  readonly cells: readonly string[];
  /** Offset behind the record and its line end. */
  readonly next: number;
  /** Physical lines of the record. */
  readonly lines: number;
  /** A quotation mark stands where none may stand. */
  readonly stray: boolean;
  /** One of them stands inside a quoted value, so that there are several ways to take it. */
  readonly strayInQuotes: boolean;
  /** A quoted value has no end. */
  readonly unclosed: boolean;
  /** Whether the line end that closes the record was there (not the end of the data). */
  readonly terminated: boolean;
}

/**
 * How a quotation mark out of place is taken: `inside`, as text of its quoted value; `closing`, as the end of the
 * quotes with text behind it; `plain`, the whole value as it stands.
 */
export type StrayPolicy = 'inside' | 'closing' | 'plain';

/** Length of the line end at `at`: 0, 1 or 2. */
export function lineEndLength(bytes: Uint8Array, at: number, to: number, dialect: RecordDialect): number {
  const byte = bytes[at];
  if (byte === LF) return dialect.endAtLf || dialect.endAtCr ? 1 : 0;
  if (byte !== CR) return 0;
  if (at + 1 < to && bytes[at + 1] === LF) return 2;
  return dialect.endAtCr ? 1 : 0;
}

/** Where the line that begins at `from` ends, and how long its line end is (0 at the end of the data). */
export function physicalLine(
  bytes: Uint8Array,
  from: number,
  to: number,
  dialect: RecordDialect,
): { end: number; next: number } {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > CR) continue;
    const length = lineEndLength(bytes, at, to, dialect);
    if (length > 0) return { end: at, next: at + length };
  }
  return { end: to, next: to };
}

/**
 * Reads one record that begins at `from`, tolerantly: nothing is refused here, what is out of place is told. With
 * `policy` other than `inside` or with `oneLine`, the record ends with its first line.
 */
export function parseRecord(
  bytes: Uint8Array,
  from: number,
  to: number,
  dialect: RecordDialect,
  policy: StrayPolicy = 'inside',
  oneLine = false,
): ParsedRecord {
  const limit = oneLine || policy !== 'inside' ? physicalLine(bytes, from, to, dialect).next : to;
  return new RecordCursor(bytes, from, limit, dialect, policy).read();
}

const specials = new WeakMap<RecordDialect, Uint8Array>();

/** 1 for each byte at which a plain value may end or be out of the ordinary. */
function specialBytes(dialect: RecordDialect): Uint8Array {
  let table = specials.get(dialect);
  if (table === undefined) {
    table = new Uint8Array(256);
    for (const byte of [dialect.delimiter[0] ?? 0, LF, CR, dialect.quote, dialect.backslash]) {
      if (byte >= 0) table[byte] = 1;
    }
    specials.set(dialect, table);
  }
  return table;
}

class RecordCursor {
  readonly #bytes: Buffer;
  readonly #special: Uint8Array;
  readonly #to: number;
  readonly #dialect: RecordDialect;
  readonly #policy: StrayPolicy;
  readonly #first: number;
  #at: number;
  #lines = 1;
  #stray = false;
  #unclosed = false;
  #strayInQuotes = false;
  #strays = 0;

  constructor(bytes: Uint8Array, from: number, to: number, dialect: RecordDialect, policy: StrayPolicy) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#special = specialBytes(dialect);
    this.#at = from;
    this.#to = to;
    this.#dialect = dialect;
    this.#policy = policy;
    this.#first = dialect.delimiter[0] ?? 0;
  }

  read(): ParsedRecord {
    const cells: string[] = [];
    for (;;) {
      cells.push(this.#cell());
      const width = this.#delimiterAt(this.#at);
      if (width > 0) {
        this.#at += width;
        continue;
      }
      const end = this.#at < this.#to ? lineEndLength(this.#bytes, this.#at, this.#to, this.#dialect) : 0;
      return {
        cells,
        next: this.#at + end,
        lines: this.#lines,
        stray: this.#stray,
        strayInQuotes: this.#strayInQuotes,
        unclosed: this.#unclosed,
        terminated: end > 0,
      };
    }
  }

  #decode(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, to);
  }

  #delimiterAt(at: number): number {
    const { delimiter } = this.#dialect;
    if (at >= this.#to || this.#bytes[at] !== this.#first) return 0;
    for (let k = 1; k < delimiter.length; k += 1) {
      if (at + k >= this.#to || this.#bytes[at + k] !== delimiter[k]) return 0;
    }
    return delimiter.length;
  }

  /** True where a cell ends: a delimiter, a line end or the end of the data. */
  #cellEndsAt(at: number): boolean {
    if (at >= this.#to || this.#delimiterAt(at) > 0) return true;
    const byte = this.#bytes[at] ?? 0;
    return byte <= CR && lineEndLength(this.#bytes, at, this.#to, this.#dialect) > 0;
  }

  #cell(): string {
    const { quote } = this.#dialect;
    if (quote < 0) return this.#plainCell(false);
    const start = this.#at;
    let at = start;
    while (at < this.#to && this.#bytes[at] === SPACE && this.#delimiterAt(at) === 0) at += 1;
    if (this.#bytes[at] !== quote || at >= this.#to) return this.#plainCell(true);
    this.#at = at + 1;
    const lines = this.#lines;
    const text = this.#quotedCell();
    if (text !== null && (at === start || !this.#stray)) return text;
    // Never closed, or spaces before something that is no quoted value: as it stands.
    this.#at = start;
    this.#lines = lines;
    if (text === null) this.#unclosed = true;
    return this.#plainCell(true);
  }

  /** A quoted value behind its opening quote; null when it has no end or the policy takes it as it stands. */
  #quotedCell(): string | null {
    const { quote, backslash } = this.#dialect;
    let text = '';
    let from = this.#at;
    let lines = 0;
    let at = from;
    for (; at < this.#to; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      if (this.#special[byte] === 0) continue;
      if (byte === LF || byte === CR) {
        const length = lineEndLength(this.#bytes, at, this.#to, this.#dialect);
        if (length > 0) lines += 1;
        if (length === 2) at += 1;
        continue;
      }
      if (byte === backslash && at + 1 < this.#to) {
        const next = this.#bytes[at + 1];
        if (next === quote || next === backslash) {
          text += this.#decode(from, at);
          from = at + 1;
          at += 1;
        }
        continue;
      }
      if (byte !== quote) continue;
      if (at + 1 < this.#to && this.#bytes[at + 1] === quote) {
        text += this.#decode(from, at + 1);
        from = at + 2;
        at += 1;
        continue;
      }
      let after = at + 1;
      while (after < this.#to && this.#bytes[after] === SPACE && this.#delimiterAt(after) === 0) after += 1;
      if (this.#cellEndsAt(after)) {
        text += this.#decode(from, at);
        this.#at = after;
        this.#lines += lines;
        return text;
      }
      this.#stray = true;
      this.#strayInQuotes = true;
      this.#strays += 1;
      if (this.#policy === 'plain' || this.#strays > MAX_STRAYS) return null;
      if (this.#policy === 'closing') {
        text += this.#decode(from, at);
        this.#at = at + 1;
        this.#lines += lines;
        return text + this.#plainCell(true);
      }
    }
    return null;
  }

  #plainCell(watchQuotes: boolean): string {
    const { quote, backslash } = this.#dialect;
    const start = this.#at;
    let at = start;
    let text = '';
    let from = start;
    for (;;) {
      while (at < this.#to && this.#special[this.#bytes[at] ?? 0] === 0) at += 1;
      if (this.#cellEndsAt(at)) break;
      const byte = this.#bytes[at];
      if (byte === backslash && this.#escapes(at + 1)) {
        text += this.#decode(from, at);
        from = at + 1;
        at += 2;
        continue;
      }
      // An apostrophe inside a plain value is ordinary, also where values are quoted with apostrophes.
      if (watchQuotes && byte === quote && (quote !== APOSTROPHE || at === start)) this.#stray = true;
      at += 1;
    }
    this.#at = Math.min(at, this.#to);
    return text + this.#decode(from, this.#at);
  }

  /** Whether a backslash before `at` is an escape there: before a quote, a delimiter or a backslash. */
  #escapes(at: number): boolean {
    if (at >= this.#to) return false;
    const { quote, backslash } = this.#dialect;
    const byte = this.#bytes[at];
    return byte === quote || byte === backslash || this.#delimiterAt(at) > 0;
  }
}
