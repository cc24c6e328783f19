import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ProbeStep } from '#shared/contract/connections';
import type { PostgresConnection } from '#shared/domain/connections';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { ConnectionContext, ConnectionProbe } from '../../services/connections/ports.ts';
import { readSchemaVersion, SCHEMA_VERSION, type StoreDatabase } from '../stores/index.ts';
import { PostgresPool } from './postgres-pool.ts';
import { postgresStoreDatabase } from './postgres-store-database.ts';
import { checkFacts, nameNewerSchema, readFacts } from './prepare-database.ts';

const TIMEOUTS = { connectTimeoutMs: 10_000, statementTimeoutMs: 10_000 };
/** Leases run by the server's clock; a difference like this confuses people who compare times. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

interface Examined {
  readonly database: StoreDatabase;
  readonly connection: PostgresConnection;
}

/** Words about what was found, or about what is not as it should be and still works. */
type Answer = string | { readonly warning: string };

interface Step {
  readonly name: string;
  run(examined: Examined): Promise<Answer>;
}

const sessionSchema = z.array(
  z.object({ user: z.string(), tls: z.string().nullable(), clockMs: z.coerce.number() }),
);

async function connect({ database, connection }: Examined): Promise<Answer> {
  const { rows } = await sql`select current_user as "user",
      (select version from pg_stat_ssl where pid = pg_backend_pid() and ssl) as "tls",
      ${database.clockMs} as "clockMs"`.execute(database.db);
  const [session] = sessionSchema.parse(rows);
  const where = `${connection.host}:${connection.port}/${connection.database}`;
  return `${where} as ${session?.user ?? connection.user}, ${session?.tls ?? 'not encrypted'}`;
}

async function examineVersion({ database, connection }: Examined): Promise<Answer> {
  const facts = await readFacts(database, connection);
  checkFacts(facts, connection);
  return `PostgreSQL ${facts.version}, ${facts.encoding}`;
}

const rightsSchema = z.array(
  z.object({
    hasSchema: z.boolean(),
    mayUse: z.boolean().nullable(),
    mayCreate: z.boolean().nullable(),
    mayMakeSchema: z.boolean(),
  }),
);

async function examineRights({ database, connection }: Examined): Promise<Answer> {
  const { schema, user } = connection;
  const { rows } = await sql`select found.oid is not null as "hasSchema",
      has_schema_privilege(found.oid, 'usage') as "mayUse",
      has_schema_privilege(found.oid, 'create') as "mayCreate",
      has_database_privilege(current_database(), 'create') as "mayMakeSchema"
    from (select to_regnamespace(${`"${schema}"`})::oid as oid) found`.execute(database.db);
  const [rights] = rightsSchema.parse(rows);
  const refuse = (reason: string) =>
    new AppError('postgres.no_right', 'permission', { user, schema, reason });
  if (!rights?.hasSchema) {
    if (!rights?.mayMakeSchema) throw refuse(`there is no schema ${schema}, and ${user} may not make one`);
    return `schema ${schema} will be made`;
  }
  if (!rights.mayUse) throw refuse(`${user} has no USAGE on schema ${schema}`);
  if (!rights.mayCreate && (await readSchemaVersion(database)) < SCHEMA_VERSION)
    throw refuse(`${user} may not make tables in schema ${schema}`);
  return `schema ${schema} can be used`;
}

async function examineTables({ database, connection }: Examined): Promise<Answer> {
  const found = await readSchemaVersion(database);
  if (found > SCHEMA_VERSION)
    throw nameNewerSchema(
      new AppError('store.newer_schema', 'conflict', { found, known: SCHEMA_VERSION }),
      connection,
    );
  if (found === SCHEMA_VERSION) return `version ${found}, as this Mauzo needs it`;
  return found === 0 ? 'will be made' : `will be brought from version ${found} to ${SCHEMA_VERSION}`;
}

/** Undoes what a probe wrote. */
class RolledBack extends Error {}

const tokenSchema = z.array(z.object({ token: z.string() }));

