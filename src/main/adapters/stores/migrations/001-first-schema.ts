import { sql, type Kysely } from 'kysely';
import type { StoreSchema } from '../schema.ts';
import type { Migration } from './migration.ts';

async function createJobs(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('job_id', 'text', (column) => column.primaryKey())
    .addColumn('position', 'bigint', (column) => column.notNull().unique())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('file_name', 'text', (column) => column.notNull())
    .addColumn('source_path', 'text')
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('options', 'text', (column) => column.notNull())
    .addColumn('raw_sha256', 'text')
    .addColumn('inspection', 'text')
    .addColumn('table_index', 'integer')
    .addColumn('mapping', 'text')
    .addColumn('import_id', 'text')
    .addColumn('duplicate_of', 'text')
    .addColumn('report', 'text')
    .addColumn('review', 'text', (column) => column.notNull())
    .addColumn('decision', 'text')
    .addColumn('ledger', 'text')
    .addColumn('error', 'text')
    .addColumn('cancel_requested', 'integer', (column) => column.notNull())
    .addColumn('dismissed', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('job_steps')
    .addColumn('job_id', 'text', (column) => column.notNull().references('jobs.job_id'))
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('elapsed_ms', 'double precision', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('rows', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('job_steps_key', ['job_id', 'step', 'attempt'])
    .execute();
}

async function createRegistry(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('imports')
    .addColumn('import_id', 'text', (column) => column.primaryKey())
    .addColumn('position', 'bigint', (column) => column.notNull().unique())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('raw_sha256', 'text', (column) => column.notNull())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('file_name', 'text', (column) => column.notNull())
    .addColumn('sheet', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('rows_read', 'bigint', (column) => column.notNull())
    .addColumn('rows_accepted', 'bigint', (column) => column.notNull())
    .addColumn('rows_rejected', 'bigint', (column) => column.notNull())
    .addColumn('rows_skipped', 'bigint', (column) => column.notNull())
    .addColumn('totals', 'text', (column) => column.notNull())
    .addColumn('accepted_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('import_chunks')
    .addColumn('import_id', 'text', (column) => column.notNull().references('imports.import_id'))
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addColumn('object_key', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('rows', 'bigint', (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('import_chunks_key', ['import_id', 'chunk'])
    .execute();
  await db.schema
    .createTable('footprints')
    .addColumn('import_id', 'text', (column) => column.notNull().references('imports.import_id'))
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('branch', 'text', (column) => column.notNull())
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addColumn('rows', 'bigint', (column) => column.notNull())
    .addColumn('gross_revenue', 'text')
    .addColumn('returns_value', 'text')
    .addColumn('total_cost', 'text')
    .addColumn('units_sold', 'text')
    .addColumn('units_returned', 'text')
    .addPrimaryKeyConstraint('footprints_key', ['import_id', 'day', 'branch'])
    .execute();
  await db.schema
    .createTable('activation_log')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('import_id', 'text', (column) => column.notNull().references('imports.import_id'))
    .addColumn('policy', 'text', (column) => column.notNull())
    .addColumn('supersedes', 'text', (column) => column.notNull())
    .addColumn('activated_at', 'text', (column) => column.notNull())
    .addColumn('undone_at', 'text')
    .addPrimaryKeyConstraint('activation_log_key', ['dataset', 'sequence'])
    .execute();
  // The database itself refuses to count an import twice.
  await db.schema
    .createIndex('activation_log_active_import')
    .unique()
    .on('activation_log')
    .column('import_id')
    .where(sql.ref('undone_at'), 'is', null)
    .execute();
}

async function createPublication(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('desired_generations')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('desired_generations_key', ['dataset', 'chunk'])
    .execute();
  await db.schema
    .createTable('published_chunks')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('path', 'text')
    .addColumn('rows', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('published_chunks_key', ['dataset', 'chunk'])
    .execute();
  await db.schema
    .createTable('data_versions')
    .addColumn('dataset', 'text', (column) => column.primaryKey())
    .addColumn('data_version', 'bigint', (column) => column.notNull())
    .execute();
}

async function createPreferences(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('mapping_memory')
    .addColumn('fingerprint', 'text', (column) => column.primaryKey())
    .addColumn('mapping', 'text', (column) => column.notNull())
    .addColumn('remembered_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('settings')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

export const firstSchema: Migration = {
  name: 'first schema',
  async up(db) {
    await createJobs(db);
    await createRegistry(db);
    await createPublication(db);
    await createPreferences(db);
  },
};
