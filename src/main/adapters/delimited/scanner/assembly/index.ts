// Structure of delimited text, 64 bytes at a time: which bytes end cells and records, told from those inside quotes.
// Stops at each record that is not plainly regular; the host reads that one tolerantly and goes on behind it.
// Built by scripts/build-scanner.mts into scanner-wasm.generated.ts.

const REACHED_END: i32 = 0;
const IRREGULAR: i32 = 1;
const FULL: i32 = 2;
const LF: u8 = 10;
const CR: u8 = 13;

let delimiter: u8 = 44;
let quote: u8 = 34;
let recordEnd: u8 = LF;
let comment: u8 = 0xff;
let columns: i32 = 1;
let maxRecordBytes: i32 = 0;
let everyLineEnd: bool = false;
let startsAt: usize = 0;
let endsAt: usize = 0;
let rowsAt: usize = 0;
let multiAt: usize = 0;
let cellCapacity: i32 = 0;
let rowCapacity: i32 = 0;
let multiCapacity: i32 = 0;

/** Records written so far, and of them those that hold line ends. */
export let records: i32 = 0;
export let multiRecords: i32 = 0;
/** Where the first record begins that was not taken. */
export let position: i32 = 0;
/** Physical line of `position`. */
export let line: f64 = 1;

/** `every`: LF, CRLF and a lone CR all count as physical line ends, not only `e`. */
export function setDialect(d: i32, q: i32, e: i32, c: i32, width: i32, maxRecord: i32, every: bool): void {
  delimiter = <u8>d;
  quote = <u8>q;
  recordEnd = <u8>e;
  comment = <u8>c;
  columns = width;
  maxRecordBytes = maxRecord;
  everyLineEnd = every;
}

export function setTargets(
  starts: usize,
  ends: usize,
  cells: i32,
  rows: usize,
  rowCount: i32,
  multi: usize,
  multiCount: i32,
): void {
  startsAt = starts;
  endsAt = ends;
  cellCapacity = cells;
  rowsAt = rows;
  rowCapacity = rowCount;
  multiAt = multi;
  multiCapacity = multiCount;
}

export function setRecords(count: i32, multi: i32, physicalLine: f64): void {
  records = count;
  multiRecords = multi;
  line = physicalLine;
}

function mask(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    (<u64>i8x16.bitmask(i8x16.eq(a, byte))) |
    ((<u64>i8x16.bitmask(i8x16.eq(b, byte))) << 16) |
    ((<u64>i8x16.bitmask(i8x16.eq(c, byte))) << 32) |
    ((<u64>i8x16.bitmask(i8x16.eq(d, byte))) << 48)
  );
}

/** True when every quote in [from, to) stands beside its double. */
function paired(base: usize, from: i32, to: i32): bool {
  let i = from;
  while (i < to) {
    if (load<u8>(base + i) == quote) {
      if (i + 1 >= to || load<u8>(base + i + 1) != quote) return false;
      i += 2;
    } else i += 1;
  }
  return true;
}

/** Writes doubled quotes of a record's cells once, in place. */
function unescape(base: usize, first: i32): void {
  for (let k = first; k < first + columns; k++) {
    const start = <i32>load<u32>(startsAt + ((<usize>k) << 2));
    const end = <i32>load<u32>(endsAt + ((<usize>k) << 2));
    let write = start;
    for (let read = start; read < end; read++) {
      const byte = load<u8>(base + read);
      store<u8>(base + write, byte);
      write += 1;
      if (byte == quote) read += 1;
    }
    store<u32>(endsAt + ((<usize>k) << 2), <u32>write);
  }
}

/**
 * Takes regular records of [from, to) at `base`, whose first byte begins a record. 64 bytes behind `to` must be
 * readable.
 */
