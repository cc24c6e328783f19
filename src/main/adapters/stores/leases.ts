import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Lease, Leases } from '../../services/publishing/ports.ts';
import type { StoreDatabase } from './store-database.ts';

/**
 * Leases as rows; each method is one statement, so that no lock of the database is held between two.
 * @param owner machine and user, for people
 */
export function createLeases({ db, clockMs }: StoreDatabase, owner: string): Leases {
  const holder = `${owner} (process ${process.pid})`;
  const until = (ttlMs: number) => sql<number>`${clockMs} + ${Math.round(ttlMs)}`;

  const lease = (name: string, token: string, ttlMs: number): Lease => ({
    name,
    async renew() {
      const { numUpdatedRows } = await db
        .updateTable('leases')
        .set({ expires_at_ms: until(ttlMs) })
        .where('name', '=', name)
        .where('token', '=', token)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async release() {
      await db.deleteFrom('leases').where('name', '=', name).where('token', '=', token).execute();
    },
  });

  return {
    async acquire(name, ttlMs) {
      const token = randomUUID();
      const values = { holder, token, expires_at_ms: until(ttlMs) };
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('leases')
        .values({ name, ...values })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet(values).where('leases.expires_at_ms', '<=', clockMs),
        )
        .executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n ? lease(name, token, ttlMs) : null;
    },

    async holder(name) {
      const row = await db
        .selectFrom('leases')
        .select('holder')
        .where('name', '=', name)
        .where('expires_at_ms', '>', clockMs)
        .executeTakeFirst();
      return row?.holder ?? null;
    },
  };
}
