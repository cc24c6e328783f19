import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { headerKey } from '#shared/domain/header-names';
import {
  dateOrderSchema,
  mappingSchema,
  numberStyleSchema,
  type ColumnSource,
  type Mapping,
} from '#shared/domain/mapping';
import { isNumeric } from '#shared/domain/mapping-check';
import { suggestMapping } from '#shared/domain/mapping-suggestion';
import { nearestName } from '#shared/domain/nearest-name';
import { SALES_FIELD_IDS, SALES_FIELDS, type SalesFieldId, usualBlank } from '#shared/domain/sales-schema';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';

const byHeader = z.strictObject({
  column: z.string(),
  dateOrder: dateOrderSchema.optional(),
  numberStyle: numberStyleSchema.optional(),
  blankAs: z.enum(['null', 'zero']).optional(),
});
const byExpression = z.strictObject({ compute: z.string(), numberStyle: numberStyleSchema.optional() });
const byConstant = z.strictObject({ constant: z.string() });
/** A header, or how the field is made; null leaves it blank. Fields that are not named are found as usual. */
const shortFormSchema = z.record(
  z.string(),
  z.union([z.string(), byHeader, byExpression, byConstant, z.null()]),
);
type ShortSource = z.infer<typeof shortFormSchema>[string];

/** A mapping file: the whole document, or the short form by header names, which needs the table to be understood. */
export type MappingFile =
  | { readonly kind: 'full'; readonly mapping: Mapping }
  | { readonly kind: 'short'; resolve(table: InspectedTable): Mapping };

const badFile = (path: string, problem: string) =>
  new AppError('cli.bad_file', 'input', { option: '--mapping', path, problem });

function parseFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw badFile(path, error instanceof Error ? error.message : String(error));
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    throw badFile(path, `it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

const issueText = (error: z.ZodError) => {
  const issue = error.issues[0];
  return issue
    ? `${issue.path.map(String).join('.')}: ${issue.message}`
    : 'it does not have the form of a mapping';
};

function fieldOf(name: string, path: string): SalesFieldId {
  const found = SALES_FIELD_IDS.find((id) => id === name);
  if (found) return found;
  throw badFile(path, `there is no field “${name}”; did you mean “${nearestName(name, SALES_FIELD_IDS)}”?`);
}

/** The column of that header: exactly, or else but for case, blanks and punctuation when only one fits. */
function columnOf(header: string, table: InspectedTable, path: string): InspectedColumn {
  const exact = table.columns.filter((column) => column.name === header);
  const alike = table.columns.filter((column) => headerKey(column.name) === headerKey(header));
  const found = exact.length > 0 ? exact : alike;
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1)
    throw badFile(path, `several columns are called “${header}”; use the full form with their numbers`);
  const nearest = nearestName(
    header,
    table.columns.map((column) => column.name),
  );
  throw badFile(path, `the table has no column “${header}”; the nearest is “${nearest}”`);
}

function sourceOf(
  field: SalesFieldId,
  short: Exclude<ShortSource, null>,
  table: InspectedTable,
  path: string,
): ColumnSource {
  if (typeof short !== 'string' && 'constant' in short) return { kind: 'constant', value: short.constant };
  if (typeof short !== 'string' && 'compute' in short) {
    const { compute, numberStyle } = short;
    return { kind: 'computed', expression: compute, ...(numberStyle ? { numberStyle } : {}) };
  }
  const given = typeof short === 'string' ? { column: short } : short;
  const column = columnOf(given.column, table, path);
  const type = SALES_FIELDS.find((candidate) => candidate.id === field)?.type ?? 'string';
  // What the data prove is taken; what they leave open must be said.
  const proved = column.ambiguous ? null : column;
  const numberStyle = given.numberStyle ?? (isNumeric(type) ? proved?.numberStyle : null);
  const dateOrder = given.dateOrder ?? (type === 'timestamp' ? proved?.dateOrder : null);
  return {
    kind: 'column',
    column: column.index,
    header: column.name,
    blankAs: given.blankAs ?? usualBlank(field),
    ...(numberStyle ? { numberStyle } : {}),
    ...(dateOrder ? { dateOrder } : {}),
  };
}

/** Reads the file of `--mapping`. Fails with `cli.bad_file`, which names the place. */
export function readMappingFile(path: string): MappingFile {
  const value = parseFile(path);
  if (typeof value === 'object' && value !== null && 'version' in value) {
    const full = mappingSchema.safeParse(value);
    if (!full.success) throw badFile(path, issueText(full.error));
    return { kind: 'full', mapping: full.data };
  }
  // Before the schema, which passes over a key such as __proto__ in silence.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const name of Object.keys(value)) fieldOf(name, path);
  }
  const short = shortFormSchema.safeParse(value);
  if (!short.success) throw badFile(path, issueText(short.error));
  const named = Object.entries(short.data).map(([name, source]) => [fieldOf(name, path), source] as const);
  return {
    kind: 'short',
    resolve(table) {
      const fields: Mapping['fields'] = { ...suggestMapping(table, null).mapping.fields };
      for (const [field, source] of named) {
        if (source === null) delete fields[field];
        else fields[field] = sourceOf(field, source, table, path);
      }
      return { version: 1, fields };
    },
  };
}