/** Writes a row where it will be written, reads it back, and leaves nothing of it. */
async function writeAndRollBack({ database, connection }: Examined): Promise<Answer> {
  const token = randomUUID();
  const isReady = (await readSchemaVersion(database)) === SCHEMA_VERSION;
  const { hasSchema } = await readFacts(database, connection);
  const table = sql.id(connection.schema, isReady ? 'leases' : `probe_${token.replaceAll('-', '')}`);
  try {
    await database.write(async (transaction) => {
      if (!hasSchema) await transaction.schema.createSchema(connection.schema).execute();
      if (!isReady)
        await sql`create table ${table} (name text, holder text, token text, expires_at_ms bigint)`.execute(
          transaction,
        );
      await sql`insert into ${table} (name, holder, token, expires_at_ms)
        values (${`probe ${token}`}, 'probe', ${token}, 0)`.execute(transaction);
      const { rows } = await sql`select token from ${table} where token = ${token}`.execute(transaction);
      if (tokenSchema.parse(rows)[0]?.token !== token)
        throw new AppError('postgres.failed', 'bug', {
          reason: 'a row that was written could not be read back',
          sqlState: 'no code',
        });
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return 'written, read and rolled back';
}

async function compareClocks({ database }: Examined): Promise<Answer> {
  const startedAtMs = Date.now();
  const { rows } =
    await sql`select current_user as "user", null::text as "tls", ${database.clockMs} as "clockMs"`.execute(
      database.db,
    );
  const middleMs = (startedAtMs + Date.now()) / 2;
  const differenceMs = (sessionSchema.parse(rows)[0]?.clockMs ?? middleMs) - middleMs;
  const seconds = Math.round(Math.abs(differenceMs) / 1_000);
  if (Math.abs(differenceMs) < CLOCK_DIFFERENCE_MS) return `${seconds} s apart`;
  const which = differenceMs > 0 ? 'behind' : 'ahead of';
  return {
    warning: `This computer is ${seconds} s ${which} the server: set its clock right. Nothing is lost by it, but times of day differ.`,
  };
}

const STEPS: readonly Step[] = [
  { name: 'Connect and sign in', run: connect },
  { name: 'Version and encoding', run: examineVersion },
  { name: 'Rights on the schema', run: examineRights },
  { name: 'Tables', run: examineTables },
  { name: 'Write, read and roll back a row', run: writeAndRollBack },
  { name: 'Clocks', run: compareClocks },
];

async function runStep({ name, run }: Step, examined: Examined): Promise<ProbeStep> {
  const startedMs = performance.now();
  const told = (state: ProbeStep['state'], detail: string, error: ProbeStep['error'] = null): ProbeStep => ({
    name,
    state,
    detail,
    elapsedMs: performance.now() - startedMs,
    error,
  });
  try {
    const answer = await run(examined);
    return typeof answer === 'string' ? told('ok', answer) : told('warning', answer.warning);
  } catch (thrown) {
    return told('failed', '', jsonOf(toAppError(thrown)));
  }
}

function jsonOf(error: AppError): NonNullable<ProbeStep['error']> {
  const { details, ...rest } = error.toJSON();
  return {
    ...rest,
    details: Object.fromEntries(
      Object.entries(details).map(([name, value]) => [
        name,
        typeof value === 'object' && value !== null ? [...value] : value,
      ]),
    ),
  };
}

/** Runs a task on a connection of its own, which is cut off when nobody waits for it any more. */
async function withConnection<T>(
  { connections, secrets }: ConnectionContext,
  signal: AbortSignal,
  task: (examined: Examined) => Promise<T>,
): Promise<T | null> {
  const connection = connections.postgres;
  if (!connection) return null;
  const pool = new PostgresPool(connection, secrets['postgres.password'] ?? null, {
    ...TIMEOUTS,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  const stop = () => void pool.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await task({ database: postgresStoreDatabase(pool), connection });
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    return answer;
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.close();
  }
}

/** What a PostgreSQL with these settings is good for. */
export function createPostgresProbe(): ConnectionProbe {
  return {
    async test(context, signal) {
      const steps = await withConnection(context, signal, async (examined) => {
        const done: ProbeStep[] = [];
        for (const step of STEPS) {
          const told = await runStep(step, examined);
          done.push(told);
          if (told.state === 'failed' || signal.aborted) break;
        }
        return done;
      });
      return steps ?? [];
    },

    async look(context, signal) {
      const status = await withConnection(context, signal, async ({ database, connection }) => {
        const line = { name: 'PostgreSQL', latencyMs: null, version: null, error: null };
        try {
          // The first request also makes the connection: that is not the server's latency.
          const { version } = await readFacts(database, connection);
          const startedMs = performance.now();
          await sql`select 1`.execute(database.db);
          return { ...line, state: 'ok' as const, latencyMs: performance.now() - startedMs, version };
        } catch (thrown) {
          return { ...line, state: 'failed' as const, error: jsonOf(toAppError(thrown)) };
        }
      });
      return status ? [status] : [];
    },
  };
}
