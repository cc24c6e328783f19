import type { Kysely } from 'kysely';
import { AppError } from '#shared/errors/app-error';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import type { StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

async function versionOf(db: Kysely<StoreSchema>): Promise<number> {
  const newest = await db
    .selectFrom('schema_versions')
    .select((expression) => expression.fn.max('version').as('version'))
    .executeTakeFirst();
  return newest?.version ?? 0;
}

/** Version of the schema that a store has; 0 for a new one. Writes nothing. */
export async function readSchemaVersion(database: StoreDatabase): Promise<number> {
  return (await database.hasTable('schema_versions')) ? versionOf(database.db) : 0;
}

/** The version that this Mauzo brings a store to. */
export const SCHEMA_VERSION = allMigrations.length;

/** Version of the schema; `store.newer_schema` when a newer Mauzo wrote this store. */
export async function refuseNewerSchema(
  database: StoreDatabase,
  migrations: readonly Migration[] = allMigrations,
): Promise<number> {
  const found = await readSchemaVersion(database);
  if (found > migrations.length) {
    throw new AppError('store.newer_schema', 'conflict', { found, known: migrations.length });
  }
  return found;
}

/**
 * Brings the schema forward, one transaction per migration: a kill in between leaves a whole older version, and of two
 * that start at once the second finds done what the first did.
 */
export async function migrate(
  database: StoreDatabase,
  migrations: readonly Migration[] = allMigrations,
): Promise<void> {
  // A store that is up to date is not written to, nor waits for who writes in it.
  if ((await refuseNewerSchema(database, migrations)) === migrations.length) return;
  await database.write(async (transaction) => {
    await transaction.schema
      .createTable('schema_versions')
      .ifNotExists()
      .addColumn('version', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .execute();
  });
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    await database.write(async (transaction) => {
      if ((await versionOf(transaction)) >= version) return;
      await migration.up(transaction);
      await transaction
        .insertInto('schema_versions')
        .values({ version, name: migration.name, applied_at: new Date().toISOString() })
        .execute();
    });
  }
}
