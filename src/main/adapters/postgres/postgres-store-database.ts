import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { AppError } from '#shared/errors/app-error';
import type { StoreDatabase, StoreSchema } from '../stores/index.ts';
import { postgresDialect } from './postgres-dialect.ts';
import type { PostgresPool } from './postgres-pool.ts';

const MAX_ATTEMPTS = 5;
const PAUSE_MS = 50;
/** First half of the key of our advisory locks; the second is the schema. */
const LOCK_SPACE = 0x6d_61_75;

/** The database asks to do the same again from the beginning. */
const isConflict = (thrown: unknown) =>
  thrown instanceof AppError &&
  (thrown.details['sqlState'] === '40001' || thrown.details['sqlState'] === '40P01');

/**
 * PostgreSQL as stores see it. Writers of one schema take turns, as they do in SQLite: each holds an advisory lock until
 * its transaction ends, in whatever way. `prepare` runs before the first use.
 */
export function postgresStoreDatabase(
  pool: PostgresPool,
  prepare: () => Promise<void> = () => Promise.resolve(),
): StoreDatabase {
  const { schema } = pool.connection;
  const db = new Kysely<StoreSchema>({ dialect: postgresDialect(pool, prepare) });
  const writeOnce: StoreDatabase['write'] = (task) =>
    db
      .transaction()
      // What is read after the lock must not be older than it, whatever the server's default is.
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${LOCK_SPACE}, hashtext(${schema}))`.execute(transaction);
        return task(transaction);
      });
  return {
    db,
    read: (task) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(task),
    async write(task) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await writeOnce(task);
        } catch (error) {
          if (!isConflict(error) || attempt === MAX_ATTEMPTS) throw error;
          await delay(PAUSE_MS * attempt * (0.5 + Math.random()));
        }
      }
    },
    clockMs: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
    async hasTable(name) {
      const { rows } = await sql<{
        found: string | null;
      }>`select to_regclass(${`"${schema}"."${name}"`})::text as found`.execute(db);
      return rows[0]?.found !== null && rows[0]?.found !== undefined;
    },
  };
}
