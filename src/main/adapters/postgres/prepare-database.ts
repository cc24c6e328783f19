import { sql } from 'kysely';
import { z } from 'zod';
import type { PostgresConnection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import { migrate, type StoreDatabase } from '../stores/index.ts';

export const OLDEST_VERSION = 13;

const factsSchema = z.array(
  z.object({
    versionNumber: z.number().int(),
    version: z.string(),
    encoding: z.string(),
    hasSchema: z.boolean(),
  }),
);

/** What a server and its database are. */
export async function readFacts({ db }: StoreDatabase, { schema }: PostgresConnection) {
  const { rows } = await sql`select
      current_setting('server_version_num')::int as "versionNumber",
      split_part(current_setting('server_version'), ' ', 1) as "version",
      pg_encoding_to_char(encoding) as "encoding",
      to_regnamespace(${`"${schema}"`}) is not null as "hasSchema"
    from pg_database where datname = current_database()`.execute(db);
  const [facts] = factsSchema.parse(rows);
  if (!facts) throw new AppError('postgres.failed', 'bug', { reason: 'no facts', sqlState: 'no code' });
  return facts;
}

/** Fails with `postgres.version_too_old` and `postgres.encoding`. */
export function checkFacts(
  facts: { readonly versionNumber: number; readonly version: string; readonly encoding: string },
  { database }: PostgresConnection,
): void {
  if (facts.versionNumber < OLDEST_VERSION * 10_000)
    throw new AppError('postgres.version_too_old', 'conflict', {
      found: facts.version,
      needed: OLDEST_VERSION,
    });
  if (facts.encoding !== 'UTF8')
    throw new AppError('postgres.encoding', 'conflict', { database, found: facts.encoding });
}

/** The words of a data folder do not fit a database that others use. */
export function nameNewerSchema(thrown: unknown, { schema }: PostgresConnection): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'store.newer_schema') return thrown;
  return new AppError('postgres.newer_schema', 'conflict', { ...thrown.details, schema }, { cause: thrown });
}

/** Makes the schema when it is missing and brings the tables forward. A newer one is refused and left alone. */
export async function prepareDatabase(
  database: StoreDatabase,
  connection: PostgresConnection,
): Promise<void> {
  const facts = await readFacts(database, connection);
  checkFacts(facts, connection);
  try {
    if (!facts.hasSchema)
      await database.write(async (transaction) => {
        await transaction.schema.createSchema(connection.schema).ifNotExists().execute();
      });
    await migrate(database);
  } catch (error) {
    throw nameNewerSchema(error, connection);
  }
}
