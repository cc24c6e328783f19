import { DatabaseError } from 'pg';
import type { PostgresConnection } from '#shared/domain/connections';
import { AppError, type ErrorKind } from '#shared/errors/app-error';

/** What was going on: the same broken connection means something else after a COMMIT was sent. */
export type Phase = 'connect' | 'query' | 'commit';

interface Meaning {
  readonly code: string;
  readonly kind: ErrorKind;
  /** Not retryable although something is unavailable: only a person can put it right. */
  readonly final?: true;
}

const away = (code: string): Meaning => ({ code: `postgres.${code}`, kind: 'unavailable' });
const refused = (code: string): Meaning => ({ code: `postgres.${code}`, kind: 'permission' });

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const BY_STATE: Readonly<Record<string, Meaning>> = {
  '28P01': refused('password_wrong'),
  '3D000': { code: 'postgres.database_missing', kind: 'notFound' },
  '42501': refused('no_right'),
  '3F000': { ...away('tables_missing'), final: true },
  '42P01': { ...away('tables_missing'), final: true },
  '25006': away('read_only'),
  '53100': away('disk_full'),
  '53300': away('too_many_connections'),
  '55P03': away('busy'),
  '40001': away('busy'),
  '40P01': away('busy'),
  '57014': { code: 'postgres.statement_timeout', kind: 'timeout' },
  '57P01': away('shutting_down'),
  '57P02': away('shutting_down'),
  '57P03': away('shutting_down'),
  '57P04': { code: 'postgres.database_missing', kind: 'notFound' },
  '57P05': away('connection_lost'),
  '22021': { code: 'postgres.character_refused', kind: 'input' },
  '22P05': { code: 'postgres.character_refused', kind: 'input' },
};

/** By class of the SQLSTATE, for those that are not named above. */
const BY_CLASS: Readonly<Record<string, Meaning>> = {
  '08': away('connection_lost'),
  '23': { code: 'store.failed', kind: 'bug' },
  '53': away('out_of_resources'),
};

