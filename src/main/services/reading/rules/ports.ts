import type { NumberField } from '#shared/domain/rules/rule-set';
import type { Dimension } from '#shared/domain/sales-schema';

/** A column of numbers: ten-thousandths, counts for `lineItemCount`, wall-clock microseconds for `__time`. */
export interface NumberValues {
  /** By row; NaN when the value is beyond 2^53, then `big` has it. */
  readonly values: Float64Array;
  /** 1 where the row has a value. */
  readonly present: Uint8Array;
  big(index: number): bigint;
}

/** A column of texts, each text with a number of its own that holds for the whole file. */
export interface TextValues {
  /** By row; -1 is blank. */
  readonly codes: Int32Array;
  text(code: number): string;
}

/** Rows of one batch that are good so far, by column, for rules to judge. Valid until the next batch. */
export interface RuleRows {
  readonly count: number;
  /** Physical rows of the file. */
  readonly rowNumbers: Float64Array;
  /** Null when the file does not have the field. */
  numbers(field: NumberField | '__time'): NumberValues | null;
  texts(field: Dimension): TextValues | null;
}

/** Tells that the row at `index` breaks the rule: the value that does, null for the row as a whole, and why. */
export type TellBroken = (index: number, value: string | null, message: string) => void;

/** One rule at work on the batches of a file, in order. */
export interface RowCheck {
  /** @param refused 1 for rows that another rule refuses already */
  judge(rows: RuleRows, tell: TellBroken, refused: Uint8Array): void;
}
