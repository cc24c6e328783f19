import { z } from 'zod';
import { DIMENSIONS, SALES_FIELD_IDS, type Dimension, type SalesFieldId } from './sales-schema.ts';

/** How the numbers of a column are written. `unknown` grouping or decimal never reaches an import: it is asked. */
export const numberStyleSchema = z.object({
  decimal: z.enum(['.', ',']),
  /** Thousands separator: '' when there is none; ' ' stands for any kind of space, "'" for apostrophes. */
  grouping: z.enum(['', ',', '.', ' ', "'"]),
});
export type NumberStyle = z.infer<typeof numberStyleSchema>;

/** How the dates of a column are written; `excel-1900` and `excel-1904` are serial numbers. */
export const DATE_ORDERS = [
  'iso',
  'day-first',
  'month-first',
  'year-first',
  'excel-1900',
  'excel-1904',
] as const;
export const dateOrderSchema = z.enum(DATE_ORDERS);
export type DateOrder = z.infer<typeof dateOrderSchema>;

const byColumn = z.object({
  kind: z.literal('column'),
  /** Zero-based index in the file's table. */
  column: z.number().int().nonnegative(),
  /** Header text at the time of mapping, for people and to find the column again when files reorder theirs. */
  header: z.string(),
  numberStyle: numberStyleSchema.optional(),
  dateOrder: dateOrderSchema.optional(),
  /** What a blank cell means: nothing known (null), or zero because the person said so. */
  blankAs: z.enum(['null', 'zero']).default('null'),
});
const byConstant = z.object({ kind: z.literal('constant'), value: z.string().max(500) });
/** Sums, differences and products of columns and numbers: `Sales - Profit`, `[Unit Price] * Qty`. Exact decimals. */
const byExpression = z.object({
  kind: z.literal('computed'),
  expression: z.string().max(500),
  numberStyle: numberStyleSchema.optional(),
});
export const columnSourceSchema = z.discriminatedUnion('kind', [byColumn, byConstant, byExpression]);
export type ColumnSource = z.infer<typeof columnSourceSchema>;

/** A text of the file that stands for another: “Kisumu Town” for “Kisumu”. Compared whole, blanks around it aside. */
export const readAsSchema = z.strictObject({
  found: z.string().trim().min(1).max(500),
  meant: z.string().trim().min(1).max(500),
});
export type ReadAs = z.infer<typeof readAsSchema>;

/** Which column, constant or computation feeds each field of the sales schema. Absent fields stay blank. */
export const mappingSchema = z.object({
  version: z.literal(1),
  fields: z.partialRecord(z.enum(SALES_FIELD_IDS as [SalesFieldId, ...SalesFieldId[]]), columnSourceSchema),
  /** Texts of a field that are read as others, because a person said so. */
  values: z.partialRecord(z.enum(DIMENSIONS), z.array(readAsSchema).max(2_000)).optional(),
});

export type Mapping = z.infer<typeof mappingSchema>;

/** The mapping with one more text that is read as another; an earlier answer about the same text is replaced. */
export function withReadAs(mapping: Mapping, field: Dimension, { found, meant }: ReadAs): Mapping {
  const others = (mapping.values?.[field] ?? []).filter((known) => known.found !== found);
  return { ...mapping, values: { ...mapping.values, [field]: [...others, { found, meant }] } };
}

/** The mapping with the text read as it is again. */
export function withoutReadAs(mapping: Mapping, field: Dimension, found: string): Mapping {
  const { values, ...rest } = mapping;
  const left = (values?.[field] ?? []).filter((known) => known.found !== found);
  const { [field]: _, ...others } = values ?? {};
  const all = left.length > 0 ? { ...others, [field]: left } : others;
  return Object.keys(all).length > 0 ? { ...rest, values: all } : rest;
}

/** One suggested source with how sure Mauzo is (0 to 1) and why, in words for the mapping screen. */
export const mappingSuggestionSchema = z.object({
  field: z.enum(SALES_FIELD_IDS as [SalesFieldId, ...SalesFieldId[]]),
  source: columnSourceSchema.nullable(),
  confidence: z.number().min(0).max(1),
  reason: z.string(),
});
export type MappingSuggestion = z.infer<typeof mappingSuggestionSchema>;
