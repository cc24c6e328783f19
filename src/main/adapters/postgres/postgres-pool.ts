import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Pool, type PoolClient } from 'pg';
import type { PostgresConnection } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import { namePostgresFailure } from './postgres-errors.ts';

export interface PoolOptions {
  /** Also how long a request waits for a free connection. */
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly maxConnections: number;
  /** Of a connection that broke while nobody used it: for the log only. */
  readonly onIdleError: (error: AppError) => void;
}

/** How much longer than the server's own limit an answer may take before the connection is given up. */
const ANSWER_MARGIN_MS = 5_000;
/** For a lock that another installation holds while it accepts a large file. */
const LOCK_TIMEOUT_MS = 20_000;
/** An installation that vanished in the middle of a transaction does not keep the others out for longer. */
const IDLE_IN_TRANSACTION_MS = 60_000;
const IDLE_CONNECTION_MS = 60_000;
/** Requests that still run get this long when the pool is closed. */
const CLOSE_GRACE_MS = 1_000;

/** What a server may say first: authentication, an error, an answer about TLS, a notice, another version of the protocol. */
const FIRST_BYTES = 'RESNv';

/** Connections to one PostgreSQL: made when they are needed, and made anew when they broke. */
export class PostgresPool {
  readonly connection: PostgresConnection;
  readonly #password: string | null;
  readonly #options: PoolOptions;
  readonly #sockets = new Set<Socket>();
  readonly #prepared = new WeakSet<PoolClient>();
  #pool: Promise<Pool> | null = null;
  #closed = false;
  /** How what answered last begins, when it is nothing that PostgreSQL says first. */
  #foreign: string | null = null;
  /** A failure that took long is not waited for again by everybody who asks. */
  #lastFailure: { readonly error: AppError; readonly untilMs: number } | null = null;

  constructor(connection: PostgresConnection, password: string | null, options: PoolOptions) {
    this.connection = connection;
    this.#password = password;
    this.#options = options;
  }

  async acquire(): Promise<PoolClient> {
    const startedMs = performance.now();
    if (this.#lastFailure && startedMs < this.#lastFailure.untilMs) throw renewed(this.#lastFailure.error);
    try {
      const client = await (await this.#open()).connect();
      await this.#prepare(client);
      this.#lastFailure = null;
      return client;
    } catch (thrown) {
      const error = this.#name(thrown);
      const endedMs = performance.now();
      if (error.retryable) this.#lastFailure = { error, untilMs: endedMs + 2 * (endedMs - startedMs) };
      throw error;
    }
  }

  /** Lets the next request try the server, whatever happened before. */
  retryNow(): void {
    this.#lastFailure = null;
  }

  /** Ends every connection; a request that does not end by itself soon is cut off. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const pool = await this.#pool?.catch(() => null);
    if (!pool) return;
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSE_GRACE_MS);
    try {
      await pool.end();
    } finally {
      clearTimeout(cutOff);
    }
  }

  #name(thrown: unknown): AppError {
    const error = namePostgresFailure(thrown, this.connection, 'connect', this.#options.connectTimeoutMs);
    if (error.code !== 'postgres.connection_lost' || this.#foreign === null) return error;
    const details = { ...error.details, reason: `it begins with “${this.#foreign}”` };
    return new AppError('postgres.not_postgres', 'input', details, { cause: thrown });
  }

  #open(): Promise<Pool> {
    if (this.#closed) return Promise.reject(new AppError('app.cancelled', 'cancelled'));
    this.#pool ??= this.#create().catch((error: unknown) => {
      // The file may be put right while Mauzo runs.
      this.#pool = null;
      throw error;
    });
    return this.#pool;
  }

  async #create(): Promise<Pool> {
    const { host, port, database, user } = this.connection;
    const { connectTimeoutMs, statementTimeoutMs, maxConnections, onIdleError } = this.#options;
    const pool = new Pool({
      host,
      port,
      database,
      user,
      // A function: the library would look for an empty one in the environment and in ~/.pgpass.
      password: () => this.#givePassword(),
      ssl: await this.#tls(),
      application_name: 'mauzo',
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      stream: () => this.#socket(),
    });
    pool.on('error', (error) => onIdleError(this.#name(error)));
    // A connection that breaks between two requests of a transaction: the next request says so.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  /** Settings of the session instead of the start: poolers between refuse what they do not know there. */
  async #prepare(client: PoolClient): Promise<void> {
    if (this.#prepared.has(client)) return;
    try {
      await client.query(
        `select set_config('search_path', $1, false), set_config('statement_timeout', $2, false),
           set_config('lock_timeout', $3, false), set_config('idle_in_transaction_session_timeout', $4, false)`,
        [
          `"${this.connection.schema}"`,
          String(this.#options.statementTimeoutMs),
          String(LOCK_TIMEOUT_MS),
          String(IDLE_IN_TRANSACTION_MS),
        ],
      );
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#prepared.add(client);
  }

  #givePassword(): string {
    if (this.#password !== null && this.#password !== '') return this.#password;
    const { host, port, user } = this.connection;
    throw new AppError('postgres.password_missing', 'permission', { address: `${host}:${port}`, user });
  }

  async #tls(): Promise<false | ConnectionOptions> {
    const { tls, caFile } = this.connection;
    if (tls === 'off') return false;
    if (tls === 'require') return { rejectUnauthorized: false };
    if (caFile === null) return { rejectUnauthorized: true };
    const unreadable = (reason: string, cause: unknown) =>
      new AppError('postgres.ca_unreadable', 'input', { path: caFile, reason }, { cause });
    const ca = await readFile(caFile, 'utf8').catch((error: unknown) => {
      throw unreadable(error instanceof Error ? error.message : String(error), error);
    });
    if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw unreadable('no PEM certificate is in it', null);
    return { rejectUnauthorized: true, ca };
  }

  #socket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.once('data', (piece) => {
      this.#foreign = FIRST_BYTES.includes(String.fromCharCode(piece[0] ?? 0))
        ? null
        : piece.toString('latin1', 0, 20).replaceAll(/[^ -~]/g, '?');
    });
    return socket;
  }
}

const renewed = ({ code, kind, details, retryable, cause }: AppError) =>
  new AppError(code, kind, details, { retryable, cause });
