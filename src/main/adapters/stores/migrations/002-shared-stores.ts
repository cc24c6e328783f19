import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { StoreSchema } from '../schema.ts';
import type { Migration } from './migration.ts';

/** From here on a store has a name of its own, and what was published knows which registry it was built from. */
async function createIdentity(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('store_identity')
    .addColumn('store_id', 'text', (column) => column.primaryKey())
    .addColumn('moved_from', 'text')
    .execute();
  const storeId = randomUUID();
  await db.insertInto('store_identity').values({ store_id: storeId, moved_from: null }).execute();
  await db.schema
    .createTable('publication_sources')
    .addColumn('dataset', 'text', (column) => column.primaryKey())
    .addColumn('registry_id', 'text', (column) => column.notNull())
    .execute();
  const published = await db.selectFrom('published_chunks').select('dataset').distinct().execute();
  for (const { dataset } of published)
    await db.insertInto('publication_sources').values({ dataset, registry_id: storeId }).execute();
  await db.schema.alterTable('jobs').addColumn('waiting_for', 'text').execute();
  await db.schema.alterTable('jobs').addColumn('accepted_in', 'text').execute();
  await db.updateTable('jobs').set({ accepted_in: storeId }).where('decision', 'is not', null).execute();
}

async function createCluster(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('cluster_chunks')
    .addColumn('datasource', 'text', (column) => column.notNull())
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('rows', 'bigint', (column) => column.notNull())
    .addColumn('version', 'text')
    .addColumn('published_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('cluster_chunks_key', ['datasource', 'chunk'])
    .execute();
  await db.schema
    .createTable('cluster_versions')
    .addColumn('datasource', 'text', (column) => column.primaryKey())
    .addColumn('data_version', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('cluster_attempts')
    .addColumn('datasource', 'text', (column) => column.notNull())
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('inputs', 'text', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('submitted_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('cluster_attempts_key', ['datasource', 'chunk', 'generation', 'attempt'])
    .execute();
}

async function createSharing(db: Kysely<StoreSchema>): Promise<void> {
  await db.schema
    .createTable('leases')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('shared_tasks')
    .addColumn('job_id', 'text', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('file_name', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('rows_read', 'bigint')
    .addColumn('rows_accepted', 'bigint')
    .addColumn('rows_rejected', 'bigint')
    .addColumn('error', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('connections')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .alterTable('mapping_memory')
    .addColumn('pending', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}

/** What several installations on one database need of each other, and what one data folder knows of others. */
export const sharedStores: Migration = {
  name: 'shared stores',
  async up(db) {
    await createIdentity(db);
    await createCluster(db);
    await createSharing(db);
  },
};
