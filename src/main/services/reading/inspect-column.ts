import { headerWords } from '#shared/domain/header-names';
import type { DateOrder, NumberStyle } from '#shared/domain/mapping';
import type { InspectedColumn } from '#shared/domain/tables';
import { isBlankMark, trimSpaces } from '#shared/domain/values/bytes';
import { detectDateOrder, parseDateText, type DateOrderDetection } from '#shared/domain/values/dates';
import {
  detectNumberStyle,
  looksLikeCodes,
  parseE4Text,
  type NumberStyleDetection,
} from '#shared/domain/values/numbers';
import { CellKind } from './ports.ts';
import { PLAIN_STYLE } from './row-slots.ts';

/** Different texts that are kept of a column: enough to tell styles apart, few enough to try all of them quickly. */
const MAX_TEXTS = 1_000;
const SHOWN_SAMPLES = 5;
const SHOWN_CHARACTERS = 100;
/** Share of the values that must fit a type for the column to be of it. */
const ENOUGH = 0.6;
const BOOLEAN = /^(?:true|false|yes|no|ndiyo|hapana)$/i;
const DATE_WORDS = new Set(['date', 'day', 'time', 'tarehe', 'posted', 'period']);

export interface Proven {
  readonly numberStyle?: NumberStyle;
  readonly dateOrder?: DateOrder;
}

/** Collects values of one column and says what they are. */
export class ColumnSample {
  /** How often each kept text was seen. */
  readonly #texts = new Map<string, number>();
  readonly #shown: string[] = [];
  #cells = 0;
  #blank = 0;
  /** Text cells that are not blank, also those that are not kept. */
  #textCells = 0;
  readonly #native = { number: 0, date: 0, boolean: 0, other: 0 };
  #serials = 0;

  add(text: string, kind: number): void {
    this.#cells++;
    const trimmed = trimSpaces(text);
    if (kind === CellKind.text && isBlankMark(trimmed)) {
      this.#blank++;
      return;
    }
    if (this.#shown.length < SHOWN_SAMPLES && !this.#shown.includes(trimmed)) {
      this.#shown.push(trimmed.slice(0, SHOWN_CHARACTERS));
    }
    this.#count(trimmed, kind);
  }

  #count(text: string, kind: number): void {
    if (kind === CellKind.text) {
      this.#textCells++;
      const seen = this.#texts.get(text);
      if (seen !== undefined || !this.full) this.#texts.set(text, (seen ?? 0) + 1);
    } else if (kind === CellKind.number) {
      this.#native.number++;
      const value = Number(text);
      if (value >= 25_569 && value < 73_051) this.#serials++;
    } else if (kind === CellKind.date) this.#native.date++;
    else if (kind === CellKind.boolean) this.#native.boolean++;
    else this.#native.other++;
  }

  /** The texts by which styles are told apart, for a second look with more of them. */
  get full(): boolean {
    return this.#texts.size >= MAX_TEXTS;
  }

  detectNumber(preferred?: NumberStyle): NumberStyleDetection {
    const detection = detectNumberStyle([...this.#texts.keys()], preferred);
    const { style } = detection;
    if (style === null) return detection;
    const reads = (text: string) => {
      const parsed = parseE4Text(text, style);
      return parsed.ok || parsed.reason === 'too-precise';
    };
    return { ...detection, fit: this.#share(reads) };
  }

  detectDate(preferred?: DateOrder): DateOrderDetection {
    const detection = detectDateOrder([...this.#texts.keys()], preferred);
    const { order } = detection;
    // Serial numbers were held against a range of plausible days already.
    if (order === null || order === 'excel-1900' || order === 'excel-1904') return detection;
    return { ...detection, fit: this.#share((text) => parseDateText(text, order).ok) };
  }

  /** By cells, not by different texts: a file of one day has one date, and its totals and headers have many words. */
  #share(reads: (text: string) => boolean): number {
    let fitting = 0;
    let all = 0;
    for (const [text, count] of this.#texts) {
      all += count;
      if (reads(text)) fitting += count;
    }
    return all === 0 ? 0 : fitting / all;
  }

  /** What this column alone proves about the file, for columns that could be read in two ways. */
  proves(): Proven {
    const number = this.detectNumber();
    const date = this.detectDate();
    const marked = [...this.#texts.keys()].some((text) => /\d[.,]\d/.test(text));
    const proved: { numberStyle?: NumberStyle; dateOrder?: DateOrder } = {};
    if (number.style && !number.ambiguous && marked && number.fit >= 0.9 && date.fit < number.fit) {
      proved.numberStyle = number.style;
    }
    const mixed = date.order === 'day-first' || date.order === 'month-first';
    if (mixed && date.order && !date.ambiguous && date.fit >= 0.9 && date.evidence !== null) {
      proved.dateOrder = date.order;
    }
    return proved;
  }

  describe(
    index: number,
    header: string,
    proven: Proven,
    serialDates: 'excel-1900' | 'excel-1904' | null,
  ): InspectedColumn {
    const named = trimSpaces(header) !== '';
    const values = this.#cells - this.#blank;
    const base = {
      index,
      name: named ? trimSpaces(header) : `column_${index + 1}`,
      invented: !named,
      blankShare: this.#cells === 0 ? 0 : this.#blank / this.#cells,
      numberStyle: null,
      dateOrder: null,
      ambiguous: false,
      samples: this.#shown,
    };
    // A blank column is read as its file proves, should values come further down.
    if (values === 0) return { ...base, type: 'empty', fit: 1, numberStyle: proven.numberStyle ?? null };
    const texts = [...this.#texts.keys()];
    const number = this.detectNumber(proven.numberStyle);
    const date = this.detectDate(proven.dateOrder);
    const share = (native: number, fit: number) => (native + fit * this.#textCells) / values;
    const serial = date.order === 'excel-1900' || date.order === 'excel-1904';
    const dates = share(this.#native.date, serial ? 0 : date.fit);
    const numbers = looksLikeCodes(texts) ? 0 : share(this.#native.number, number.fit);
    const dateWins = dates > numbers || headerWords(header).some((word) => DATE_WORDS.has(word));
    if (dates >= ENOUGH && dateWins) {
      const order = date.order !== null && date.fit > 0 ? date.order : 'iso';
      return { ...base, type: 'date', fit: dates, dateOrder: order, ambiguous: date.ambiguous };
    }
    if (numbers >= ENOUGH) {
      const serialLike =
        this.#native.number > 0 && this.#serials >= this.#native.number * 0.9 ? serialDates : null;
      return {
        ...base,
        type: 'number',
        fit: numbers,
        numberStyle: number.style ?? PLAIN_STYLE,
        dateOrder: serialLike ?? (date.fit >= 0.9 ? date.order : null),
        ambiguous: number.ambiguous,
      };
    }
    const yesNo = texts.filter((text) => BOOLEAN.test(text)).length;
    const booleans = share(this.#native.boolean, texts.length === 0 ? 0 : yesNo / texts.length);
    if (booleans >= 0.95) return { ...base, type: 'boolean', fit: booleans };
    return { ...base, type: 'text', fit: 1 };
  }
}
