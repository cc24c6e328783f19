import type { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { StoreDatabase, StoreSchema } from '../stores/index.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';

/** A `node:sqlite` database as stores see it: one connection, so that every transaction is alone. */
export function sqliteStoreDatabase(connection: DatabaseSync, path: string): StoreDatabase {
  const db = new Kysely<StoreSchema>({ dialect: nodeSqliteDialect(connection, path) });
  const transact: StoreDatabase['write'] = (task) => db.transaction().execute(task);
  return {
    db,
    read: transact,
    write: transact,
    clockMs: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    hasTable: async (name) => (await db.introspection.getTables()).some((table) => table.name === name),
  };
}