export function scan(base: usize, from: i32, to: i32): i32 {
  const vDelimiter = i8x16.splat(<i8>delimiter);
  const vQuote = i8x16.splat(<i8>quote);
  const vEnd = i8x16.splat(<i8>recordEnd);
  const foreignByte: u8 = recordEnd == LF ? CR : LF;
  const vForeign = i8x16.splat(<i8>foreignByte);
  const vZero = i8x16.splat(0);
  const lineFeeds = recordEnd == LF;

  let inside: u64 = 0;
  let quotes: i32 = 0;
  let quotesBefore: i32 = 0;
  let recordStart = from;
  let cellStart = from;
  let cells: i32 = 0;
  let bad = false;
  let escapes = false;
  let endsSeen: i32 = 0;
  let endsBefore: i32 = 0;
  let firstCell = records * columns;
  const firstLine = line;
  position = from;

  for (let block = from; block < to; block += 64) {
    if (block - recordStart > maxRecordBytes) {
      position = recordStart;
      line = firstLine + <f64>endsBefore;
      return IRREGULAR;
    }
    const at = base + block;
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const left: u64 = to - block;
    const all: u64 = ~0;
    const one: u64 = 1;
    const valid: u64 = left >= 64 ? all : (one << left) - 1;
    const mQuote = mask(a, b, c, d, vQuote) & valid;
    const mEnd = mask(a, b, c, d, vEnd) & valid;
    const mForeign = mask(a, b, c, d, vForeign) & valid;
    let x = mQuote;
    if (x != 0) {
      x ^= x << 1;
      x ^= x << 2;
      x ^= x << 4;
      x ^= x << 8;
      x ^= x << 16;
      x ^= x << 32;
    }
    x ^= inside;
    inside = <u64>((<i64>x) >> 63);
    let suspect = mask(a, b, c, d, vZero) & valid;
    let mLines = mEnd;
    // Where CR ends records, the LF of a CRLF may be the first byte of the next block.
    if (mForeign != 0 || (!lineFeeds && mEnd >> 63 != 0)) {
      const next: u64 = block + 64 < to && load<u8>(at, 64) == LF ? 1 : 0;
      const mLf = lineFeeds ? mEnd : mForeign;
      const aloneCr = (lineFeeds ? mForeign : mEnd) & ~((mLf >> 1) | (next << 63));
      // There, a CRLF is one line end: the host takes it, so that its LF begins no line of its own.
      suspect |= (lineFeeds ? aloneCr : mForeign | (mEnd & ~aloneCr)) & ~x;
      if (everyLineEnd) mLines = mLf | aloneCr;
    }
    let structural = ((mask(a, b, c, d, vDelimiter) & valid) | mEnd) & ~x;
    while (structural != 0) {
      const bit = ctz(structural);
      structural &= structural - 1;
      const p = block + <i32>bit;
      const below: u64 = ((<u64>1) << bit) - 1;
      const isEnd = ((mEnd >> bit) & 1) != 0;
      const quotesNow = quotes + <i32>popcnt(mQuote & below);
      let start = cellStart;
      let end = p;
      if (isEnd && lineFeeds && p > cellStart && load<u8>(base + p - 1) == CR) end -= 1;
      const inCell = quotesNow - quotesBefore;
      if (inCell != 0) {
        if (end - start < 2 || load<u8>(base + start) != quote || load<u8>(base + end - 1) != quote) {
          bad = true;
        } else {
          start += 1;
          end -= 1;
          if (inCell > 2) {
            if (paired(base, start, end)) escapes = true;
            else bad = true;
          }
        }
      }
      if (cells < columns) {
        const slot = (<usize>(firstCell + cells)) << 2;
        store<u32>(startsAt + slot, <u32>start);
        store<u32>(endsAt + slot, <u32>end);
      }
      cells += 1;
      cellStart = p + 1;
      quotesBefore = quotesNow;
      if (!isEnd) continue;

      const through = below | ((<u64>1) << bit);
      if ((suspect & through) != 0) bad = true;
      suspect &= ~through;
      const first = load<u8>(base + recordStart);
      if (columns == 1 && first != quote && end == recordStart) bad = true;
      if (bad || cells != columns || first == comment) {
        position = recordStart;
        line = firstLine + <f64>endsBefore;
        return IRREGULAR;
      }
      if (escapes) {
        unescape(base, firstCell);
        escapes = false;
      }
      const endsNow = endsSeen + <i32>popcnt(mLines & through);
      store<f64>(rowsAt + ((<usize>records) << 3), firstLine + <f64>endsBefore);
      if (endsNow - endsBefore > 1) {
        store<u32>(multiAt + ((<usize>multiRecords) << 2), <u32>records);
        multiRecords += 1;
      }
      records += 1;
      firstCell += columns;
      endsBefore = endsNow;
      recordStart = p + 1;
      cells = 0;
      if (firstCell + columns > cellCapacity || records >= rowCapacity || multiRecords >= multiCapacity) {
        position = recordStart;
        line = firstLine + <f64>endsBefore;
        return FULL;
      }
    }
    if (suspect != 0) bad = true;
    quotes += <i32>popcnt(mQuote);
    endsSeen += <i32>popcnt(mLines);
  }
  position = recordStart;
  line = firstLine + <f64>endsBefore;
  return REACHED_END;
}
