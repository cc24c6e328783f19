import type { Kysely, RawBuilder } from 'kysely';
import type { StoreSchema } from './schema.ts';

/** A database that holds stores, with what SQLite and PostgreSQL do differently. */
export interface StoreDatabase {
  readonly db: Kysely<StoreSchema>;
  /** Several reads of one state of the database. */
  read<T>(task: (transaction: Kysely<StoreSchema>) => Promise<T>): Promise<T>;
  /**
   * One durable transaction, alone among those that write: what it reads cannot change before it is committed. The task
   * may be run again, from the beginning, when the database asks for it.
   */
  write<T>(task: (transaction: Kysely<StoreSchema>) => Promise<T>): Promise<T>;
  /** Milliseconds since 1970 by the clock of the database. */
  readonly clockMs: RawBuilder<number>;
  hasTable(name: string): Promise<boolean>;
}
