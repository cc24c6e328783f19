import { z } from 'zod';
import { findingSchema, rejectedRowSchema } from '../domain/findings.ts';
import { jobViewSchema, ledgerTotalsSchema, overlapPolicySchema, sharedTaskSchema } from '../domain/job.ts';
import { mappingSchema, mappingSuggestionSchema, readAsSchema } from '../domain/mapping.ts';
import { DIMENSIONS } from '../domain/sales-schema.ts';
import { inspectionSchema } from '../domain/tables.ts';
import { defineCommand, defineQuery, defineStream } from '../rpc/define.ts';

const jobId = z.string().min(1).max(64);
const importId = z.string().regex(/^[0-9a-f]{64}$/);

/** Options of one import; absent ones come from the settings. */
export const importOptionsSchema = z.strictObject({
  mapping: mappingSchema.optional(),
  sheet: z.string().max(255).optional(),
  /** What the sender says the file holds; must match before acceptance. Revenue is decimal text. */
  controlRows: z.number().int().nonnegative().optional(),
  controlRevenue: z
    .string()
    .regex(/^-?\d{1,14}(\.\d{1,4})?$/)
    .optional(),
  onOverlap: overlapPolicySchema.optional(),
  /** Takes these imports out as a whole when this one is accepted: a corrected file in place of the old one. */
  supersedes: z.array(importId).max(100).optional(),
  maxRejectsPercent: z.number().min(0).max(100).optional(),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** A file to import: a path on this machine, or an upload that the browser host has already staged. */
const fileToImport = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('upload'), uploadId: z.string().min(1).max(64) }),
]);

/** What undoing or re-activating an import would do to the figures. */
export const changePreviewSchema = z.object({
  importId: z.string(),
  fileName: z.string(),
  chunks: z.array(z.string()),
  rowsBefore: z.number().int(),
  rowsAfter: z.number().int(),
  before: ledgerTotalsSchema,
  after: ledgerTotalsSchema,
});
export type ChangePreview = z.infer<typeof changePreviewSchema>;

