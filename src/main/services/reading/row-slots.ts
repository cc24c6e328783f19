import {
  expressionColumns,
  parseColumnExpression,
  type ColumnExpression,
} from '#shared/domain/column-expression';
import type { DateOrder, Mapping, NumberStyle, ReadAs } from '#shared/domain/mapping';
import { SALES_FIELDS, type SalesFieldId } from '#shared/domain/sales-schema';
import type { InspectedTable } from '#shared/domain/tables';
import { DateReader } from '#shared/domain/values/dates';
import { NumberReader } from '#shared/domain/values/numbers';
import { AppError } from '#shared/errors/app-error';
import { CANONICAL_COLUMNS, type CanonicalColumn } from './canonical-port.ts';

export const PLAIN_STYLE: NumberStyle = { decimal: '.', grouping: '' };

interface Slot {
  readonly field: SalesFieldId;
  readonly label: string;
  /** Position in the columns that are written. */
  readonly target: number;
  readonly required: boolean;
}

export interface ColumnRef {
  readonly column: number;
  readonly header: string;
}

export interface TextSlot extends Slot, ColumnRef {
  /** Texts that are read as others; null when there are none. */
  readonly readAs: ReadonlyMap<string, ReplacedText> | null;
}

/** A text that stands for another: where its bytes lie in the plan's `replacements`. */
export interface ReplacedText {
  readonly meant: string;
  readonly start: number;
  readonly end: number;
}

export interface TimeSlot extends Slot, ColumnRef {
  readonly order: DateOrder;
  readonly reader: DateReader;
}

/** A column of numbers with the style of its text cells. */
export interface NumberColumn extends ColumnRef {
  readonly style: NumberStyle;
  readonly reader: NumberReader;
}

export interface NumberSlot extends Slot {
  readonly source:
    | { readonly kind: 'column'; readonly number: NumberColumn; readonly blankAsZero: boolean }
    | {
        readonly kind: 'computed';
        readonly tree: ColumnExpression;
        readonly columns: ReadonlyMap<number, NumberColumn>;
      }
    /** A fixed number, in ten-thousandths. */
    | { readonly kind: 'constant'; readonly e4: number };
  readonly whole: boolean;
  /** Returns are zero or negative: positive ones are turned. */
  readonly negative: boolean;
}

/** How a record becomes a canonical row. */
export interface RowPlan {
  readonly written: readonly CanonicalColumn[];
  readonly constants: ReadonlyMap<string, string>;
  readonly time: TimeSlot | { readonly target: number; readonly micros: number };
  readonly texts: readonly TextSlot[];
  /** UTF-8 of every text that a cell is read as. */
  readonly replacements: Uint8Array;
  readonly numbers: readonly NumberSlot[];
  readonly rowTarget: number;
  readonly lineCountTarget: number;
  /** True when a column gives the number of line items; else it is 1 in every row. */
  readonly lineCountMapped: boolean;
}

const incomplete = (field: string, problem: string) =>
  new AppError('mapping.incomplete', 'input', { fields: [field], problems: problem });

class Planner {
  readonly #mapping: Mapping;
  readonly #table: InspectedTable;

  constructor(mapping: Mapping, table: InspectedTable) {
    this.#mapping = mapping;
    this.#table = table;
  }

  numberColumn(column: number, style: NumberStyle | undefined, field: string): NumberColumn {
    const inspected = this.#table.columns[column];
    if (!inspected) throw incomplete(field, `The file has no column number ${column + 1}.`);
    if (style === undefined && inspected.ambiguous && inspected.type === 'number') {
      throw incomplete(field, `It is not certain how the numbers of “${inspected.name}” are written.`);
    }
    const chosen = style ?? inspected.numberStyle ?? PLAIN_STYLE;
    return { column, header: inspected.name, style: chosen, reader: new NumberReader(chosen) };
  }

  dateColumn(source: { column: number; dateOrder?: DateOrder | undefined }) {
    const inspected = this.#table.columns[source.column];
    if (!inspected) throw incomplete('__time', `The file has no column number ${source.column + 1}.`);
    const order = source.dateOrder ?? (inspected.ambiguous ? null : inspected.dateOrder);
    if (order === null) {
      throw incomplete('__time', `It is not certain how the dates of “${inspected.name}” are written.`);
    }
    return { column: source.column, header: inspected.name, order, reader: new DateReader(order) };
  }

  expression(field: string, expression: string, style: NumberStyle | undefined): NumberSlot['source'] {
    const parsed = parseColumnExpression(
      expression,
      this.#table.columns.map((column) => column.name),
    );
    if ('problem' in parsed) {
      const { position, message } = parsed.problem;
      throw new AppError('mapping.expression_invalid', 'input', {
        field,
        expression,
        position,
        problem: message,
      });
    }
    const columns = new Map(
      expressionColumns(parsed.tree).map((column) => [column, this.numberColumn(column, style, field)]),
    );
    return { kind: 'computed', tree: parsed.tree, columns };
  }

