import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { PoolClient } from 'pg';
import { AppError } from '#shared/errors/app-error';
import { isBroken, namePostgresFailure, type Phase } from './postgres-errors.ts';
import type { PostgresPool } from './postgres-pool.ts';

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

function toSqlValue(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new AppError('store.failed', 'bug', { reason: `a value of type ${typeof value} cannot be stored` });
}

class PostgresConnectionInUse implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #pool: PostgresPool;
  /** The server has ended the transaction together with the connection. */
  broken = false;

  constructor(client: PoolClient, pool: PostgresPool) {
    this.#client = client;
    this.#pool = pool;
  }

  async run(sql: string, values: readonly unknown[], phase: Phase) {
    try {
      return await this.#client.query<Record<string, unknown>>(sql, values.map(toSqlValue));
    } catch (error) {
      if (!(error instanceof AppError) && isBroken(error)) this.broken = true;
      throw namePostgresFailure(error, this.#pool.connection, phase);
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.run(query.sql, query.parameters, 'query');
    return {
      // The row type is Kysely's promise about the query that it compiled.
      rows: rows as R[],
      ...(WRITES.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}),
    };
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }

  release(): void {
    this.#client.release(this.broken);
  }
}

/** `prepare` runs once, before the first use; again at the next use when it failed. */
class PostgresDriver implements Driver {
  readonly #pool: PostgresPool;
  readonly #prepare: () => Promise<void>;

  constructor(pool: PostgresPool, prepare: () => Promise<void>) {
    this.#pool = pool;
    this.#prepare = prepare;
  }

  init(): Promise<void> {
    return this.#prepare();
  }

  async acquireConnection(): Promise<PostgresConnectionInUse> {
    return new PostgresConnectionInUse(await this.#pool.acquire(), this.#pool);
  }

  async beginTransaction(
    connection: PostgresConnectionInUse,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const isolation = isolationLevel ? ` isolation level ${isolationLevel}` : '';
    await connection.run(`start transaction${isolation} ${accessMode ?? ''}`, [], 'query');
  }

  async commitTransaction(connection: PostgresConnectionInUse): Promise<void> {
    const { command } = await connection.run('commit', [], 'commit');
    if (command !== 'ROLLBACK') return;
    throw new AppError('store.failed', 'bug', { reason: 'The transaction was rolled back by the database.' });
  }

  async rollbackTransaction(connection: PostgresConnectionInUse): Promise<void> {
    if (connection.broken) return;
    try {
      await connection.run('rollback', [], 'query');
    } catch (error) {
      // What led here says more. Without a connection the server rolls back by itself.
      connection.broken = true;
      if (!(error instanceof AppError)) throw error;
    }
  }

  releaseConnection(connection: PostgresConnectionInUse): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  /** The pool belongs to its creator. */
  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

/** Kysely over a pool of connections. */
export function postgresDialect(pool: PostgresPool, prepare: () => Promise<void>): Dialect {
  return {
    createDriver: () => new PostgresDriver(pool, prepare),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  };
}
