import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import { AppError } from '#shared/errors/app-error';
import { nameStoreFailure } from './sqlite-errors.ts';

const BUSY_TIMEOUT_MS = 5_000;
const MAX_CACHED_STATEMENTS = 200;

/**
 * Opens a database that survives a kill or power cut at any point: write-ahead log, each commit synced to disk.
 * Nothing is written before {@link makeDurable}, so that a database of a newer version can be looked at first.
 */
export function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      defensive: true,
    });
  } catch (error) {
    throw nameStoreFailure(error, path);
  }
}

export function makeDurable(database: DatabaseSync, path: string): void {
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  } catch (error) {
    throw nameStoreFailure(error, path);
  }
}

function toSqlValue(value: unknown): SQLInputValue {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Uint8Array
  ) {
    return value;
  }
  throw new AppError('store.failed', 'bug', { reason: `a value of type ${typeof value} cannot be stored` });
}

interface CachedStatement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, CachedStatement>();

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** False after SQLite rolled back by itself (disk full, I/O error). */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  #prepare(sql: string): CachedStatement {
    const cached = this.#statements.get(sql);
    if (cached) return cached;
    const statement = this.#database.prepare(sql);
    const entry = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.clear();
    this.#statements.set(sql, entry);
    return entry;
  }

  run(sql: string): void {
    try {
      this.#database.exec(sql);
    } catch (error) {
      throw nameStoreFailure(error, this.#path);
    }
  }

  // Kysely's interface is asynchronous; node:sqlite answers at once, and a failure must still become a rejection.
  // oxlint-disable-next-line typescript/require-await
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const { statement, returnsRows } = this.#prepare(query.sql);
      const parameters = query.parameters.map(toSqlValue);
      // The row type is Kysely's promise about the query that it compiled.
      if (returnsRows) return { rows: statement.all(...parameters) as R[] };
      const { changes } = statement.run(...parameters);
      return { numAffectedRows: BigInt(changes), rows: [] };
    } catch (error) {
      throw nameStoreFailure(error, this.#path);
    }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // No statement is left open between two turns of the event loop: a writer would wait for it.
    yield await this.executeQuery<R>(query);
  }
}

class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: NodeSqliteConnection;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#connection = new NodeSqliteConnection(database, path);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }

  // Takes the write lock at once: a transaction that reads first and writes later can then never fail for staleness.
  // oxlint-disable-next-line typescript/require-await
  async beginTransaction(): Promise<void> {
    this.#connection.run('begin immediate');
  }

  // oxlint-disable-next-line typescript/require-await
  async commitTransaction(): Promise<void> {
    this.#connection.run('commit');
  }

  // oxlint-disable-next-line typescript/require-await
  async rollbackTransaction(): Promise<void> {
    if (this.#connection.inTransaction) this.#connection.run('rollback');
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  // oxlint-disable-next-line typescript/require-await
  async destroy(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Kysely over an open `node:sqlite` database: one connection, which Kysely hands out to one transaction at a time. */
export function nodeSqliteDialect(database: DatabaseSync, path: string): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(database, path),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  };
}
