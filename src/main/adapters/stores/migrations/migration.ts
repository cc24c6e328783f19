import type { Kysely } from 'kysely';
import type { StoreSchema } from '../schema.ts';

/** One step forward of the schema. Never changed once released; runs inside a transaction, on SQLite and PostgreSQL. */
export interface Migration {
  readonly name: string;
  up(db: Kysely<StoreSchema>): Promise<void>;
}
