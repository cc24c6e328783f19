import type { NumberField } from '#shared/domain/rules/rule-set';
import type { Dimension } from '#shared/domain/sales-schema';
import type { CanonicalRow } from '../canonical-port.ts';
import type { RowPlan } from '../row-slots.ts';
import type { NumberValues, RuleRows, TextValues } from './ports.ts';
import { TextCodes } from './text-codes.ts';

const FIRST_ROWS = 1 << 12;

/** Values of one written column, by row. Text columns use `starts` and `ends`, others `values`. */
interface Column {
  values: Float64Array;
  ends: Float64Array;
  present: Uint8Array;
  readonly bigs: Map<number, bigint>;
  readonly text: boolean;
}

const grown = <A extends Float64Array | Uint8Array | Int32Array>(from: A, to: A): A => {
  to.set(from);
  return to;
};

/** The good rows of a batch, kept by column until the rules have judged them. */
export class AcceptedRows implements RuleRows {
  count = 0;
  rowNumbers = new Float64Array(FIRST_ROWS);
  /** Records of the batch that the rows come from, and their months. */
  records = new Int32Array(FIRST_ROWS);
  months = new Int32Array(FIRST_ROWS);
  readonly #plan: RowPlan;
  readonly #columns: readonly Column[];
  readonly #codes = new Map<Dimension, TextCodes>();
  #bytes: Uint8Array = new Uint8Array(0);
  #capacity = FIRST_ROWS;

  constructor(plan: RowPlan) {
    this.#plan = plan;
    this.#columns = plan.written.map(({ type }) => ({
      values: new Float64Array(FIRST_ROWS),
      ends: new Float64Array(type === 'string' ? FIRST_ROWS : 0),
      present: new Uint8Array(FIRST_ROWS),
      bigs: new Map(),
      text: type === 'string',
    }));
  }

  clear(bytes: Uint8Array): void {
    this.count = 0;
    this.#bytes = bytes;
    for (const column of this.#columns) if (column.bigs.size > 0) column.bigs.clear();
  }

  append(row: CanonicalRow, rowNumber: number, record: number, month: number): void {
    if (this.count === this.#capacity) this.#grow();
    const index = this.count++;
    this.rowNumbers[index] = rowNumber;
    this.records[index] = record;
    this.months[index] = month;
    for (let target = 0; target < this.#columns.length; target++) {
      const column = this.#columns[target];
      if (column === undefined) continue;
      const present = row.present[target] ?? 0;
      column.present[index] = present;
      if (present === 0) continue;
      if (column.text) {
        column.values[index] = row.starts[target] ?? 0;
        column.ends[index] = row.ends[target] ?? 0;
      } else {
        const value = row.numbers[target] ?? 0;
        column.values[index] = value;
        if (Number.isNaN(value)) column.bigs.set(index, row.bigs[target] ?? 0n);
      }
    }
  }

  /** Puts a kept row back into `row`. */
  load(index: number, row: CanonicalRow): void {
    row.bytes = this.#bytes;
    for (let target = 0; target < this.#columns.length; target++) {
      const column = this.#columns[target];
      if (column === undefined) continue;
      const present = column.present[index] ?? 0;
      row.present[target] = present;
      if (present === 0) continue;
      const value = column.values[index] ?? 0;
      if (column.text) {
        row.starts[target] = value;
        row.ends[target] = column.ends[index] ?? 0;
      } else {
        row.numbers[target] = value;
        if (Number.isNaN(value)) row.bigs[target] = column.bigs.get(index) ?? 0n;
      }
    }
  }

  numbers(field: NumberField | '__time'): NumberValues | null {
    const column = this.#columns[this.#plan.written.findIndex(({ name }) => name === field)];
    if (column === undefined) return null;
    return { values: column.values, present: column.present, big: (index) => column.bigs.get(index) ?? 0n };
  }

  texts(field: Dimension): TextValues | null {
    const codes = this.#codes.get(field) ?? new TextCodes();
    this.#codes.set(field, codes);
    const text = (code: number) => codes.text(code);
    const constant = this.#plan.constants.get(field);
    if (constant !== undefined && constant !== '') {
      const bytes = new TextEncoder().encode(constant);
      return { codes: new Int32Array(this.count).fill(codes.codeOf(bytes, 0, bytes.length)), text };
    }
    const column = this.#columns[this.#plan.written.findIndex(({ name }) => name === field)];
    if (column === undefined) return null;
    const found = new Int32Array(this.count);
    for (let index = 0; index < this.count; index++) {
      found[index] =
        column.present[index] === 1
          ? codes.codeOf(this.#bytes, column.values[index] ?? 0, column.ends[index] ?? 0)
          : -1;
    }
    return { codes: found, text };
  }

  #grow(): void {
    const size = this.#capacity * 2;
    this.#capacity = size;
    this.rowNumbers = grown(this.rowNumbers, new Float64Array(size));
    this.records = grown(this.records, new Int32Array(size));
    this.months = grown(this.months, new Int32Array(size));
    for (const column of this.#columns) {
      column.values = grown(column.values, new Float64Array(size));
      if (column.text) column.ends = grown(column.ends, new Float64Array(size));
      column.present = grown(column.present, new Uint8Array(size));
    }
  }
}
