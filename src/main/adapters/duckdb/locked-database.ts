import { DuckDBInstance, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { AppError } from '#shared/errors/app-error';
import { quoteString } from './sql-text.ts';

export interface LockedDatabaseOptions {
  /** Absolute paths; nothing else on this machine can be read or written by SQL. */
  readonly allowedDirectories: readonly string[];
  /** DuckDB size text such as `512MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Where sorts and groupings spill when memory is short. */
  readonly tempDirectory: string;
  /** Statements that run at the same time; each holds one thread of libuv's pool. Default 2. */
  readonly maxConcurrent?: number;
}

/** An in-memory DuckDB that can reach the allowed directories only, and whose settings cannot be changed any more. */
export interface LockedDatabase {
  /**
   * Runs work on a connection of its own (temporary tables are private to it). An abort interrupts the statement and
   * rejects with `app.cancelled`; failures of DuckDB come as they are.
   */
  use<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Interrupts what runs, waits for it and frees the database. */
  close(): Promise<void>;
}

/** @throws AppError `analytics.engine_failed` when the database cannot be opened or locked. */
export async function openLockedDatabase(options: LockedDatabaseOptions): Promise<LockedDatabase> {
  const instance = await openInstance(options);
  const running = new Map<DuckDBConnection, Promise<unknown>>();
  const maxConcurrent = options.maxConcurrent ?? 2;
  const queue: (() => void)[] = [];
  let active = 0;
  let closed = false;

  const enter = async (): Promise<void> => {
    if (active < maxConcurrent) {
      active += 1;
      return;
    }
    // The slot is handed over by leave(), so `active` stays as it is.
    await new Promise<void>((resolve) => {
      queue.push(resolve);
    });
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else active -= 1;
  };
  const refuseWhenOver = (signal: AbortSignal | undefined): void => {
    if (closed) throw new AppError('analytics.engine_closed', 'unavailable');
    if (signal?.aborted) throw new AppError('app.cancelled', 'cancelled');
  };

  const runOn = async <T>(
    connection: DuckDBConnection,
    work: (connection: DuckDBConnection) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    let stopping: NodeJS.Timeout | undefined;
    const interrupt = () => {
      stopping ??= keepInterrupting(connection);
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      const answer = await work(connection);
      refuseWhenOver(signal);
      return answer;
    } catch (error) {
      refuseWhenOver(signal);
      throw error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
      clearInterval(stopping);
    }
  };

  return {
    async use(work, signal) {
      refuseWhenOver(signal);
      await enter();
      try {
        refuseWhenOver(signal);
        const connection = await instance.connect();
        try {
          refuseWhenOver(signal);
          const run = runOn(connection, work, signal);
          running.set(connection, run);
          return await run;
        } finally {
          running.delete(connection);
          connection.closeSync();
        }
      } finally {
        leave();
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      const stopping = [...running.keys()].map(keepInterrupting);
      await Promise.allSettled(running.values());
      for (const timer of stopping) clearInterval(timer);
      instance.closeSync();
    },
  };
}

/** DuckDB forgets an interrupt that comes just before a statement begins: it is repeated until the work has ended. */
function keepInterrupting(connection: DuckDBConnection): NodeJS.Timeout {
  connection.interrupt();
  return setInterval(() => connection.interrupt(), 20);
}

async function openInstance(options: LockedDatabaseOptions): Promise<DuckDBInstance> {
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit,
      threads: String(options.threads),
      temp_directory: options.tempDirectory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    try {
      // This order only: directories cannot be allowed once external access is off, and nothing changes after the lock.
      const directories = options.allowedDirectories.map(quoteString).join(', ');
      await connection.run(`SET allowed_directories = [${directories}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
    } finally {
      connection.closeSync();
    }
    return instance;
  } catch (error) {
    throw new AppError(
      'analytics.engine_failed',
      'unavailable',
      { message: messageOf(error) },
      { cause: error },
    );
  }
}

/** All rows of a statement, as DuckDB values (bigint for integers, DuckDBDecimalValue for decimals). */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = [],
  types?: DuckDBType[],
): Promise<DuckDBValue[][]> {
  const reader = await connection.runAndReadAll(sql, values, types);
  return reader.getRows();
}

/** The same in batches of about 2,000 rows, so that a large answer does not hold up the event loop. */
export async function* readBatches(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[],
  types: DuckDBType[],
): AsyncGenerator<DuckDBValue[][]> {
  const result = await connection.run(sql, values, types);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    yield chunk.getRows();
  }
}

/** First line of what DuckDB said, without the statement that it echoes. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? text).slice(0, 300);
}
