import { z } from 'zod';
import { dateOrderSchema, numberStyleSchema } from './mapping.ts';

/** File formats told by content, never by extension. */
export const FILE_FORMATS = ['csv', 'xlsx', 'xls', 'xlsb', 'ods', 'parquet'] as const;
export const fileFormatSchema = z.enum(FILE_FORMATS);
export type FileFormat = z.infer<typeof fileFormatSchema>;

/** How a delimited file is written. */
export const dialectSchema = z.object({
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-15']),
  bom: z.boolean(),
  delimiter: z.string(),
  quote: z.enum(['"', "'", '']),
  escape: z.enum(['"', "'", '\\', '']),
  recordDelimiter: z.enum(['\n', '\r', '\r\n', 'mixed']),
  comment: z.string(),
});
export type Dialect = z.infer<typeof dialectSchema>;

export const inspectedColumnSchema = z.object({
  index: z.number().int(),
  /** Header text, joined with a space when it spans several rows; invented as `column_1` when there is none. */
  name: z.string(),
  invented: z.boolean(),
  type: z.enum(['text', 'number', 'date', 'boolean', 'empty']),
  /** Share of the sample's non-blank cells that fit the type, 0 to 1. */
  fit: z.number(),
  blankShare: z.number(),
  numberStyle: numberStyleSchema.nullable(),
  dateOrder: dateOrderSchema.nullable(),
  /** True when the data fit more than one number style or date order: a person must say which. */
  ambiguous: z.boolean(),
  samples: z.array(z.string()),
});
export type InspectedColumn = z.infer<typeof inspectedColumnSchema>;

/** One table of a file: the whole of a delimited or Parquet file, or a sheet of a workbook. */
export const inspectedTableSchema = z.object({
  /** '' for files with one table, else the sheet's name. */
  sheet: z.string(),
  index: z.number().int(),
  hidden: z.boolean(),
  /** Physical 1-based row numbers of the header; empty when the table has none. */
  headerRows: z.array(z.number().int()),
  /** Physical 1-based number of the first data row. */
  firstDataRow: z.number().int(),
  columns: z.array(inspectedColumnSchema),
  /** Up to 20 data rows as text. */
  sampleRows: z.array(z.array(z.string())),
  /** Exact when small, estimated from the sample otherwise; null when unknown. */
  estimatedRows: z.number().nullable(),
  /** Hash of the normalised header names: mappings are remembered under it. */
  fingerprint: z.string(),
});
export type InspectedTable = z.infer<typeof inspectedTableSchema>;

export const inspectionSchema = z.object({
  format: fileFormatSchema,
  dialect: dialectSchema.nullable(),
  tables: z.array(inspectedTableSchema),
  /** Index in `tables` of the one that fits the sales schema best. */
  suggestedTable: z.number().int(),
});
export type Inspection = z.infer<typeof inspectionSchema>;