  number(field: SalesFieldId): NumberSlot['source'] | null {
    const source = this.#mapping.fields[field];
    if (source === undefined) return null;
    if (source.kind === 'computed') return this.expression(field, source.expression, source.numberStyle);
    if (source.kind === 'constant') {
      const reader = new NumberReader(PLAIN_STYLE);
      const bytes = new TextEncoder().encode(source.value);
      if (reader.read(bytes, 0, bytes.length) !== 0 || Number.isNaN(reader.e4Low)) {
        throw incomplete(field, `The fixed value “${source.value}” is not a plain number.`);
      }
      return { kind: 'constant', e4: reader.e4Low };
    }
    const number = this.numberColumn(source.column, source.numberStyle, field);
    return { kind: 'column', number, blankAsZero: source.blankAs === 'zero' };
  }
}

/** Collects the texts that cells are read as. */
class Replacements {
  bytes = new Uint8Array(0);

  of(pairs: readonly ReadAs[]): TextSlot['readAs'] {
    if (pairs.length === 0) return null;
    const known = new Map<string, ReplacedText>();
    for (const { found, meant } of pairs) {
      const added = new TextEncoder().encode(meant);
      const start = this.bytes.length;
      const all = new Uint8Array(start + added.length);
      all.set(this.bytes);
      all.set(added, start);
      this.bytes = all;
      known.set(found, { meant, start, end: all.length });
    }
    return known;
  }
}

function constantMicros(text: string): number {
  const reader = new DateReader('iso');
  const bytes = new TextEncoder().encode(text);
  if (reader.read(bytes, 0, bytes.length) !== 0) {
    throw incomplete('__time', `The fixed date “${text}” is not written as year-month-day.`);
  }
  return reader.micros;
}

/**
 * Turns a mapping into a plan for the rows of a table.
 * @throws AppError `mapping.incomplete`, `mapping.expression_invalid`
 */
export function planRows(
  mapping: Mapping,
  table: InspectedTable,
  file: { importId: string; sheet: string },
): RowPlan {
  const planner = new Planner(mapping, table);
  const constants = new Map([
    ['importId', file.importId],
    ['sheet', file.sheet],
  ]);
  const replacements = new Replacements();
  const written: CanonicalColumn[] = [];
  const texts: TextSlot[] = [];
  const numbers: NumberSlot[] = [];
  let time: RowPlan['time'] | null = null;
  for (const column of CANONICAL_COLUMNS) {
    const field = SALES_FIELDS.find((candidate) => candidate.id === column.name);
    if (field === undefined) continue;
    const source = mapping.fields[field.id];
    const target = written.length;
    const slot = { field: field.id, label: field.label, target, required: field.required };
    if (source === undefined && field.required) throw incomplete(field.id, `“${field.label}” has no column.`);
    if (field.type === 'string') {
      if (source?.kind === 'computed') throw incomplete(field.id, 'Only numbers can be computed.');
      if (source?.kind === 'constant') constants.set(field.id, source.value.trim());
      if (source?.kind !== 'column') continue;
      const header = table.columns[source.column]?.name;
      if (header === undefined)
        throw incomplete(field.id, `The file has no column number ${source.column + 1}.`);
      const readAs = replacements.of(mapping.values?.[field.id] ?? []);
      texts.push({ ...slot, column: source.column, header, readAs });
    } else if (field.type === 'timestamp') {
      if (source?.kind === 'constant') time = { target, micros: constantMicros(source.value) };
      else if (source?.kind === 'column') time = { ...slot, ...planner.dateColumn(source) };
      else throw incomplete(field.id, 'A date cannot be computed.');
    } else {
      const number = planner.number(field.id);
      if (number === null && field.type !== 'integer') continue;
      const negative = field.id === 'returnsValue' || field.id === 'unitsReturned';
      if (number) numbers.push({ ...slot, source: number, whole: field.type === 'integer', negative });
    }
    written.push(column);
  }
  if (time === null) throw incomplete('__time', 'The date has no column.');
  const rowTarget = written.length;
  written.push({ name: 'row', type: 'integer' });
  return {
    written,
    constants,
    time,
    texts,
    replacements: replacements.bytes,
    numbers,
    rowTarget,
    lineCountTarget: written.findIndex((column) => column.name === 'lineItemCount'),
    lineCountMapped: numbers.some((slot) => slot.field === 'lineItemCount'),
  };
}
