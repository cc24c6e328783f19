import { sql } from 'kysely';
import { z } from 'zod';
import type { PostgresConnection } from '#shared/domain/connections';
import type { SharedStores } from '../../services/imports/store-ports.ts';
import type { RegistryArchive } from '../../services/moving/ports.ts';
import { createRegistryArchive, createSharedStores, thisInstallation } from '../stores/index.ts';
import { PostgresPool, type PoolOptions } from './postgres-pool.ts';
import { postgresStoreDatabase } from './postgres-store-database.ts';
import { prepareDatabase } from './prepare-database.ts';

export interface PostgresStores extends SharedStores {
  /** What counts, as a whole: what a move copies into. */
  readonly archive: RegistryArchive;
  /** Asks the server now, whatever failed before. */
  ping(): Promise<{ readonly latencyMs: number; readonly version: string }>;
  /** Ends the connections; requests that still run fail. */
  close(): Promise<void>;
}

const DEFAULTS: PoolOptions = {
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  maxConnections: 5,
  onIdleError: () => undefined,
};

const versionSchema = z.array(z.object({ version: z.string() }));

/**
 * The shared stores in a PostgreSQL. Nothing is asked of the server before the first use, which makes the schema and
 * brings the tables forward; a server that is away fails the call (`postgres.*`), and the next call tries again.
 */
export function openPostgresStores(
  connection: PostgresConnection,
  password: string | null,
  options: Partial<PoolOptions> & { readonly owner?: string } = {},
): PostgresStores {
  const { owner = thisInstallation(), ...pooling } = options;
  const pool = new PostgresPool(connection, password, { ...DEFAULTS, ...pooling });
  const plain = postgresStoreDatabase(pool);
  const database = postgresStoreDatabase(pool, () => prepareDatabase(plain, connection));
  return {
    ...createSharedStores(database, owner),
    archive: createRegistryArchive(database),
    async ping() {
      pool.retryNow();
      // The first use may have to make a connection and the tables: that is not the server's latency.
      await sql`select 1`.execute(database.db);
      const startedMs = performance.now();
      const { rows } =
        await sql`select split_part(current_setting('server_version'), ' ', 1) as version`.execute(
          database.db,
        );
      const latencyMs = performance.now() - startedMs;
      return { latencyMs, version: versionSchema.parse(rows)[0]?.version ?? '' };
    },
    close: () => pool.close(),
  };
}