/** By the code of Node's network and TLS. */
const BY_NODE_CODE: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: away('refused'),
  ENOTFOUND: away('host_unknown'),
  EAI_AGAIN: away('host_unknown'),
  EHOSTUNREACH: away('unreachable'),
  ENETUNREACH: away('unreachable'),
  EHOSTDOWN: away('unreachable'),
  ENETDOWN: away('unreachable'),
  EACCES: away('unreachable'),
  ETIMEDOUT: { code: 'postgres.timeout', kind: 'timeout' },
  ECONNRESET: away('connection_lost'),
  EPIPE: away('connection_lost'),
  ERR_TLS_CERT_ALTNAME_INVALID: refused('tls_name_mismatch'),
  DEPTH_ZERO_SELF_SIGNED_CERT: refused('tls_untrusted'),
  SELF_SIGNED_CERT_IN_CHAIN: refused('tls_untrusted'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: refused('tls_untrusted'),
  UNABLE_TO_GET_ISSUER_CERT: refused('tls_untrusted'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: refused('tls_untrusted'),
  CERT_SIGNATURE_FAILURE: refused('tls_untrusted'),
  CERT_UNTRUSTED: refused('tls_untrusted'),
  CERT_HAS_EXPIRED: refused('tls_expired'),
  CERT_NOT_YET_VALID: refused('tls_expired'),
  EPROTO: { ...away('tls_failed'), final: true },
};

/** What the client library says without a code; its version is fixed, and a test against a real server has each text. */
const BY_CLIENT_TEXT: readonly (readonly [text: string, meaning: Meaning])[] = [
  ['Connection terminated due to connection timeout', { code: 'postgres.timeout', kind: 'timeout' }],
  ['timeout exceeded when trying to connect', away('busy')],
  ['Query read timeout', { code: 'postgres.statement_timeout', kind: 'timeout' }],
  ['The server does not support SSL connections', { ...away('tls_unavailable'), final: true }],
  ['There was an error establishing an SSL connection', { code: 'postgres.not_postgres', kind: 'input' }],
  ['received invalid response', { code: 'postgres.not_postgres', kind: 'input' }],
  ['Connection terminated', away('connection_lost')],
  ['Client has encountered a connection error', away('connection_lost')],
  ['Client was closed', away('connection_lost')],
];

const UNKNOWN: Meaning = { code: 'postgres.failed', kind: 'bug' };

/** The SQLSTATE that the server answered with; null for what did not come from the server. */
export const sqlStateOf = (thrown: unknown): string | null =>
  thrown instanceof DatabaseError && thrown.code !== undefined ? thrown.code : null;

const nodeCodeOf = (thrown: unknown): string | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;

/** 28000: who is refused is told by the routine of the server that said so, the same in every language. */
function refusedAtTheDoor(error: DatabaseError, connection: PostgresConnection): Meaning {
  if (error.routine !== 'ClientAuthentication') return refused('user_refused');
  const unencrypted = connection.tls === 'off' && /no encryption|SSL off/.test(error.message);
  return refused(unencrypted ? 'tls_required' : 'not_admitted');
}

function meaningOf(thrown: unknown, connection: PostgresConnection): Meaning {
  const state = sqlStateOf(thrown);
  if (state !== null && thrown instanceof DatabaseError) {
    if (state === '28000') return refusedAtTheDoor(thrown, connection);
    return BY_STATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? UNKNOWN;
  }
  const nodeCode = nodeCodeOf(thrown);
  if (nodeCode?.startsWith('ERR_SSL_')) return { ...away('tls_failed'), final: true };
  if (nodeCode !== null && Object.hasOwn(BY_NODE_CODE, nodeCode)) return BY_NODE_CODE[nodeCode] ?? UNKNOWN;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return BY_CLIENT_TEXT.find(([known]) => text.startsWith(known))?.[1] ?? UNKNOWN;
}

/** True when the connection itself is of no use any more, whatever the reason. */
export function isBroken(thrown: unknown): boolean {
  const state = sqlStateOf(thrown);
  return state === null || state.startsWith('57P') || state.startsWith('08');
}

/** COMMIT was sent. Only a clear no of the server says that nothing was stored. */
const mayBeStored = (thrown: unknown): boolean => isBroken(thrown) || sqlStateOf(thrown) === '57014';

/** Names a failure (`postgres.*`, `store.failed` for a broken constraint); an `AppError` passes through. */
export function namePostgresFailure(
  thrown: unknown,
  connection: PostgresConnection,
  phase: Phase,
  connectTimeoutMs = 0,
): AppError {
  if (thrown instanceof AppError) return thrown;
  const { host, port, database, schema, user } = connection;
  const details = {
    address: `${host}:${port}`,
    host,
    database,
    schema,
    user,
    // Only the message: the detail of a constraint quotes the row.
    reason: reasonOf(thrown),
    sqlState: sqlStateOf(thrown) ?? nodeCodeOf(thrown) ?? 'no code',
    ...(connectTimeoutMs > 0 ? { seconds: connectTimeoutMs / 1_000 } : {}),
  };
  if (phase === 'commit' && mayBeStored(thrown))
    return new AppError('postgres.outcome_unknown', 'unavailable', details, { cause: thrown });
  const { code, kind, final } = meaningOf(thrown, connection);
  return new AppError(code, kind, details, {
    cause: thrown,
    ...(final ? { retryable: false } : {}),
  });
}

function reasonOf(thrown: unknown): string {
  // Several addresses of one name failed: the first says as much as all.
  const first =
    thrown instanceof AggregateError && thrown.errors[0] instanceof Error ? thrown.errors[0] : thrown;
  const text = first instanceof Error ? first.message : String(first);
  return text.slice(0, 500);
}