/** One accepted import of the history, active or undone. */
export const historyEntrySchema = z.object({
  /** Position in the activation log. */
  sequence: z.number().int(),
  importId: z.string(),
  jobId: z.string(),
  fileName: z.string(),
  sheet: z.string(),
  policy: overlapPolicySchema,
  acceptedAt: z.string(),
  undoneAt: z.string().nullable(),
  rowsAccepted: z.number().int(),
  rowsRejected: z.number().int(),
  /** Rows that count now: accepted less those replaced by later imports or excluded by overlap. */
  rowsInEffect: z.number().int(),
  totals: ledgerTotalsSchema,
  chunks: z.array(z.string()),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const importsContract = {
  'imports.start': defineCommand({
    input: z.strictObject({
      files: z.array(fileToImport).min(1).max(500),
      options: importOptionsSchema.default({}),
    }),
    output: z.object({ jobIds: z.array(z.string()) }),
    errors: ['imports.upload_unknown'],
  }),
  'imports.start-sample': defineCommand({
    input: z.strictObject({}),
    output: z.object({ jobIds: z.array(z.string()) }),
    errors: ['imports.sample_missing'],
  }),
  'jobs.list': defineQuery({ input: z.strictObject({}), output: z.object({ jobs: z.array(jobViewSchema) }) }),
  /** Jobs of every installation that shares the database, newest first; without a shared one, those of this computer. */
  'jobs.everywhere': defineQuery({
    input: z.strictObject({ limit: z.number().int().min(1).max(1_000).default(200) }),
    output: z.object({ tasks: z.array(sharedTaskSchema) }),
  }),
  'jobs.get': defineQuery({
    input: z.strictObject({ jobId }),
    output: jobViewSchema,
    errors: ['jobs.unknown'],
  }),
  /** First event: every job that is listed; then each job as it changes. A reload simply opens the stream again. */
  'jobs.watch': defineStream({
    input: z.strictObject({}),
    output: z.discriminatedUnion('type', [
      z.object({ type: z.literal('snapshot'), jobs: z.array(jobViewSchema) }),
      z.object({ type: z.literal('job'), job: jobViewSchema }),
      z.object({ type: z.literal('removed'), jobId: z.string() }),
    ]),
  }),
  /** What the mapping screen shows: the tables of the file, suggestions, and the mapping in force. */
  'jobs.inspection': defineQuery({
    input: z.strictObject({ jobId, table: z.number().int().optional() }),
    output: z.object({
      inspection: inspectionSchema,
      table: z.number().int(),
      suggestions: z.array(mappingSuggestionSchema),
      mapping: mappingSchema,
      /** Fields without which the job cannot go on. */
      missing: z.array(z.string()),
      remembered: z.boolean(),
    }),
    errors: ['jobs.unknown', 'jobs.not_inspected'],
  }),
  /** Sets the mapping of a job that waits for one (or for review) and validates (again). */
  'jobs.map': defineCommand({
    input: z.strictObject({
      jobId,
      table: z.number().int(),
      mapping: mappingSchema,
      remember: z.boolean().default(true),
    }),
    output: jobViewSchema,
    errors: ['jobs.unknown', 'jobs.wrong_state', 'mapping.incomplete', 'mapping.expression_invalid'],
  }),
  /** Says that texts of a job's file stand for others, remembers it for files with these columns, and checks again. */
  'jobs.read-as': defineCommand({
    input: z.strictObject({
      jobId,
      values: z
        .array(readAsSchema.extend({ field: z.enum(DIMENSIONS) }))
        .min(1)
        .max(1_000),
      remember: z.boolean().default(true),
    }),
    output: jobViewSchema,
    errors: ['jobs.unknown', 'jobs.wrong_state', 'jobs.not_inspected'],
  }),
  /** Accepts the good rows of a job that waits for review, with what to do about overlaps. */
  'jobs.accept': defineCommand({
    input: z.strictObject({
      jobId,
      onOverlap: overlapPolicySchema.optional(),
      supersedes: z.array(importId).max(100).optional(),
    }),
    output: jobViewSchema,
    errors: ['jobs.unknown', 'jobs.wrong_state', 'jobs.overlap_undecided', 'jobs.control_totals_differ'],
  }),
  'jobs.cancel': defineCommand({
    input: z.strictObject({ jobId }),
    output: jobViewSchema,
    errors: ['jobs.unknown', 'jobs.too_late'],
  }),
  'jobs.retry': defineCommand({
    input: z.strictObject({ jobId }),
    output: jobViewSchema,
    errors: ['jobs.unknown', 'jobs.wrong_state'],
  }),
  /** Takes a finished job off the queue; history and data stay. */
  'jobs.dismiss': defineCommand({
    input: z.strictObject({ jobId }),
    output: z.object({}),
    errors: ['jobs.unknown', 'jobs.wrong_state'],
  }),
  'jobs.findings': defineQuery({
    input: z.strictObject({
      jobId,
      code: z.string().max(100).optional(),
      column: z.string().max(1000).nullable().optional(),
      offset: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    output: z.object({
      findings: z.array(findingSchema),
      /** Exact number of findings that match. */
      total: z.number().int(),
      /** Findings that are listed one by one; beyond it they are only counted. */
      listed: z.number().int(),
    }),
    errors: ['jobs.unknown'],
  }),
  'jobs.rejects': defineQuery({
    input: z.strictObject({
      jobId,
      offset: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    output: z.object({
      header: z.array(z.string()),
      rows: z.array(rejectedRowSchema),
      total: z.number().int(),
    }),
    errors: ['jobs.unknown'],
  }),
  /** Writes the rejected rows as a workbook (or CSV by extension) and answers where; the browser host downloads it. */
  'jobs.export-rejects': defineCommand({
    input: z.strictObject({ jobId, path: z.string().max(4096).optional() }),
    output: z.object({ path: z.string(), downloadId: z.string(), rows: z.number().int() }),
    errors: ['jobs.unknown', 'jobs.no_rejects'],
  }),
  'history.list': defineQuery({
    input: z.strictObject({}),
    output: z.object({ entries: z.array(historyEntrySchema) }),
  }),
  'history.preview-undo': defineQuery({
    input: z.strictObject({ importId }),
    output: changePreviewSchema,
    errors: ['history.unknown_import', 'history.not_active'],
  }),
  'history.undo': defineCommand({
    input: z.strictObject({ importId }),
    output: changePreviewSchema,
    errors: ['history.unknown_import', 'history.not_active'],
  }),
  /** Counts an undone import again, at the end of the log. */
  'history.reactivate': defineCommand({
    input: z.strictObject({ importId, onOverlap: overlapPolicySchema.default('keep') }),
    output: changePreviewSchema,
    errors: ['history.unknown_import', 'history.already_active'],
  }),
};
