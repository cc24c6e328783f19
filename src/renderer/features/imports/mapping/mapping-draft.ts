import { isNumeric, undecided } from '#shared/domain/mapping-check';
import { evaluateColumnExpression, parseColumnExpression } from '#shared/domain/column-expression';
import type { ColumnSource, DateOrder, Mapping, NumberStyle } from '#shared/domain/mapping';
import { SALES_FIELDS, type SalesFieldId, usualBlank } from '#shared/domain/sales-schema';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import { formatE4, parseE4Text } from '#shared/domain/values/numbers';
import { readDate, readNumber, type Reading } from './value-readings.ts';

export type SalesFieldDefinition = (typeof SALES_FIELDS)[number];
export type ColumnSourceOf<K extends ColumnSource['kind']> = Extract<ColumnSource, { kind: K }>;

/** Where a person can take a field from. */
export type SourceChoice =
  | { readonly kind: 'blank' }
  | { readonly kind: 'constant' }
  | { readonly kind: 'computed' }
  | { readonly kind: 'column'; readonly column: number };

export function fieldOf(id: SalesFieldId): SalesFieldDefinition {
  const found = SALES_FIELDS.find((field) => field.id === id);
  if (!found) throw new Error(`unknown field ${id}`);
  return found;
}

/** The fields in the order of the panel: what is needed, then figures, then descriptions. */
export const FIELD_GROUPS: readonly {
  readonly title: string;
  readonly aside: string;
  readonly fields: readonly SalesFieldDefinition[];
}[] = [
  {
    title: 'Needed',
    aside: 'Without these nothing can be counted',
    fields: SALES_FIELDS.filter((field) => field.required),
  },
  {
    title: 'Figures',
    aside: 'Optional',
    fields: SALES_FIELDS.filter((field) => !field.required && field.type !== 'string'),
  },
  {
    title: 'Descriptions',
    aside: 'Optional',
    fields: SALES_FIELDS.filter((field) => !field.required && field.type === 'string'),
  },
];

export function withSource(mapping: Mapping, field: SalesFieldId, source: ColumnSource | null): Mapping {
  const fields = { ...mapping.fields };
  if (source === null) delete fields[field];
  else fields[field] = source;
  return { ...mapping, fields };
}

/**
 * The source that a choice stands for. What was typed or decided before is kept when it still applies: a constant when
 * constant is chosen again, the style of a column when the same column is chosen again.
 */
export function sourceOfChoice(
  choice: SourceChoice,
  field: SalesFieldDefinition,
  table: InspectedTable,
  before: ColumnSource | undefined,
): ColumnSource | null {
  switch (choice.kind) {
    case 'blank':
      return null;
    case 'constant':
      return before?.kind === 'constant' ? before : { kind: 'constant', value: '' };
    case 'computed':
      return before?.kind === 'computed' ? before : { kind: 'computed', expression: startOf(before) };
    case 'column': {
      if (before?.kind === 'column' && before.column === choice.column) return before;
      const column = table.columns[choice.column];
      return column ? columnSource(field, column) : null;
    }
  }
}

/** An expression begins with the column that was chosen: most add or subtract another one. */
const startOf = (before: ColumnSource | undefined) =>
  before?.kind === 'column' ? bracketed(before.header) : '';
export const bracketed = (header: string) => `[${header.replaceAll(']', ']]')}]`;

/** A column with the style that its data proved; what is ambiguous is left open, so that it is asked. */
export function columnSource(field: SalesFieldDefinition, column: InspectedColumn): ColumnSourceOf<'column'> {
  const proved = !column.ambiguous;
  return {
    kind: 'column',
    column: column.index,
    header: column.name,
    blankAs: usualBlank(field.id),
    ...(proved && isNumeric(field.type) && column.numberStyle ? { numberStyle: column.numberStyle } : {}),
    ...(proved && field.type === 'timestamp' && column.dateOrder ? { dateOrder: column.dateOrder } : {}),
  };
}

