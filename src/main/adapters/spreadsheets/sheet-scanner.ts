import { CellKind } from '../../services/reading/ports.ts';
import { MAX_COLUMNS, MAX_ROWS, columnOf, wholeNumber } from './cell-reference.ts';
import { plainDecimal } from './plain-decimal.ts';
import type { RowSink } from './row-sink.ts';
import { serialToClock, serialToIso, type DateSystem } from './serial-dates.ts';
import type { SharedStrings } from './shared-strings.ts';
import { STYLE_MEANING } from './workbook-parts.ts';
import { ByteRun, TagKind, XmlBytes, isWord, unescapeXString } from './xml-bytes.ts';

const CellType = { number: 0, shared: 1, boolean: 2, error: 3, formulaText: 4, inline: 5, date: 6 } as const;
const MISSING_TEXT = Buffer.from('#MISSING_TEXT!');
const TRUE = Buffer.from('TRUE');
const FALSE = Buffer.from('FALSE');

export interface SheetContext {
  readonly fileName: string;
  readonly sheet: string;
  readonly strings: SharedStrings;
  readonly styles: Uint8Array;
  readonly dateSystem: DateSystem;
}

/**
 * Reads the XML of a sheet (ECMA-376 part 1, 18.3) byte by byte into a {@link RowSink}. `push` a chunk, then call
 * `run` until it answers false: true means that the sink wants to hand over what it has. Rows and cells without
 * references count on from the one before. Errors: `reading.workbook_damaged`, `reading.workbook_entities`.
 */
export class SheetScanner {
  /** First row of each merged range, in the order of the file; at most 1,000 are kept. */
  readonly mergedRows: number[] = [];
  mergedRanges = 0;
  private readonly xml: XmlBytes;
  private readonly context: SheetContext;
  private readonly sink: RowSink;
  private readonly text = new ByteRun();
  private readonly formula = new ByteRun();
  private inData = false;
  private inRow = false;
  private row = 0;
  private column = -1;
  private type: number = CellType.number;
  private style = 0;
  private inCell = false;
  private inValue = false;
  private inFormula = false;
  private inPhonetic = false;
  private hasFormula = false;

  constructor(context: SheetContext, sink: RowSink) {
    this.context = context;
    this.sink = sink;
    this.xml = new XmlBytes(context.fileName);
  }

  push(chunk: Uint8Array): void {
    this.xml.push(chunk);
  }

  /** To be called after the last chunk. */
  finish(): void {
    if (!this.xml.isAtEnd() || this.inRow || this.inData) {
      throw this.xml.damaged(`sheet “${this.context.sheet}” ends in the middle`);
    }
  }

  run(): boolean {
    const { xml } = this;
    while (xml.next()) {
      if (this.inValue) this.text.appendXml(xml.buf, xml.textStart, xml.textEnd);
      else if (this.inFormula) this.formula.appendXml(xml.buf, xml.textStart, xml.textEnd);
      const { kind, buf, nameStart, nameEnd } = xml;
      if (kind >= TagKind.cdata) {
        if (kind === TagKind.cdata && this.inValue) this.text.append(buf, nameStart, nameEnd);
        continue;
      }
      const length = nameEnd - nameStart;
      const first = buf[nameStart] ?? 0;
      if (!this.inData) {
        if (length === 9) this.outsideData();
      } else if (length === 1) {
        if (first === 0x63) {
          if (kind !== TagKind.close) this.openCell();
          if (kind !== TagKind.open) this.closeCell();
        } else if (first === 0x76 || (first === 0x74 && this.type === CellType.inline)) {
          this.inValue = kind === TagKind.open && this.inCell && !this.inPhonetic;
          xml.keepText = this.inValue;
        } else if (first === 0x66) this.formulaTag(kind);
      } else if (length === 3 && isWord(buf, nameStart, nameEnd, 'row')) {
        if (kind !== TagKind.close) this.openRow();
        if (kind !== TagKind.open && this.closeRow()) return true;
      } else if (length === 3 && isWord(buf, nameStart, nameEnd, 'rPh'))
        this.inPhonetic = kind === TagKind.open;
      else if (length === 9 && isWord(buf, nameStart, nameEnd, 'sheetData') && kind === TagKind.close) {
        if (this.inRow || this.inCell)
          throw xml.damaged(`sheet “${this.context.sheet}” has a row that never ends`);
        this.inData = false;
      }
    }
    return false;
  }

