import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import type { PostgresConnection } from '#shared/domain/connections';
import { awayConnection } from '#shared/errors/connection-failure';
import { errorCatalogue, renderError } from '#shared/errors/index';
import { isBroken, namePostgresFailure, type Phase } from './postgres-errors.ts';

const connection: PostgresConnection = {
  host: 'db.example',
  port: 5432,
  database: 'mauzo',
  schema: 'mauzo',
  user: 'mauzo',
  tls: 'off',
  caFile: null,
};

/** As the server says it. */
function fromServer(code: string, changes: Partial<DatabaseError> = {}): DatabaseError {
  const error = new DatabaseError('what the server says', 1, 'error');
  return Object.assign(error, { code, ...changes });
}
const fromNode = (code: string) => Object.assign(new Error(`what the system says: ${code}`), { code });
const name = (thrown: unknown, phase: Phase = 'query') =>
  namePostgresFailure(thrown, connection, phase, 5_000);

describe('what PostgreSQL and the network say', () => {
  it.each([
    ['28P01', 'postgres.password_wrong', false],
    ['3D000', 'postgres.database_missing', false],
    ['42501', 'postgres.no_right', false],
    ['42P01', 'postgres.tables_missing', false],
    ['3F000', 'postgres.tables_missing', false],
    ['25006', 'postgres.read_only', true],
    ['53100', 'postgres.disk_full', true],
    ['53200', 'postgres.out_of_resources', true],
    ['53300', 'postgres.too_many_connections', true],
    ['57014', 'postgres.statement_timeout', true],
    ['57P01', 'postgres.shutting_down', true],
    ['57P03', 'postgres.shutting_down', true],
    ['55P03', 'postgres.busy', true],
    ['40001', 'postgres.busy', true],
    ['40P01', 'postgres.busy', true],
    ['08006', 'postgres.connection_lost', true],
    ['22021', 'postgres.character_refused', false],
    ['23505', 'store.failed', false],
    ['XX000', 'postgres.failed', false],
  ])('%s of the server is %s', (state, code, waits) => {
    const error = name(fromServer(state));
    expect(error.code).toBe(code);
    expect(error.kind).toBe(errorCatalogue[code]?.kind);
    expect(awayConnection(error) === 'postgres').toBe(waits);
    expect(error.details).toMatchObject({ reason: 'what the server says', sqlState: state });
  });

  it.each([
    ['ECONNREFUSED', 'postgres.refused', true],
    ['ENOTFOUND', 'postgres.host_unknown', true],
    ['EAI_AGAIN', 'postgres.host_unknown', true],
    ['EHOSTUNREACH', 'postgres.unreachable', true],
    ['ETIMEDOUT', 'postgres.timeout', true],
    ['ECONNRESET', 'postgres.connection_lost', true],
    ['CERT_HAS_EXPIRED', 'postgres.tls_expired', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'postgres.tls_name_mismatch', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'postgres.tls_untrusted', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'postgres.tls_failed', false],
    ['ENEWS', 'postgres.failed', false],
  ])('%s of the system is %s', (nodeCode, code, waits) => {
    const error = name(fromNode(nodeCode), 'connect');
    expect(error.code).toBe(code);
    expect(awayConnection(error) === 'postgres').toBe(waits);
    expect(JSON.stringify(renderError(error))).not.toContain('‹');
  });

  it('tells who is refused at the door by the routine that says so', () => {
    const refused = (changes: Partial<DatabaseError>) => name(fromServer('28000', changes)).code;
    expect(refused({ routine: 'InitializeSessionUserId' })).toBe('postgres.user_refused');
    expect(refused({ routine: 'ClientAuthentication' })).toBe('postgres.not_admitted');
    expect(refused({ routine: 'ClientAuthentication', message: 'no entry for host, no encryption' })).toBe(
      'postgres.tls_required',
    );
  });

  it.each<[string, unknown]>([
    ['the connection broke', fromNode('ECONNRESET')],
    ['the connection ended', new Error('Connection terminated unexpectedly')],
    ['no answer came', new Error('Query read timeout')],
    ['the server was stopped', fromServer('57P01')],
    ['the server called it off', fromServer('57014')],
  ])('after COMMIT was sent nobody knows when %s', (_, thrown) => {
    expect(name(thrown, 'commit')).toMatchObject({ code: 'postgres.outcome_unknown', retryable: true });
    expect(name(thrown, 'query').code).not.toBe('postgres.outcome_unknown');
  });

  it('knows that nothing was stored when the server said no to COMMIT', () => {
    expect(name(fromServer('40001'), 'commit').code).toBe('postgres.busy');
    expect(name(fromServer('53100'), 'commit').code).toBe('postgres.disk_full');
  });

  it('gives up a connection that broke, and keeps one that only refused', () => {
    expect(isBroken(fromNode('ECONNRESET'))).toBe(true);
    expect(isBroken(fromServer('57P01'))).toBe(true);
    expect(isBroken(fromServer('23505'))).toBe(false);
  });

  it('never quotes a row', () => {
    const error = name(fromServer('23505', { detail: 'Key (branch)=(Secret branch) already exists.' }));
    expect(JSON.stringify(error.toJSON())).not.toContain('Secret branch');
  });

  it('says of several addresses what the first answered', () => {
    const all = Object.assign(new AggregateError([fromNode('ECONNREFUSED')], ''), { code: 'ECONNREFUSED' });
    expect(name(all, 'connect')).toMatchObject({
      code: 'postgres.refused',
      details: { reason: 'what the system says: ECONNREFUSED' },
    });
  });
});
