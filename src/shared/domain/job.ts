import { z } from 'zod';
import { appErrorSchema } from '../rpc/envelope.ts';
import { connectionKindSchema } from './connections.ts';
import { findingSummarySchema } from './findings.ts';
import { DIMENSIONS } from './sales-schema.ts';

/** The states of a job, in order; the last four and `done` are final. See docs/architecture.md, "An import, step by step". */
export const JOB_STATES = [
  'queued',
  'staged',
  'inspected',
  'mapping-needed',
  'validated',
  'review-needed',
  'accepted',
  'uploaded',
  'published',
  'done',
  'failed',
  'cancelled',
  'undone',
] as const;
export const jobStateSchema = z.enum(JOB_STATES);
export type JobState = z.infer<typeof jobStateSchema>;

export const JOB_STEPS = [
  'stage',
  'inspect',
  'map',
  'validate',
  'accept',
  'upload',
  'publish',
  'reconcile',
] as const;
export const jobStepSchema = z.enum(JOB_STEPS);
export type JobStep = z.infer<typeof jobStepSchema>;

/** Decimal text with up to four places, or null when no row has the column. */
const decimal = z.string().nullable();
export const ledgerTotalsSchema = z.object({
  grossRevenue: decimal,
  returnsValue: decimal,
  totalCost: decimal,
  unitsSold: decimal,
  unitsReturned: decimal,
});

/** One line of the ledger: two independently obtained numbers that must be equal. Numbers are decimal text. */
export const ledgerLineSchema = z.object({
  check: z.string(),
  expected: z.string(),
  actual: z.string(),
  balanced: z.boolean(),
});
export const ledgerSchema = z.object({ balanced: z.boolean(), lines: z.array(ledgerLineSchema) });
export type Ledger = z.infer<typeof ledgerSchema>;
export type LedgerLine = z.infer<typeof ledgerLineSchema>;

/** What an accepted import does with rows that are already there. */
export const OVERLAP_POLICIES = ['keep', 'replace', 'skip'] as const;
export const overlapPolicySchema = z.enum(OVERLAP_POLICIES);
export type OverlapPolicy = z.infer<typeof overlapPolicySchema>;

/** Rows of this file on branch-days that an active import already covers. */
export const overlapSchema = z.object({
  importId: z.string(),
  fileName: z.string(),
  acceptedAt: z.string(),
  branchDays: z.number().int(),
  /** Rows of this file on those branch-days. */
  rows: z.number().int(),
  /** Rows of this file that are equal, field by field, to an active row of that import. */
  equalRows: z.number().int(),
  /** Rows of the other import on those branch-days: what `replace` would take out. */
  otherRows: z.number().int(),
  branches: z.array(z.string()),
  from: z.string(),
  to: z.string(),
});
export type Overlap = z.infer<typeof overlapSchema>;

/** A new name that looks like one that is known: another spelling of it, or really a new one. */
export const similarValueSchema = z.object({
  sheet: z.string(),
  field: z.enum(DIMENSIONS),
  value: z.string(),
  similarTo: z.string(),
  rows: z.number().int(),
});
export type SimilarValue = z.infer<typeof similarValueSchema>;

/** Why a job waits for a person; each has its own words on the review panel. */
export const reviewReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rejects-over-limit'), percent: z.number(), limitPercent: z.number() }),
  z.object({ kind: z.literal('overlap'), overlaps: z.array(overlapSchema) }),
  z.object({ kind: z.literal('control-totals'), lines: z.array(ledgerLineSchema) }),
  z.object({ kind: z.literal('similar-values'), values: z.array(similarValueSchema) }),
  z.object({ kind: z.literal('no-rows') }),
]);
export type ReviewReason = z.infer<typeof reviewReasonSchema>;

/** A connection that does not answer at the moment, and what waits for it. */
export const connectionWaitSchema = z.object({
  connection: connectionKindSchema,
  /** The step that could not be done. */
  step: jobStepSchema,
  error: appErrorSchema,
  /** ISO 8601. */
  since: z.string(),
  /** ISO 8601; null for a job that goes on after the ones before it in the queue. */
  nextTryAt: z.string().nullable(),
});
export type ConnectionWait = z.infer<typeof connectionWaitSchema>;

export const jobProgressSchema = z.object({
  step: jobStepSchema,
  bytesDone: z.number(),
  bytesTotal: z.number(),
  rows: z.number(),
  bytesPerSecond: z.number(),
  rowsPerSecond: z.number(),
  /** Remaining time of this step in milliseconds; null while unknown. */
  etaMs: z.number().nullable(),
  /** Why nothing moves at the moment, as when Druid has no free place; the step goes on by itself. */
  notice: appErrorSchema.nullable(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobStepViewSchema = z.object({
  step: jobStepSchema,
  state: z.enum(['pending', 'running', 'waiting', 'done', 'failed', 'skipped']),
  elapsedMs: z.number(),
  bytes: z.number(),
  rows: z.number(),
});
export type JobStepView = z.infer<typeof jobStepViewSchema>;

/** A job as screens and the command line see it. */
export const jobViewSchema = z.object({
  jobId: z.string(),
  dataset: z.string(),
  fileName: z.string(),
  sizeBytes: z.number(),
  sheet: z.string(),
  state: jobStateSchema,
  importId: z.string().nullable(),
  /** Set when the same bytes, read the same way, were already active: nothing new was counted. */
  duplicateOf: z.object({ importId: z.string(), fileName: z.string(), acceptedAt: z.string() }).nullable(),
  error: appErrorSchema.nullable(),
  /** Set while a connection does not answer: nothing is asked of anybody, the job goes on by itself. */
  waitingFor: connectionWaitSchema.nullable(),
  review: z.array(reviewReasonSchema),
  progress: jobProgressSchema.nullable(),
  steps: z.array(jobStepViewSchema),
  rowsRead: z.number().int(),
  rowsAccepted: z.number().int(),
  rowsRejected: z.number().int(),
  rowsSkipped: z.number().int(),
  findings: z.array(findingSummarySchema),
  totals: ledgerTotalsSchema.nullable(),
  /** Calendar months `yyyy-mm` that the accepted rows cover. */
  chunks: z.array(z.string()),
  ledger: ledgerSchema.nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** A job as everybody who shares a store sees it. */
export const sharedTaskSchema = z.object({
  jobId: z.string(),
  /** Machine and user that run it. */
  owner: z.string(),
  dataset: z.string(),
  fileName: z.string(),
  state: jobStateSchema,
  /** Null before the file was checked. */
  rowsRead: z.number().int().nullable(),
  rowsAccepted: z.number().int().nullable(),
  rowsRejected: z.number().int().nullable(),
  /** Why it failed, or what it waits for. */
  error: appErrorSchema.nullable(),
  /** ISO 8601 in UTC. */
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type SharedTask = Readonly<z.infer<typeof sharedTaskSchema>>;

/** States from which no step runs by itself any more. */
export const FINAL_STATES: ReadonlySet<JobState> = new Set(['done', 'failed', 'cancelled', 'undone']);
/** States in which a person is asked. */
export const WAITING_STATES: ReadonlySet<JobState> = new Set(['mapping-needed', 'review-needed']);
