import { evaluateColumnExpression } from '#shared/domain/column-expression';
import { valueFindings, type ValueFindingCode } from '#shared/domain/finding-catalogue';
import type { Finding } from '#shared/domain/findings';
import { civilFromDays, daysFromCivil, MICROS_PER_DAY } from '#shared/domain/values/calendar';
import { decodeUtf8 } from '#shared/domain/values/bytes';
import type { CanonicalRow } from './canonical-port.ts';
import { CellOutcome, CellReader } from './cell-reader.ts';
import type { CellBatch } from './ports.ts';
import type { ColumnRef, NumberSlot, RowPlan, TextSlot, TimeSlot } from './row-slots.ts';
import { isBareTotalWord, isTotalWord, mayAnnounceTotal } from './table-shape.ts';
import { dayInWords, quoted } from './value-messages.ts';

const OLDEST = daysFromCivil(2000, 1, 1) * MICROS_PER_DAY;
const MAX_TEXT_BYTES = 2_000;
const ONE = 10_000;
/** Companies are called “Total” too. */
const CUSTOMER_FIELDS: ReadonlySet<string> = new Set(['CardName', 'AcctName']);
const VALUE_CHARACTERS = 200;

/** Something that was done because the mapping says so: counted, with samples. */
export interface MappedNote {
  readonly code: 'value.blank_as_zero' | 'value.read_as';
  readonly header: string;
  readonly value: string;
  /** The text that the value was read as; null for a blank. */
  readonly meant: string | null;
}

/**
 * Turns records into canonical rows under Mauzo's own exact rules, without a string per cell. After `read`, `row` has
 * the row and `problems` what was found in it; a problem of severity error means that the row must not be taken.
 */
export class RowNormaliser {
  readonly row: CanonicalRow;
  readonly problems: Finding[] = [];
  /** What was done in this row because the mapping says so. */
  readonly notes: MappedNote[] = [];
  refused = false;
  /** True when the record has a date that can be read (also one out of range): it is no total or footer line. */
  dated = false;
  /** Months since the year 0 of the row's date. */
  month = 0;
  readonly #plan: RowPlan;
  readonly #sheet: string;
  readonly #end: number;
  readonly #cells = new CellReader();
  readonly #revenue: number;
  readonly #cost: number;
  #monthFrom = 0;
  #monthTo = 0;
  #rowNumber = 0;
  /** Where the texts that cells are read as begin in `row.bytes`. */
  #behind = 0;

  /** @param today calendar day `yyyy-mm-dd`; later dates are in the future */
  constructor(plan: RowPlan, sheet: string, today: string) {
    this.#plan = plan;
    this.#sheet = sheet;
    const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
    this.#end = (daysFromCivil(year, month, day) + 1) * MICROS_PER_DAY;
    const size = plan.written.length;
    this.row = {
      bytes: new Uint8Array(0),
      starts: new Float64Array(size),
      ends: new Float64Array(size),
      numbers: new Float64Array(size),
      bigs: Array.from({ length: size }, () => 0n),
      present: new Uint8Array(size),
    };
    this.#revenue = plan.written.findIndex((column) => column.name === 'grossRevenue');
    this.#cost = plan.written.findIndex((column) => column.name === 'totalCost');
  }