  private outsideData(): void {
    const { buf, nameStart, nameEnd, kind } = this.xml;
    if (isWord(buf, nameStart, nameEnd, 'sheetData')) this.inData = kind === TagKind.open;
    else if (kind !== TagKind.close && isWord(buf, nameStart, nameEnd, 'mergeCell')) {
      this.mergedRanges += 1;
      if (this.mergedRows.length >= 1_000) return;
      const attributes = Buffer.from(
        buf.buffer,
        buf.byteOffset + nameEnd,
        this.xml.tagEnd - nameEnd,
      ).toString('latin1');
      const row = /ref\s*=\s*["'][A-Z]+(\d+)/i.exec(attributes)?.[1];
      if (row !== undefined) this.mergedRows.push(Number(row));
    }
  }

  /** Calls back with each attribute of a one-letter name; others do not matter here. */
  private readAttributes(isRow: boolean): void {
    const { buf, nameEnd, tagEnd } = this.xml;
    let at = nameEnd;
    while (at < tagEnd) {
      while (at < tagEnd && ((buf[at] ?? 0) <= 0x20 || buf[at] === 0x2f)) at += 1;
      const start = at;
      while (at < tagEnd && buf[at] !== 0x3d && (buf[at] ?? 0) > 0x20) at += 1;
      const end = at;
      while (at < tagEnd && buf[at] !== 0x22 && buf[at] !== 0x27) at += 1;
      const quote = buf[at];
      const valueStart = at + 1;
      at = valueStart;
      while (at < tagEnd && buf[at] !== quote) at += 1;
      if (end - start === 1) this.attribute(isRow, buf[start] ?? 0, valueStart, at);
      at += 1;
    }
  }

  private attribute(isRow: boolean, name: number, start: number, end: number): void {
    const { buf } = this.xml;
    if (name === 0x72) {
      if (isRow) {
        const row = wholeNumber(buf, start, end);
        if (row < 1) throw this.xml.damaged(`sheet “${this.context.sheet}” has a row without a valid number`);
        this.row = row;
      } else {
        const column = columnOf(buf, start, end);
        if (column < 0)
          throw this.xml.damaged(`sheet “${this.context.sheet}” has a cell without a valid place`);
        this.column = column;
      }
    } else if (isRow) return;
    else if (name === 0x73) this.style = Math.max(0, wholeNumber(buf, start, end));
    else if (name === 0x74) this.type = this.typeOf(start, end);
  }

  private typeOf(start: number, end: number): number {
    const { buf } = this.xml;
    if (end - start === 1) {
      const letter = buf[start];
      if (letter === 0x73) return CellType.shared;
      if (letter === 0x62) return CellType.boolean;
      if (letter === 0x65) return CellType.error;
      return letter === 0x64 ? CellType.date : CellType.number;
    }
    if (isWord(buf, start, end, 'str')) return CellType.formulaText;
    return isWord(buf, start, end, 'inlineStr') ? CellType.inline : CellType.number;
  }

  private openRow(): void {
    if (this.inRow) throw this.xml.damaged(`sheet “${this.context.sheet}” has a row inside a row`);
    const before = this.row;
    this.row = before + 1;
    this.readAttributes(true);
    if (this.row <= before || this.row > MAX_ROWS) {
      throw this.xml.damaged(`sheet “${this.context.sheet}” has row ${this.row} after row ${before}`);
    }
    this.inRow = true;
    this.column = -1;
    this.sink.startRow(this.row);
  }

  private closeRow(): boolean {
    if (!this.inRow || this.inCell)
      throw this.xml.damaged(`sheet “${this.context.sheet}” has a row out of place`);
    this.inRow = false;
    return this.sink.endRow();
  }

  private openCell(): void {
    if (!this.inRow || this.inCell)
      throw this.xml.damaged(`sheet “${this.context.sheet}” has a cell out of place`);
    this.inCell = true;
    this.type = CellType.number;
    this.style = 0;
    this.hasFormula = false;
    this.text.length = 0;
    this.formula.length = 0;
    this.column += 1;
    this.readAttributes(false);
    if (this.column >= MAX_COLUMNS)
      throw this.xml.damaged(`sheet “${this.context.sheet}” has too many columns`);
  }

  private formulaTag(kind: number): void {
    if (kind === TagKind.close) {
      this.inFormula = false;
      this.xml.keepText = false;
      return;
    }
    this.hasFormula = true;
    this.inFormula = kind === TagKind.open;
    this.xml.keepText = this.inFormula;
  }

  private closeCell(): void {
    if (!this.inCell) throw this.xml.damaged(`sheet “${this.context.sheet}” has a cell out of place`);
    this.inCell = false;
    this.inValue = false;
    this.xml.keepText = false;
    const { text, sink, column } = this;
    if (text.length === 0) {
      if (this.hasFormula && this.type !== CellType.formulaText) this.uncomputed();
      return;
    }
    switch (this.type) {
      case CellType.shared:
        this.shared();
        return;
      case CellType.number:
        this.number();
        return;
      case CellType.boolean: {
        const word = text.bytes[0] === 0x31 || text.bytes[0] === 0x74 ? TRUE : FALSE;
        sink.cell(column, CellKind.boolean, word, 0, word.length);
        return;
      }
      case CellType.error:
        sink.cell(column, CellKind.error, text.bytes, 0, text.length);
        return;
      case CellType.date:
        this.isoDate();
        return;
      default:
        unescapeXString(text);
        sink.cell(column, CellKind.text, text.bytes, 0, text.length);
    }
  }

  private shared(): void {
    const { strings } = this.context;
    const index = wholeNumber(this.text.bytes, 0, this.text.length);
    if (index < 0 || index >= strings.count) {
      this.sink.cell(this.column, CellKind.error, MISSING_TEXT, 0, MISSING_TEXT.length);
    } else {
      this.sink.cell(
        this.column,
        CellKind.text,
        strings.blockOf(index),
        strings.startOf(index),
        strings.endOf(index),
      );
    }
  }

  private uncomputed(): void {
    const shown = Buffer.from(
      `=${Buffer.from(this.formula.bytes.subarray(0, this.formula.length)).toString('utf8')}`,
    );
    this.sink.cell(this.column, CellKind.uncomputed, shown, 0, shown.length);
  }

  private number(): void {
    const { text, sink, column } = this;
    const meaning = this.context.styles[this.style] ?? STYLE_MEANING.number;
    if (meaning === STYLE_MEANING.number && isPlain(text.bytes, text.length)) {
      sink.cell(column, CellKind.number, text.bytes, 0, text.length);
      return;
    }
    const written = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.length)
      .toString('latin1')
      .trim();
    if (meaning !== STYLE_MEANING.number) {
      const serial = /^[-+.\dEe]+$/.test(written) ? Number(written) : Number.NaN;
      if (this.dateOrTime(serial, meaning)) return;
    }
    const plain = plainDecimal(written);
    this.put(plain === null ? CellKind.text : CellKind.number, plain ?? written);
  }