/** Other fields that read the same column: rarely meant for figures. */
export function sharedWith(mapping: Mapping, field: SalesFieldId): readonly SalesFieldId[] {
  const source = mapping.fields[field];
  if (source?.kind !== 'column') return [];
  return SALES_FIELDS.map((entry) => entry.id).filter((other) => {
    const rival = mapping.fields[other];
    return other !== field && rival?.kind === 'column' && rival.column === source.column;
  });
}

export interface StyleOption<T> {
  readonly value: T;
  /** “3 Apr 2024” or “1,234.50”: how the example would be read. */
  readonly reading: Reading;
}

export interface StyleQuestion<T> {
  /** The cell of the file that shows the difference best. */
  readonly example: string;
  readonly options: readonly StyleOption<T>[];
  /** A person must answer before the import can go on. */
  readonly mustAnswer: boolean;
}

const ORDERS: readonly DateOrder[] = ['day-first', 'month-first', 'iso', 'excel-1900', 'excel-1904'];
const STYLES: readonly NumberStyle[] = [
  { decimal: '.', grouping: ',' },
  { decimal: ',', grouping: '.' },
  { decimal: ',', grouping: ' ' },
  { decimal: '.', grouping: ' ' },
  { decimal: '.', grouping: "'" },
];

/**
 * How the dates of a column can be read: only the orders that fit an example; null when there is nothing to choose,
 * also where other rows than the samples have proved the order.
 */
export function dateQuestion(
  field: SalesFieldDefinition,
  column: InspectedColumn,
  source: ColumnSourceOf<'column'>,
): StyleQuestion<DateOrder> | null {
  if (field.type !== 'timestamp') return null;
  const mustAnswer = undecided(field.type, column, {}) !== null;
  if (!mustAnswer && column.dateOrder !== null && source.dateOrder === column.dateOrder) return null;
  return question(column, ORDERS, (cell, order) => readDate(cell, order), mustAnswer, source.dateOrder);
}

export function numberQuestion(
  field: SalesFieldDefinition,
  column: InspectedColumn,
  source: ColumnSourceOf<'column'>,
): StyleQuestion<NumberStyle> | null {
  if (!isNumeric(field.type)) return null;
  const mustAnswer = undecided(field.type, column, {}) !== null;
  if (!mustAnswer && column.numberStyle !== null && isSame(source.numberStyle, column.numberStyle))
    return null;
  return question(column, STYLES, (cell, style) => readNumber(cell, style), mustAnswer, source.numberStyle);
}

function question<T>(
  column: InspectedColumn,
  all: readonly T[],
  read: (cell: string, option: T) => Reading,
  mustAnswer: boolean,
  chosen: T | undefined,
): StyleQuestion<T> | null {
  const cells = column.samples.filter((cell) => cell.trim() !== '');
  if (cells.length === 0) return null;
  const readings = (cell: string) => {
    const seen = new Map<string, StyleOption<T>>();
    for (const value of all) {
      const reading = read(cell, value);
      if (!reading.fits || reading.text === null) continue;
      // Of styles that read the cell alike the chosen one is kept, so that it stays visible as chosen.
      if (!seen.has(reading.text) || isSame(value, chosen)) seen.set(reading.text, { value, reading });
    }
    return [...seen.values()];
  };
  const usable = all.filter((option) => cells.every((cell) => read(cell, option).fits));
  const best = cells
    .map((cell) => ({
      example: cell,
      options: readings(cell).filter(
        (option) => usable.length === 0 || usable.some((fit) => isSame(fit, option.value)),
      ),
    }))
    .sort((a, b) => b.options.length - a.options.length)[0];
  if (!best) return null;
  if (best.options.length >= 2) return { ...best, mustAnswer };
  if (!mustAnswer) return null;
  // Every sample reads alike (01/01, 02/02): the question stays, later rows will differ.
  const options = usable.slice(0, 2).map((value) => ({ value, reading: read(best.example, value) }));
  return { example: best.example, options, mustAnswer };
}

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One cell of the preview, as the import would read it. */
export interface PreviewCell extends Reading {
  /** The cells as found, for the title of the cell. */
  readonly found: string;
}

