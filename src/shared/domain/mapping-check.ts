import { AppError } from '../errors/app-error.ts';
import { parseColumnExpression, expressionColumns } from './column-expression.ts';
import type { ColumnSource, Mapping } from './mapping.ts';
import { SALES_FIELDS, type FieldType, type SalesFieldId } from './sales-schema.ts';
import type { InspectedColumn, InspectedTable } from './tables.ts';
import { parseE4Text } from './values/numbers.ts';

/** Why one field's source cannot be used as it is; `position` is set for expressions (1-based character). */
export interface MappingProblem {
  readonly field: SalesFieldId;
  readonly message: string;
  readonly position: number | null;
}

export interface MappingCheck {
  /** Fields without which the import cannot go on: required ones without a source, and any with a problem. */
  readonly missing: readonly SalesFieldId[];
  readonly problems: readonly MappingProblem[];
}

export const isNumeric = (type: FieldType): boolean =>
  type === 'money' || type === 'quantity' || type === 'integer';

/** What a person must still say about a column before a field of that type can be read from it; null when nothing. */
export function undecided(
  type: FieldType,
  column: InspectedColumn,
  source: { numberStyle?: unknown; dateOrder?: unknown },
): string | null {
  if (isNumeric(type) && column.ambiguous && column.type === 'number' && source.numberStyle === undefined) {
    return `It is not certain how the numbers of “${column.name}” are written (is ${
      column.samples.find((sample) => /[.,]/.test(sample)) ?? 'the point or comma'
    } thousands or decimals?).`;
  }
  if (type !== 'timestamp' || source.dateOrder !== undefined) return null;
  if (column.ambiguous && column.type === 'date') {
    return `It is not certain whether the dates of “${column.name}” begin with the day or with the month (${
      column.samples[0] ?? 'all days are 12 or lower'
    }).`;
  }
  return column.dateOrder === null && column.type !== 'date'
    ? `“${column.name}” does not look like dates; say how they are written.`
    : null;
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?$/;

function constantProblem(type: FieldType, value: string): string | null {
  if (value.trim() === '') return 'The fixed value is empty.';
  if (type === 'string') return null;
  if (type === 'timestamp') {
    const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
    const real = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value.slice(0, 10));
    return ISO_DAY.test(value) && real ? null : 'A fixed date must be written as year-month-day.';
  }
  const number = parseE4Text(value, { decimal: '.', grouping: '' });
  if (!number.ok) return 'The fixed value must be a plain number such as 1234.50.';
  return type === 'integer' && number.e4 % 10_000n !== 0n ? 'The fixed value must be a whole number.' : null;
}

function sourceProblem(
  type: FieldType,
  source: ColumnSource,
  table: InspectedTable,
): { message: string; position: number | null } | null {
  const say = (message: string | null) => (message === null ? null : { message, position: null });
  switch (source.kind) {
    case 'constant':
      return say(constantProblem(type, source.value));
    case 'column': {
      const column = table.columns[source.column];
      if (column === undefined) return say(`The file has no column number ${source.column + 1}.`);
      return say(undecided(type, column, source));
    }
    case 'computed': {
      if (!isNumeric(type)) return say('Only numbers can be computed.');
      const headers = table.columns.map((column) => column.name);
      const parsed = parseColumnExpression(source.expression, headers);
      if ('problem' in parsed) return parsed.problem;
      const unclear = expressionColumns(parsed.tree).map((index) => table.columns[index]);
      for (const column of unclear) {
        const message = column && undecided('money', column, source);
        if (message) return say(message);
      }
      return null;
    }
  }
}

/** Checks a mapping against the table that it is meant for. Nothing missing and no problem: the import can go on. */
export function checkMapping(mapping: Mapping, table: InspectedTable): MappingCheck {
  const problems: MappingProblem[] = [];
  const missing: SalesFieldId[] = [];
  for (const field of SALES_FIELDS) {
    const source = mapping.fields[field.id];
    if (source === undefined) {
      if (field.required) missing.push(field.id);
      continue;
    }
    const problem = sourceProblem(field.type, source, table);
    if (problem === null) continue;
    problems.push({ field: field.id, ...problem });
    missing.push(field.id);
  }
  return { missing, problems };
}

const labelOf = (id: SalesFieldId): string => SALES_FIELDS.find((field) => field.id === id)?.label ?? id;

/**
 * Refuses a mapping that cannot be used.
 * @throws AppError `mapping.expression_invalid`, `mapping.incomplete`
 */
export function assertMapping(mapping: Mapping, table: InspectedTable): void {
  const { missing, problems } = checkMapping(mapping, table);
  if (missing.length === 0) return;
  for (const { field, message, position } of problems) {
    const source = mapping.fields[field];
    if (position === null || source?.kind !== 'computed') continue;
    throw new AppError('mapping.expression_invalid', 'input', {
      field: labelOf(field),
      expression: source.expression,
      position,
      problem: message,
    });
  }
  throw new AppError('mapping.incomplete', 'input', {
    fields: missing.map(labelOf),
    problems: problems.map((problem) => problem.message).join(' '),
  });
}
