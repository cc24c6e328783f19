import type { Kysely } from 'kysely';
import { AppError } from '#shared/errors/app-error';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import type { StoreSchema } from './schema.ts';

async function versionOf(db: Kysely<StoreSchema>): Promise<number> {
  const newest = await db
    .selectFrom('schema_versions')
    .select((expression) => expression.fn.max('version').as('version'))
    .executeTakeFirst();
  return newest?.version ?? 0;
}

/** Version of the schema that a store has; 0 for a new one. Writes nothing. */
export async function readSchemaVersion(db: Kysely<StoreSchema>): Promise<number> {
  const tables = await db.introspection.getTables();
  return tables.some((table) => table.name === 'schema_versions') ? versionOf(db) : 0;
}

/** Fails with `store.newer_schema` when a newer Mauzo wrote this store. */
export async function refuseNewerSchema(
  db: Kysely<StoreSchema>,
  migrations: readonly Migration[] = allMigrations,
): Promise<void> {
  const found = await readSchemaVersion(db);
  if (found > migrations.length) {
    throw new AppError('store.newer_schema', 'conflict', { found, known: migrations.length });
  }
}

/** Brings the schema forward, one transaction per migration: a kill in between leaves a whole older version. */
export async function migrate(
  db: Kysely<StoreSchema>,
  migrations: readonly Migration[] = allMigrations,
): Promise<void> {
  await refuseNewerSchema(db, migrations);
  await db.schema
    .createTable('schema_versions')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .execute();
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    await db.transaction().execute(async (transaction) => {
      if ((await versionOf(transaction)) >= version) return;
      await migration.up(transaction);
      await transaction
        .insertInto('schema_versions')
        .values({ version, name: migration.name, applied_at: new Date().toISOString() })
        .execute();
    });
  }
}
