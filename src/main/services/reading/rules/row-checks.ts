import { labelOfField, NUMBER_FIELDS, type NumberField, type RuleCheck } from '#shared/domain/rules/rule-set';
import { DIMENSIONS, type Dimension, type SalesFieldId } from '#shared/domain/sales-schema';
import { DuplicateRows } from '../duplicate-rows.ts';
import type { NumberValues, RowCheck, RuleRows, TextValues } from './ports.ts';

const isDimension = (field: SalesFieldId): field is Dimension =>
  DIMENSIONS.some((dimension) => dimension === field);
const isNumber = (field: SalesFieldId): field is NumberField =>
  NUMBER_FIELDS.some((number) => number === field);

/** Rows without a value in the field; every row of a file that does not have it. */
export function requiredCheck({ field }: Extract<RuleCheck, { kind: 'required' }>): RowCheck {
  const message = `${labelOfField(field)} is missing.`;
  return {
    judge(rows, tell) {
      const texts = isDimension(field) ? rows.texts(field) : null;
      const numbers = isDimension(field) ? null : rows.numbers(field);
      for (let index = 0; index < rows.count; index++) {
        const filled = texts ? (texts.codes[index] ?? -1) >= 0 : numbers?.present[index] === 1;
        if (!filled) tell(index, '', message);
      }
    },
  };
}

interface KeyPart {
  readonly texts: TextValues | null;
  readonly numbers: NumberValues | null;
}

const KEY_BYTES = 8;

/**
 * Rows whose values in some fields are those of an earlier good row. Compared by two 32-bit hashes over the values
 * (see DuplicateRows); a row with a blank among them is not compared.
 */
export class UniqueCheck implements RowCheck {
  readonly #fields: readonly SalesFieldId[];
  readonly #seen = new DuplicateRows();
  readonly #key: Uint8Array;
  readonly #view: DataView;
  readonly #labels: string;
  readonly #start = Uint32Array.of(0);
  readonly #end: Uint32Array;

  constructor({ fields }: Extract<RuleCheck, { kind: 'unique' }>) {
    this.#fields = fields;
    this.#key = new Uint8Array(fields.length * KEY_BYTES);
    this.#view = new DataView(this.#key.buffer);
    this.#end = Uint32Array.of(this.#key.length);
    this.#labels = fields.map((field) => labelOfField(field)).join(', ');
  }

  judge(rows: RuleRows, tell: Parameters<RowCheck['judge']>[1], refused: Uint8Array): void {
    const parts = this.#fields.map((field): KeyPart => ({
      texts: isDimension(field) ? rows.texts(field) : null,
      numbers: field === '__time' || isNumber(field) ? rows.numbers(field) : null,
    }));
    for (let index = 0; index < rows.count; index++) {
      if (refused[index] === 1 || !this.#fillKey(parts, index)) continue;
      const row = rows.rowNumbers[index] ?? 0;
      const earlier = this.#seen.check(this.#key, this.#start, this.#end, 0, 1, row);
      if (earlier > 0) tell(index, null, `The same ${this.#labels} as in row ${earlier}.`);
    }
  }

  #fillKey(parts: readonly KeyPart[], index: number): boolean {
    let at = 0;
    for (const { texts, numbers } of parts) {
      if (texts) {
        const code = texts.codes[index] ?? -1;
        if (code < 0) return false;
        this.#view.setFloat64(at, code);
      } else {
        if (numbers?.present[index] !== 1) return false;
        const value = numbers.values[index] ?? 0;
        if (Number.isNaN(value)) this.#view.setBigInt64(at, numbers.big(index));
        else this.#view.setFloat64(at, value);
      }
      at += KEY_BYTES;
    }
    return true;
  }
}