  #found(
    code: ValueFindingCode,
    column: ColumnRef | null,
    message: string,
    batch?: CellBatch,
    cell = 0,
  ): void {
    const { severity } = valueFindings[code];
    if (severity === 'error') this.refused = true;
    const value = batch
      ? decodeUtf8(
          batch.bytes,
          batch.starts[cell] ?? 0,
          Math.min(batch.ends[cell] ?? 0, (batch.starts[cell] ?? 0) + 800),
        )
      : null;
    this.problems.push({
      code,
      severity,
      sheet: this.#sheet,
      row: this.#rowNumber,
      column: column?.header ?? null,
      value: value === null ? null : value.slice(0, VALUE_CHARACTERS),
      message,
    });
  }

  /** Before the records of a batch: the texts that cells are read as lie behind its bytes. */
  begin(batch: CellBatch): void {
    const { replacements } = this.#plan;
    this.#behind = batch.bytes.length;
    if (replacements.length === 0) {
      this.row.bytes = batch.bytes;
      return;
    }
    this.row.bytes = new Uint8Array(batch.bytes.length + replacements.length);
    this.row.bytes.set(batch.bytes);
    this.row.bytes.set(replacements, batch.bytes.length);
  }

  /** Reads one record of the batch that {@link begin} was told of into `row`. */
  read(batch: CellBatch, record: number): void {
    const from = record * batch.columns;
    const { row } = this;
    if (this.problems.length > 0) this.problems.length = 0;
    if (this.notes.length > 0) this.notes.length = 0;
    this.refused = false;
    this.#rowNumber = batch.rows[record] ?? 0;
    row.present[this.#plan.rowTarget] = 1;
    row.numbers[this.#plan.rowTarget] = this.#rowNumber;
    if ('micros' in this.#plan.time) {
      this.#setTime(this.#plan.time.target, this.#plan.time.micros);
      this.#checkTime(null, this.#plan.time.micros);
    } else this.#readTime(this.#plan.time, batch, from + this.#plan.time.column);
    for (const slot of this.#plan.texts) this.#readText(slot, batch, from + slot.column);
    for (const slot of this.#plan.numbers) {
      const target = slot.target;
      row.present[target] = 0;
      if (slot.source.kind === 'column') this.#readNumber(slot, slot.source, batch, from);
      else if (slot.source.kind === 'constant') this.#setNumber(slot, slot.source.e4, 0n);
      else this.#compute(slot, slot.source, batch, from);
    }
    if (row.present[this.#plan.lineCountTarget] === 0 || !this.#plan.lineCountMapped) {
      row.present[this.#plan.lineCountTarget] = 1;
      row.numbers[this.#plan.lineCountTarget] = 1;
    }
    if (this.#cost >= 0) this.#checkCost();
  }

  #setTime(target: number, micros: number): void {
    this.row.present[target] = 1;
    this.row.numbers[target] = micros;
    this.dated = true;
    if (micros >= this.#monthFrom && micros < this.#monthTo) return;
    const { year, month } = civilFromDays(Math.floor(micros / MICROS_PER_DAY));
    this.month = year * 12 + month - 1;
    this.#monthFrom = daysFromCivil(year, month, 1) * MICROS_PER_DAY;
    this.#monthTo =
      daysFromCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) * MICROS_PER_DAY;
  }

  #readTime(slot: TimeSlot, batch: CellBatch, cell: number): void {
    const outcome = this.#cells.readTime(slot, batch, cell);
    if (outcome === CellOutcome.value) {
      const micros = this.#cells.number;
      this.#setTime(slot.target, micros);
      this.#checkTime(slot, micros, batch, cell);
      return;
    }
    this.dated = false;
    if (outcome === CellOutcome.blank)
      this.#found('value.missing', slot, 'The date is missing.', batch, cell);
    else this.#cellProblem(slot, batch, cell);
  }

  #checkTime(slot: ColumnRef | null, micros: number, batch?: CellBatch, cell = 0): void {
    if (micros >= this.#end) {
      this.#found('value.future_date', slot, `${dayInWords(micros)} is in the future.`, batch, cell);
    } else if (micros < OLDEST) {
      this.#found('value.too_old', slot, `${dayInWords(micros)} is before the year 2000.`, batch, cell);
    }
  }

  #cellProblem(column: ColumnRef, batch: CellBatch, cell: number): void {
    const problem = this.#cells.problem;
    if (problem !== null) this.#found(problem.code, column, problem.message, batch, cell);
  }

  #readText(slot: TextSlot, batch: CellBatch, cell: number): void {
    const { bytes } = batch;
    let start = batch.starts[cell] ?? 0;
    let end = batch.ends[cell] ?? 0;
    const target = slot.target;
    while (start < end && (bytes[start] ?? 0) <= 32) start++;
    while (end > start && (bytes[end - 1] ?? 0) <= 32) end--;
    // No-break spaces (C2 A0) surround pasted values.
    while (end - start >= 2 && bytes[start] === 0xc2 && bytes[start + 1] === 0xa0) start += 2;
    while (end - start >= 2 && bytes[end - 2] === 0xc2 && bytes[end - 1] === 0xa0) end -= 2;
    if (batch.kinds !== null && !this.#cells.checkText(batch, cell)) {
      this.row.present[target] = 0;
      this.#cellProblem(slot, batch, cell);
      return;
    }
    if (start === end) {
      this.row.present[target] = 0;
      if (slot.required) this.#found('value.missing', slot, `${slot.label} is missing.`, batch, cell);
      return;
    }
    if (end - start > MAX_TEXT_BYTES) {
      const message = `${quoted(decodeUtf8(bytes, start, start + 100))} is longer than a name can be.`;
      this.#found('value.text_too_long', slot, message, batch, cell);
    }
    if (mayAnnounceTotal(bytes, start, end)) this.#checkTotal(slot, batch, cell);
    this.row.present[target] = 1;
    this.row.starts[target] = start;
    this.row.ends[target] = end;
    if (slot.readAs !== null) this.#replace(slot, slot.readAs, decodeUtf8(bytes, start, end));
  }

  #replace(slot: TextSlot, readAs: NonNullable<TextSlot['readAs']>, found: string): void {
    const text = readAs.get(found);
    if (text === undefined) return;
    this.row.starts[slot.target] = this.#behind + text.start;
    this.row.ends[slot.target] = this.#behind + text.end;
    this.notes.push({ code: 'value.read_as', header: slot.header, value: found, meant: text.meant });
  }

  /** A dated row whose branch is “Total” would count its sales twice. Names that only sound like it are told. */
  #checkTotal(slot: TextSlot, batch: CellBatch, cell: number): void {
    if (CUSTOMER_FIELDS.has(slot.field)) return;
    const text = decodeUtf8(batch.bytes, batch.starts[cell] ?? 0, batch.ends[cell] ?? 0);
    if (slot.field === 'Branch' && isBareTotalWord(text)) {
      this.#found('row.total', slot, `${quoted(text.trim())} is no branch but a total.`, batch, cell);
    } else if (isTotalWord(text)) {
      this.#found('row.maybe_total', slot, `${quoted(text.trim())} could be a total.`, batch, cell);
    }
  }

  #readNumber(
    slot: NumberSlot,
    source: NumberSlot['source'] & { kind: 'column' },
    batch: CellBatch,
    from: number,
  ) {
    const { number } = source;
    const cell = from + number.column;
    const outcome = this.#cells.readNumber(number, batch, cell);
    if (outcome === CellOutcome.value) {
      if (this.#cells.problem !== null) this.#cellProblem(number, batch, cell);
      if (this.#cells.percent)
        this.#found('value.share', number, `${slot.label} is written as a percentage.`, batch, cell);
      this.#setNumber(slot, this.#cells.number, this.#cells.big, batch, cell);
    } else if (outcome === CellOutcome.refused) this.#cellProblem(number, batch, cell);
    else if (source.blankAsZero) {
      this.#setNumber(slot, 0, 0n);
      this.notes.push({ code: 'value.blank_as_zero', header: number.header, value: '', meant: null });
    } else if (slot.required) this.#found('value.missing', number, `${slot.label} is missing.`, batch, cell);
  }

  #compute(
    slot: NumberSlot,
    source: NumberSlot['source'] & { kind: 'computed' },
    batch: CellBatch,
    from: number,
  ) {
    let refused = false;
    const result = evaluateColumnExpression(source.tree, (column) => {
      const number = source.columns.get(column);
      if (number === undefined) return null;
      const cell = from + column;
      const outcome = this.#cells.readNumber(number, batch, cell);
      if (outcome === CellOutcome.value) {
        return Number.isNaN(this.#cells.number) ? this.#cells.big : BigInt(this.#cells.number);
      }
      if (outcome === CellOutcome.refused) {
        refused = true;
        this.#cellProblem(number, batch, cell);
      }
      return null;
    });
    if (result === null) {
      if (slot.required && !refused) {
        this.#found(
          'value.missing',
          null,
          `${slot.label} cannot be computed: a value that it needs is missing.`,
        );
      }
      return;
    }
    const { e4 } = result;
    if (e4 >= 10n ** 18n || e4 <= -(10n ** 18n)) {
      this.#found('value.out_of_range', null, `${slot.label} is too large when it is computed.`);
    } else if (result.rounded) {
      this.#found(
        'value.rounded',
        null,
        `${slot.label} has more than four decimals when it is computed; it was rounded.`,
      );
    }
    const low = Number(e4);
    this.#setNumber(slot, Number.isSafeInteger(low) ? low : Number.NaN, e4);
  }

  #setNumber(slot: NumberSlot, value: number, big: bigint, batch?: CellBatch, cell = 0): void {
    const { target } = slot;
    const column = slot.source.kind === 'column' ? slot.source.number : null;
    let number = value;
    let exact = big;
    if (slot.negative && (number > 0 || (Number.isNaN(number) && exact > 0n))) {
      number = -number;
      exact = -exact;
      const message = `${slot.label} is zero or negative; the positive value was taken as negative.`;
      this.#found('value.returns_positive', column, message, batch, cell);
    }
    if (slot.whole) {
      if (Number.isNaN(number) || number % ONE !== 0) {
        this.#found('value.not_whole', column, `${slot.label} must be a whole number.`, batch, cell);
      } else if (number < ONE) {
        this.#found('value.too_few_lines', column, `${slot.label} must be 1 or more.`, batch, cell);
      }
      number /= ONE;
    }
    this.row.present[target] = 1;
    this.row.numbers[target] = number === 0 ? 0 : number;
    if (Number.isNaN(number)) this.row.bigs[target] = exact;
  }

  #checkCost(): void {
    const { present, numbers } = this.row;
    if (present[this.#cost] !== 1 || present[this.#revenue] !== 1) return;
    const revenue = numbers[this.#revenue] ?? 0;
    if (revenue > 0 && (numbers[this.#cost] ?? 0) * 2 > revenue * 3) {
      const cost = this.#plan.numbers.find((slot) => slot.target === this.#cost)?.source;
      const column = cost?.kind === 'column' ? cost.number : null;
      const percent = Math.round(((numbers[this.#cost] ?? 0) / revenue) * 100);
      this.#found('row.cost_above_revenue', column, `The cost is ${percent} % of the revenue.`);
    }
  }
}
