import type { Kysely, Selectable, Updateable } from 'kysely';
import { z } from 'zod';
import { jobStateSchema, jobStepSchema } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import type { JobRecord, JobStepRecord, JobStore } from '../../services/imports/store-ports.ts';
import { checkStored, readJson, readNullableJson } from './json-column.ts';
import type { JobStepTable, JobTable, StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

const stepStateSchema = z.enum(['running', 'waiting', 'done', 'failed', 'skipped']);

type JobField = keyof Omit<JobRecord, 'jobId'>;

const COLUMNS: Readonly<Record<JobField, keyof JobTable>> = {
  dataset: 'dataset',
  fileName: 'file_name',
  sourcePath: 'source_path',
  sizeBytes: 'size_bytes',
  state: 'state',
  options: 'options',
  rawSha256: 'raw_sha256',
  inspection: 'inspection',
  table: 'table_index',
  mapping: 'mapping',
  importId: 'import_id',
  duplicateOf: 'duplicate_of',
  report: 'report',
  review: 'review',
  decision: 'decision',
  ledger: 'ledger',
  error: 'error',
  waitingFor: 'waiting_for',
  acceptedIn: 'accepted_in',
  rules: 'rules',
  cancelRequested: 'cancel_requested',
  dismissed: 'dismissed',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};

function encode(value: JobRecord[JobField]): string | number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function toColumns(patch: Partial<Omit<JobRecord, 'jobId'>>): Updateable<JobTable> {
  const columns: Partial<Record<keyof JobTable, string | number | null>> = {};
  for (const [field, column] of Object.entries(COLUMNS) as [JobField, keyof JobTable][]) {
    const value = patch[field];
    if (value !== undefined) columns[column] = encode(value);
  }
  // Each column's type follows from its field; the loop cannot express that.
  return columns as Updateable<JobTable>;
}

function toRecord(row: Selectable<JobTable>): JobRecord {
  const place = { table: 'jobs', id: row.job_id };
  return {
    jobId: row.job_id,
    dataset: row.dataset,
    fileName: row.file_name,
    sourcePath: row.source_path,
    sizeBytes: Number(row.size_bytes),
    state: checkStored(jobStateSchema, row.state, 'state', place),
    options: readJson('options', row.options, place),
    rawSha256: row.raw_sha256,
    inspection: readNullableJson('inspection', row.inspection, place),
    table: row.table_index,
    mapping: readNullableJson('mapping', row.mapping, place),
    importId: row.import_id,
    duplicateOf: readNullableJson('duplicate_of', row.duplicate_of, place),
    report: readNullableJson('report', row.report, place),
    review: readJson('review', row.review, place),
    decision: readNullableJson('decision', row.decision, place),
    ledger: readNullableJson('ledger', row.ledger, place),
    error: readNullableJson('error', row.error, place),
    waitingFor: readNullableJson('waiting_for', row.waiting_for, place),
    acceptedIn: row.accepted_in,
    rules: readNullableJson('rules', row.rules, place),
    cancelRequested: row.cancel_requested !== 0,
    dismissed: row.dismissed !== 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toStepRecord(row: Selectable<JobStepTable>): JobStepRecord {
  const place = { table: 'job_steps', id: row.job_id };
  return {
    step: checkStored(jobStepSchema, row.step, 'step', place),
    state: checkStored(stepStateSchema, row.state, 'state', place),
    attempt: row.attempt,
    startedAt: row.started_at,
    elapsedMs: row.elapsed_ms,
    bytes: Number(row.bytes),
    rows: Number(row.rows),
  };
}

async function writeStep(db: Kysely<StoreSchema>, jobId: string, step: JobStepRecord): Promise<void> {
  const newest = await db
    .selectFrom('job_steps')
    .select((expression) => expression.fn.max('position').as('position'))
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  const values = {
    state: step.state,
    started_at: step.startedAt,
    elapsed_ms: step.elapsedMs,
    bytes: step.bytes,
    rows: step.rows,
  };
  await db
    .insertInto('job_steps')
    .values({
      job_id: jobId,
      step: step.step,
      attempt: step.attempt,
      position: (newest?.position ?? 0) + 1,
      ...values,
    })
    .onConflict((conflict) => conflict.columns(['job_id', 'step', 'attempt']).doUpdateSet(values))
    .execute();
}

/** Jobs and their steps. */
export function createJobStore({ db, write }: StoreDatabase): JobStore {
  return {
    async insert(job) {
      await write(async (transaction) => {
        const newest = await transaction
          .selectFrom('jobs')
          .select((expression) => expression.fn.max('position').as('position'))
          .executeTakeFirst();
        await transaction
          .insertInto('jobs')
          .values({
            ...toColumns(job),
            job_id: job.jobId,
            position: Number(newest?.position ?? 0) + 1,
            dataset: job.dataset,
            file_name: job.fileName,
            size_bytes: job.sizeBytes,
            state: job.state,
            options: JSON.stringify(job.options),
            review: JSON.stringify(job.review),
            cancel_requested: job.cancelRequested ? 1 : 0,
            dismissed: job.dismissed ? 1 : 0,
            created_at: job.createdAt,
            updated_at: job.updatedAt,
          })
          .execute();
      });
    },

    update(jobId, patch, step) {
      return write(async (transaction) => {
        const columns = toColumns(patch);
        if (Object.keys(columns).length > 0) {
          await transaction.updateTable('jobs').set(columns).where('job_id', '=', jobId).execute();
        }
        const row = await transaction
          .selectFrom('jobs')
          .selectAll()
          .where('job_id', '=', jobId)
          .executeTakeFirst();
        if (!row) throw new AppError('store.no_such_job', 'notFound', { jobId });
        if (step) await writeStep(transaction, jobId, step);
        return toRecord(row);
      });
    },

    async get(jobId) {
      const row = await db.selectFrom('jobs').selectAll().where('job_id', '=', jobId).executeTakeFirst();
      return row ? toRecord(row) : null;
    },

    async list({ includeDismissed }) {
      let query = db.selectFrom('jobs').selectAll().orderBy('position');
      if (!includeDismissed) query = query.where('dismissed', '=', 0);
      return (await query.execute()).map(toRecord);
    },

    async steps(jobId) {
      const rows = await db
        .selectFrom('job_steps')
        .selectAll()
        .where('job_id', '=', jobId)
        .orderBy('position')
        .execute();
      return rows.map(toStepRecord);
    },
  };
}
