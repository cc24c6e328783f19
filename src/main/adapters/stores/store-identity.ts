import type { Kysely } from 'kysely';
import { AppError } from '#shared/errors/app-error';
import type { StoreSchema } from './schema.ts';

/** Who a store is; the first migration that knows of it writes it. */
export async function readStoreId(db: Kysely<StoreSchema>): Promise<string> {
  const row = await db.selectFrom('store_identity').select('store_id').executeTakeFirst();
  if (!row) throw new AppError('store.failed', 'bug', { reason: 'The store has lost its identity.' });
  return row.store_id;
}
