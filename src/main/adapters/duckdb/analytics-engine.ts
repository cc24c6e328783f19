import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '#shared/errors/app-error';
import type { AnalyticsEngine } from '../../services/analytics/ports.ts';
import { createFileFacts } from './file-facts.ts';
import { messageOf, openLockedDatabase, type LockedDatabaseOptions } from './locked-database.ts';
import { readExtent, readValues } from './lookups.ts';
import type { RowFacts } from '../../services/rules/ports.ts';
import { runQuery } from './query-runner.ts';
import { createRowFacts } from './row-facts.ts';

/** Answers figures, and what the same rows say to rules. */
export type LocalAnalyticsEngine = AnalyticsEngine & RowFacts & { close(): Promise<void> };

/**
 * The local engine: DuckDB over the derived chunk files in `allowedDirectories`, which a chunk builder wrote. Each
 * call reads exactly the chunk files given that touch its periods. Sums are exact integers up to the last step, which
 * gives the nearest double. Errors: `app.cancelled`, `analytics.engine_failed`, `analytics.engine_closed`.
 */
export async function createLocalAnalyticsEngine(
  options: LockedDatabaseOptions,
): Promise<LocalAnalyticsEngine> {
  const database = await openLockedDatabase(options);
  const facts = createFileFacts();
  const use = async <T>(
    work: (connection: DuckDBConnection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    try {
      return await database.use(work, signal);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const message = messageOf(error);
      throw new AppError('analytics.engine_failed', 'unavailable', { message }, { cause: error });
    }
  };
  return {
    ...createRowFacts(use),
    name: 'local',
    query: (query, chunks, signal) => use((connection) => runQuery(connection, facts, query, chunks), signal),
    values: (request, chunks, signal) => use((connection) => readValues(connection, request, chunks), signal),
    extent: (chunks) => use((connection) => readExtent(connection, chunks)),
    close: () => database.close(),
  };
}