  /** Puts the date of a serial; false when the number is shown as a number even under a date format. */
  private dateOrTime(serial: number, meaning: number): boolean {
    const { dateSystem } = this.context;
    if (meaning === STYLE_MEANING.time && serial >= 0 && serial < 1) {
      this.put(CellKind.text, serialToClock(serial));
      return true;
    }
    const iso = serialToIso(serial, dateSystem);
    if (iso !== null) {
      this.put(CellKind.date, iso);
      return true;
    }
    if (dateSystem !== 'excel-1900' || !(serial >= 0)) return false;
    // What Excel shows for its day 0 and its day 60, which are no days: text, so that nobody takes them for one.
    const day = Math.floor(serial);
    if (day !== 0 && day !== 60) return false;
    this.put(CellKind.text, day === 0 ? '1900-01-00' : '1900-02-29');
    return true;
  }

  private isoDate(): void {
    const written = Buffer.from(this.text.bytes.subarray(0, this.text.length)).toString('utf8').trim();
    const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(\.\d{1,9})?Z?)?$/.exec(written);
    if (!match) {
      this.put(CellKind.text, written);
      return;
    }
    const fraction = (match[3] ?? '').slice(0, 7).replace(/\.?0+$/, '');
    const time =
      match[2] === undefined || (match[2] === '00:00:00' && fraction === '') ? '' : `T${match[2]}${fraction}`;
    this.put(CellKind.date, `${match[1] ?? ''}${time}`);
  }

  private put(kind: number, value: string): void {
    const { text } = this;
    text.length = 0;
    text.reserve(value.length * 3);
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        const bytes = Buffer.from(value);
        this.sink.cell(this.column, kind, bytes, 0, bytes.length);
        return;
      }
      text.bytes[index] = code;
    }
    this.sink.cell(this.column, kind, text.bytes, 0, value.length);
  }
}

/** Digits, at most one sign and point, at most 15 digits, no needless zero in front: the text is the number already. */
function isPlain(bytes: Uint8Array, length: number): boolean {
  let at = bytes[0] === 0x2d ? 1 : 0;
  const start = at;
  let point = -1;
  for (; at < length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2e && point === -1) point = at;
    else if (byte < 0x30 || byte > 0x39) return false;
  }
  const whole = (point === -1 ? length : point) - start;
  const digits = length - start - (point === -1 ? 0 : 1);
  if (whole === 0 || digits > 15 || point === length - 1) return false;
  return !(bytes[start] === 0x30 && (whole > 1 || (start === 1 && length === 2)));
}
