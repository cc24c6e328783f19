import type { ValueFindingCode } from '#shared/domain/finding-catalogue';
import { DateReader, DateStatus } from '#shared/domain/values/dates';
import { NumberReader, NumberStatus } from '#shared/domain/values/numbers';
import { decodeUtf8 } from '#shared/domain/values/bytes';
import { parseNumberCurrency } from './currency-of.ts';
import { CellKind, type CellBatch } from './ports.ts';
import { PLAIN_STYLE, type NumberColumn, type TimeSlot } from './row-slots.ts';
import { ERROR_VALUE, quoted, whyNoDate, whyNoNumber } from './value-messages.ts';

export const CellOutcome = { value: 0, blank: 1, refused: 2 } as const;
export type CellOutcome = (typeof CellOutcome)[keyof typeof CellOutcome];

/** What is wrong with a cell, or what was repaired in it. */
export interface CellProblem {
  readonly code: ValueFindingCode;
  readonly message: string;
}

/** Significant digits from which on decimals of a stored double are noise of its binary form. */
const NOISE_DIGITS = 15;

/** Reads single cells as numbers and dates, from text and from typed cells; the results are its own fields. */
export class CellReader {
  /** The last number in ten-thousandths, or the last date in microseconds; NaN when only `big` can hold it. */
  number = 0;
  big = 0n;
  /** Whether the last number was written with a percent sign: `12%` is 0.12. */
  percent = false;
  /** Why the last cell was refused, or what was repaired in it; null when it is clean. */
  problem: CellProblem | null = null;
  readonly #plain = new NumberReader(PLAIN_STYLE);
  readonly #iso = new DateReader('iso');

  readNumber(column: NumberColumn, batch: CellBatch, cell: number): CellOutcome {
    const start = batch.starts[cell] ?? 0;
    const end = batch.ends[cell] ?? 0;
    this.problem = null;
    const kind = batch.kinds === null ? CellKind.text : (batch.kinds[cell] ?? CellKind.text);
    let reader = column.reader;
    if (kind !== CellKind.text) {
      if (kind !== CellKind.number) return this.#refuseTyped(batch, start, end, kind, 'number');
      reader = this.#plain;
    }
    const status = reader.read(batch.bytes, start, end);
    this.percent = status === NumberStatus.ok && reader.percent;
    if (status === NumberStatus.ok) {
      this.number = reader.e4Low;
      if (Number.isNaN(this.number)) this.big = reader.e4;
      return CellOutcome.value;
    }
    if (status === NumberStatus.blank) return CellOutcome.blank;
    return this.#oddNumber(reader, status, decodeUtf8(batch.bytes, start, end), kind === CellKind.number);
  }

  #oddNumber(reader: NumberReader, status: NumberStatus, text: string, native: boolean): CellOutcome {
    const trimmed = text.trim();
    if (status === NumberStatus.tooPrecise && this.#round(reader, trimmed)) {
      const digits = trimmed.replace(/\D/g, '').replace(/^0+/, '').length;
      if (native && digits >= NOISE_DIGITS) return CellOutcome.value;
      const message = `${quoted(trimmed)} has more than four decimals; it was rounded to four.`;
      this.problem = { code: 'value.rounded', message };
      return CellOutcome.value;
    }
    if (status === NumberStatus.outOfRange) {
      const message = `${quoted(trimmed)} is too large: amounts have up to 14 digits before the decimal sign.`;
      return this.#refuse('value.out_of_range', message);
    }
    if (ERROR_VALUE.test(trimmed)) return this.#refuseError(trimmed);
    const other = parseNumberCurrency(trimmed, reader.style) !== '';
    return this.#refuse(
      other ? 'value.other_currency' : 'value.not_a_number',
      whyNoNumber(trimmed, reader.style),
    );
  }

  /** Rounds at four decimals, half away from zero, exactly on the digits; false when the form does not allow it. */
  #round(reader: NumberReader, text: string): boolean {
    const point = text.lastIndexOf(reader.style.decimal);
    const match = /^(\d{4})(\d)\d*(.*)$/s.exec(text.slice(point + 1));
    if (point < 0 || match === null || /[eE%]/.test(text)) return false;
    const cut = new TextEncoder().encode(`${text.slice(0, point + 1)}${match[1] ?? ''}${match[3] ?? ''}`);
    if (reader.read(cut, 0, cut.length) !== NumberStatus.ok || Number.isNaN(reader.e4Low)) return false;
    const negative = /[-−–(]/.test(text);
    this.number = reader.e4Low + (Number(match[2]) >= 5 ? (negative ? -1 : 1) : 0);
    return true;
  }

  readTime(slot: TimeSlot, batch: CellBatch, cell: number): CellOutcome {
    const start = batch.starts[cell] ?? 0;
    const end = batch.ends[cell] ?? 0;
    this.problem = null;
    const kind = batch.kinds === null ? CellKind.text : (batch.kinds[cell] ?? CellKind.text);
    let reader = slot.reader;
    if (kind !== CellKind.text) {
      if (kind === CellKind.date) reader = this.#iso;
      else if (kind !== CellKind.number) return this.#refuseTyped(batch, start, end, kind, 'date');
    }
    const status = reader.read(batch.bytes, start, end);
    if (status === DateStatus.ok) {
      this.number = reader.micros;
      return CellOutcome.value;
    }
    if (status === DateStatus.blank) return CellOutcome.blank;
    const text = decodeUtf8(batch.bytes, start, end).trim();
    if (ERROR_VALUE.test(text)) return this.#refuseError(text);
    const code = status === DateStatus.noSuchDay ? 'value.no_such_day' : 'value.not_a_date';
    return this.#refuse(code, whyNoDate(text, slot.order));
  }

  /** Cells whose type alone says that they are no number or date. */
  #refuseTyped(
    batch: CellBatch,
    start: number,
    end: number,
    kind: number,
    wanted: 'number' | 'date',
  ): CellOutcome {
    const text = decodeUtf8(batch.bytes, start, end);
    if (kind === CellKind.error) return this.#refuseError(text);
    if (kind === CellKind.uncomputed) return this.refuseUncomputed();
    const what = kind === CellKind.date ? 'a date' : 'a yes/no value';
    const code = wanted === 'number' ? 'value.not_a_number' : 'value.not_a_date';
    return this.#refuse(code, `${quoted(text)} is ${what}, not a ${wanted}.`);
  }

  #refuseError(text: string): CellOutcome {
    return this.#refuse('value.error_value', `The cell holds the formula error ${quoted(text)}.`);
  }

  refuseUncomputed(): CellOutcome {
    return this.#refuse(
      'value.uncomputed',
      'The cell holds a formula whose result is not stored in the file. Open the file in Excel, save it, import it again.',
    );
  }

  /** Problem of a text cell by its type: error values and uncomputed formulas are not names. */
  checkText(batch: CellBatch, cell: number): boolean {
    this.problem = null;
    const kind = batch.kinds === null ? CellKind.text : (batch.kinds[cell] ?? CellKind.text);
    if (kind === CellKind.error) {
      this.#refuseError(decodeUtf8(batch.bytes, batch.starts[cell] ?? 0, batch.ends[cell] ?? 0));
    } else if (kind === CellKind.uncomputed) this.refuseUncomputed();
    return this.problem === null;
  }

  #refuse(code: ValueFindingCode, message: string): CellOutcome {
    this.problem = { code, message };
    return CellOutcome.refused;
  }
}
