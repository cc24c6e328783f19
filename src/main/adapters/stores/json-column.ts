import { z } from 'zod';
import { importOptionsSchema } from '#shared/contract/imports';
import { connectionsSchema } from '#shared/domain/connections';
import { findingSummarySchema } from '#shared/domain/findings';
import {
  connectionWaitSchema,
  ledgerSchema,
  ledgerTotalsSchema,
  overlapPolicySchema,
  reviewReasonSchema,
  similarValueSchema,
} from '#shared/domain/job';
import { mappingSchema } from '#shared/domain/mapping';
import { resolvedRulesSchema } from '#shared/domain/rules/rule-set';
import { inspectionSchema } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import { appErrorSchema } from '#shared/rpc/envelope';
import type { ValidationReport } from '../../services/imports/ports.ts';

const count = z.number().int().nonnegative();

const validationReportSchema = z.object({
  header: z.array(z.string()),
  rowsRead: count,
  rowsAccepted: count,
  rowsRejected: count,
  rowsSkipped: count,
  findings: z.array(findingSummarySchema),
  totals: ledgerTotalsSchema,
  chunks: z.array(
    z.object({
      chunk: z.string(),
      path: z.string(),
      rows: count,
      sizeBytes: count,
      sha256: z.string(),
    }),
  ),
  findingsPath: z.string(),
  findingsListed: count,
  rejectsPath: z.string(),
  skippedPath: z.string(),
  similarValues: z.array(similarValueSchema).default([]),
}) satisfies z.ZodType<ValidationReport>;

/** The form of every JSON column: what an older Mauzo or a person with an editor wrote is never trusted blindly. */
export const jsonColumns = {
  options: importOptionsSchema,
  inspection: inspectionSchema,
  mapping: mappingSchema,
  rules: resolvedRulesSchema,
  duplicate_of: z.object({ importId: z.string(), fileName: z.string(), acceptedAt: z.string() }),
  report: validationReportSchema,
  review: z.array(reviewReasonSchema),
  decision: z.object({ policy: overlapPolicySchema, supersedes: z.array(z.string()), decidedAt: z.string() }),
  ledger: ledgerSchema,
  error: appErrorSchema,
  waiting_for: connectionWaitSchema,
  totals: ledgerTotalsSchema,
  supersedes: z.array(z.string()),
  inputs: z.array(z.object({ key: z.string(), sha256: z.string(), rows: count })),
  document: connectionsSchema,
} as const;

type JsonColumn = keyof typeof jsonColumns;
type JsonValue<C extends JsonColumn> = z.output<(typeof jsonColumns)[C]>;

/** Where a value stands, for the message. */
interface Place {
  readonly table: string;
  readonly id: string;
}

function unreadable(place: Place, column: string, problem: string): AppError {
  return new AppError('store.unreadable_record', 'bug', {
    table: place.table,
    id: place.id,
    column,
    problem: problem.slice(0, 300),
  });
}

/** Checks a stored value against its schema; `store.unreadable_record` says where it does not fit. */
export function checkStored<S extends z.ZodType>(
  schema: S,
  value: unknown,
  column: string,
  place: Place,
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unreadable(
    place,
    column,
    issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'unknown',
  );
}

export function readJson<C extends JsonColumn>(column: C, text: string, place: Place): JsonValue<C> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(place, column, 'no JSON');
  }
  // TypeScript widens the schema to the union of all columns; it is the one of this column.
  return checkStored(jsonColumns[column], value, column, place) as JsonValue<C>;
}

export function readNullableJson<C extends JsonColumn>(
  column: C,
  text: string | null,
  place: Place,
): JsonValue<C> | null {
  return text === null ? null : readJson(column, text, place);
}