/** What a field of one sample row would hold. */
export function previewCell(
  field: SalesFieldDefinition,
  source: ColumnSource | undefined,
  table: InspectedTable,
  row: readonly string[],
): PreviewCell {
  if (source === undefined) return { text: null, fits: true, found: '' };
  switch (source.kind) {
    case 'constant':
      return {
        text: source.value.trim() === '' ? null : source.value,
        fits: true,
        found: 'the same for all rows',
      };
    case 'computed':
      return { ...computed(source, table, row), found: source.expression };
    case 'column': {
      const found = row[source.column] ?? '';
      const reading = readCell(field, source, table.columns[source.column], found);
      const zero = reading.text === null && source.blankAs === 'zero' && isNumeric(field.type);
      return { ...(zero ? { text: '0', fits: true } : reading), found };
    }
  }
}

function readCell(
  field: SalesFieldDefinition,
  source: ColumnSourceOf<'column'>,
  column: InspectedColumn | undefined,
  found: string,
): Reading {
  if (found.trim() === '') return { text: null, fits: true };
  if (field.type === 'timestamp') {
    const order = source.dateOrder ?? (column?.ambiguous === true ? null : column?.dateOrder);
    return order ? readDate(found, order) : { text: found, fits: false };
  }
  if (!isNumeric(field.type)) return { text: found.trim(), fits: true };
  const style = source.numberStyle ?? (column?.ambiguous === true ? null : column?.numberStyle) ?? null;
  const reading = readNumber(found, style ?? PLAIN);
  // Returns are kept as zero or negative, however the file writes them.
  const negative = field.id === 'returnsValue' || field.id === 'unitsReturned';
  const positive =
    reading.fits && reading.text !== null && !reading.text.startsWith('-') && reading.text !== '0';
  return negative && positive ? { text: `-${reading.text ?? ''}`, fits: true } : reading;
}

const PLAIN: NumberStyle = { decimal: '.', grouping: ',' };

function computed(
  source: ColumnSourceOf<'computed'>,
  table: InspectedTable,
  row: readonly string[],
): Reading {
  const parsed = parseColumnExpression(
    source.expression,
    table.columns.map((column) => column.name),
  );
  if ('problem' in parsed) return { text: null, fits: true };
  let misfit: string | null = null;
  const value = evaluateColumnExpression(parsed.tree, (index) => {
    const cell = row[index] ?? '';
    const style = source.numberStyle ?? table.columns[index]?.numberStyle ?? PLAIN;
    const number = parseE4Text(cell, style);
    if (number.ok) return number.e4;
    if (number.reason !== 'blank') misfit = cell;
    return null;
  });
  if (misfit !== null) return { text: misfit, fits: false };
  return { text: value === null ? null : formatE4(value.e4), fits: true };
}

/** Columns of the file that no field reads: kept in the raw file only. */
export function unusedColumns(mapping: Mapping, table: InspectedTable): readonly InspectedColumn[] {
  const used = new Set<number>();
  for (const source of Object.values(mapping.fields)) if (source.kind === 'column') used.add(source.column);
  const expressions = Object.values(mapping.fields).flatMap((source) =>
    source.kind === 'computed' ? [source.expression.toLowerCase()] : [],
  );
  return table.columns.filter(
    (column) =>
      !used.has(column.index) && !expressions.some((text) => text.includes(column.name.toLowerCase())),
  );
}

/** “Quite sure” and the like: the number alone means little to people. */
export function confidenceWords(confidence: number): {
  readonly label: string;
  readonly tone: 'sure' | 'likely' | 'guess';
} {
  if (confidence >= 0.9) return { label: 'Certain', tone: 'sure' };
  if (confidence >= 0.75) return { label: 'Likely', tone: 'likely' };
  return { label: 'A guess', tone: 'guess' };
}
