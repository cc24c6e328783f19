import { z } from 'zod';

export const severitySchema = z.enum(['error', 'warning', 'info']);
export type Severity = z.infer<typeof severitySchema>;

/**
 * One thing that was found in one place of a file. Findings are data, not errors. An error rejects its row, a warning
 * keeps it, an info tells what was normalised. `row` is the physical 1-based row (workbook) or line (text file).
 */
export const findingSchema = z.object({
  code: z.string(),
  severity: severitySchema,
  sheet: z.string(),
  row: z.number().int(),
  /** Header of the column in the file; null when the whole row is meant. */
  column: z.string().nullable(),
  /** The cell as it was found, cut to 200 characters. */
  value: z.string().nullable(),
  message: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** All findings of one code in one column, counted exactly. */
export const findingSummarySchema = z.object({
  code: z.string(),
  severity: severitySchema,
  column: z.string().nullable(),
  count: z.number().int(),
  title: z.string(),
  /** Why it matters, or what was done about it. */
  explanation: z.string().default(''),
  sample: z.array(findingSchema),
});
export type FindingSummary = z.infer<typeof findingSummarySchema>;

/** A row that was not taken, with its cells as they were found. */
export const rejectedRowSchema = z.object({
  sheet: z.string(),
  row: z.number().int(),
  cells: z.array(z.string()),
  problems: z.array(findingSchema),
});
export type RejectedRow = z.infer<typeof rejectedRowSchema>;
