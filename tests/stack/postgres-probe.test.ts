import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPostgresProbe, openPostgresStores } from '../../src/main/adapters/postgres/index.ts';
import { migrations } from '../../src/main/adapters/stores/migrations/index.ts';
import { NO_CONNECTIONS, type PostgresConnection } from '../../src/shared/domain/connections.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { renderError } from '../../src/shared/errors/index.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import {
  freePort,
  startPostgresServer,
  whyNoPostgres,
  type PostgresServer,
} from '../support/postgres-server.ts';

const missing = whyNoPostgres();
const NEVER = new AbortController().signal;

describe.skipIf(missing !== null)(`a look at PostgreSQL${missing ? `: ${missing}` : ''}`, () => {
  let open: PostgresServer;
  let guarded: PostgresServer;
  let web: Server;
  let webPort: number;
  let folder: string;
  const probe = createPostgresProbe();
  /** Everything that any of these tests was told. */
  const heard: unknown[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-probe-'));
    writeFileSync(join(folder, 'not-a-certificate.pem'), 'hello');
    open = await startPostgresServer();
    guarded = await startPostgresServer({
      tls: true,
      admission: [
        'hostssl all tlsonly 127.0.0.1/32 scram-sha-256',
        'host all tlsonly 127.0.0.1/32 reject',
        'host all outsider 127.0.0.1/32 reject',
        'host all nobody 127.0.0.1/32 trust',
      ],
    });
    for (const role of ['tlsonly', 'outsider', 'weak', 'limited', 'reader'])
      await guarded.sql(`create role ${role} login password '${guarded.password}'`);
    await guarded.sql(
      `grant create on database mauzo to tlsonly;
       alter role limited connection limit 0;
       grant create on database mauzo to reader;
       alter role reader set default_transaction_read_only = on`,
    );
    await guarded.sql(`create database latin owner mauzo encoding 'LATIN1' locale 'C' template template0`);
    await guarded.sql(`create database closed owner mauzo`);
    await guarded.sql(`alter database closed allow_connections false`);
    web = createHttpServer((_, answer) => answer.end('hello'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const address = web.address();
    webPort = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterEach(() => vi.useRealTimers());
  afterAll(async () => {
    await open.remove();
    await guarded.remove();
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const context = (postgres: PostgresConnection, password: string | null) => ({
    connections: { ...NO_CONNECTIONS, postgres },
    secrets: password === null ? {} : { 'postgres.password': password },
  });
  const test = async (
    changes: Partial<PostgresConnection> = {},
    {
      server = guarded,
      password = server.password,
    }: { server?: PostgresServer; password?: string | null } = {},
  ) => {
    const steps = await probe.test(context(server.connection(changes), password), NEVER);
    heard.push(steps);
    return steps;
  };

  it.each<[string, string, Partial<PostgresConnection>, object?]>([
    ['postgres.password_wrong', 'Connect and sign in', {}, { password: 'wrong-password' }],
    ['postgres.password_missing', 'Connect and sign in', {}, { password: null }],
    ['postgres.password_wrong', 'Connect and sign in', { user: 'unheard_of' }],
    ['postgres.user_refused', 'Connect and sign in', { user: 'nobody' }],
    ['postgres.not_admitted', 'Connect and sign in', { user: 'outsider', tls: 'require' }],
    ['postgres.tls_required', 'Connect and sign in', { user: 'tlsonly' }],
    ['postgres.tls_name_mismatch', 'Connect and sign in', { tls: 'verify-full', caFile: 'its own' }],
    ['postgres.tls_untrusted', 'Connect and sign in', { tls: 'verify-full', host: 'localhost' }],
    ['postgres.ca_unreadable', 'Connect and sign in', { tls: 'verify-full', caFile: 'nowhere.pem' }],
    [
      'postgres.ca_unreadable',
      'Connect and sign in',
      { tls: 'verify-full', caFile: 'not-a-certificate.pem' },
    ],
    ['postgres.database_missing', 'Connect and sign in', { database: 'unheard_of' }],
    ['postgres.too_many_connections', 'Connect and sign in', { user: 'limited' }],
    ['postgres.host_unknown', 'Connect and sign in', { host: 'no-such-host.invalid' }],
    ['postgres.encoding', 'Version and encoding', { database: 'latin' }],
    ['postgres.no_right', 'Rights on the schema', { user: 'weak' }],
    ['postgres.read_only', 'Write, read and roll back a row', { user: 'reader', schema: 'of_reader' }],
  ])('names %s at “%s”: %j', async (code, step, changes, options) => {
    const caFile =
      changes.caFile === 'its own'
        ? guarded.certificate
        : changes.caFile
          ? join(folder, changes.caFile)
          : null;
    const steps = await test({ ...changes, caFile }, options);
    const last = steps.at(-1);
    expect(last).toMatchObject({ name: step, state: 'failed', error: { code } });
    expect(steps.slice(0, -1).map(({ state }) => state)).toEqual(steps.slice(0, -1).map(() => 'ok'));
    const words = renderError(last?.error ?? { code: '', details: {} });
    expect(`${words.title} ${words.cause} ${words.remedy} ${words.kept}`).not.toContain('‹');
  });

  it('names a closed port, a server without TLS and something that is no PostgreSQL', async () => {
    expect((await test({ port: await freePort() })).at(-1)?.error?.code).toBe('postgres.refused');
    expect((await test({ tls: 'require' }, { server: open })).at(-1)?.error?.code).toBe(
      'postgres.tls_unavailable',
    );
    for (const tls of ['off', 'require'] as const)
      expect((await test({ port: webPort, tls })).at(-1)?.error?.code).toBe('postgres.not_postgres');
  });

  it('shows what it does not know in full', async () => {
    const error = (await test({ database: 'closed' })).at(-1)?.error;
    expect(error).toMatchObject({
      code: 'postgres.failed',
      details: { sqlState: '55000', reason: 'database "closed" is not currently accepting connections' },
    });
  });

  it.each([
    ['without encryption', { schema: 'plain' }],
    ['encrypted', { schema: 'encrypted', tls: 'require' as const }],
    ['checked', { schema: 'checked', tls: 'verify-full' as const, host: 'localhost', caFile: 'its own' }],
  ])('finds everything in order %s, and leaves nothing behind', async (_, changes) => {
    const tables = () =>
      guarded.sql(
        `select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
        'mauzo',
      );
    const before = await tables();
    const all = { ...changes, ...('caFile' in changes ? { caFile: guarded.certificate } : {}) };
    const steps = await test(all);
    expect(steps.map(({ name, state }) => [name, state])).toEqual(
      [
        'Connect and sign in',
        'Version and encoding',
        'Rights on the schema',
        'Tables',
        'Write, read and roll back a row',
        'Clocks',
      ].map((name) => [name, 'ok']),
    );
    expect(steps[0]?.detail).toContain('tls' in changes ? 'TLSv1.3' : 'not encrypted');
    expect(steps[3]?.detail).toBe('will be made');
    expect(await tables()).toEqual(before);
    const namespaces = await guarded.sql(
      `select 1 from pg_namespace where nspname = '${changes.schema}'`,
      'mauzo',
    );
    expect(namespaces).toEqual([]);
  });

  it('knows tables that are there, also of a newer Mauzo', async () => {
    const stores = openPostgresStores(guarded.connection({ schema: 'used' }), guarded.password);
    await stores.ping();
    await stores.close();
    const steps = await test({ schema: 'used' });
    expect(steps[3]?.detail).toBe(`version ${migrations.length}, as this Mauzo needs it`);
    expect(steps.at(-1)?.state).toBe('ok');
    expect(await guarded.sql('select * from used.leases', 'mauzo')).toEqual([]);
    await guarded.sql(
      `insert into used.schema_versions values (${migrations.length + 1}, 'x', '2030')`,
      'mauzo',
    );
    expect((await test({ schema: 'used' })).at(-1)).toMatchObject({
      name: 'Tables',
      error: { code: 'postgres.newer_schema' },
    });
  });

  it('tells clocks that are apart', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    const last = (await test({ schema: 'clocks' })).at(-1);
    expect(last).toMatchObject({ name: 'Clocks', state: 'warning' });
    expect(last?.detail).toMatch(/This computer is 3[56]\d\d s ahead of the server/);
  });

  it('stops when nobody waits any more', async () => {
    const proxy = await startCuttingProxy(guarded.port);
    proxy.swallow(true);
    const stop = new AbortController();
    const asked = probe.test(
      context(guarded.connection({ port: proxy.port }), guarded.password),
      stop.signal,
    );
    stop.abort();
    await expect(asked).rejects.toEqual(expect.objectContaining({ code: 'app.cancelled' }));
    await proxy.close();
  });

  it('has a cheap look for the indicator', async () => {
    const look = (postgres: PostgresConnection) => probe.look(context(postgres, guarded.password), NEVER);
    const [ok] = await look(guarded.connection());
    expect(ok).toMatchObject({ name: 'PostgreSQL', state: 'ok', error: null });
    expect(ok?.latencyMs).toBeGreaterThan(0);
    expect(ok?.version).toMatch(/^\d+/);
    const [failed] = await look(guarded.connection({ database: 'unheard_of' }));
    expect(failed).toMatchObject({
      state: 'failed',
      latencyMs: null,
      error: { code: 'postgres.database_missing' },
    });
    expect(await probe.look({ connections: NO_CONNECTIONS, secrets: {} }, NEVER)).toEqual([]);
  });

  it('never tells a password', async () => {
    expect(JSON.stringify(heard)).not.toContain(guarded.password);
    expect(JSON.stringify(heard)).not.toContain('wrong-password');
    const stores = openPostgresStores(guarded.connection({ database: 'unheard_of' }), guarded.password);
    const error: unknown = await stores.ping().catch((thrown: unknown) => thrown);
    await stores.close();
    expect(error).toBeInstanceOf(AppError);
    const options = { depth: 20, showHidden: true, getters: true };
    expect(inspect(error, options)).not.toContain(guarded.password);
    expect(inspect(stores, options)).not.toContain(guarded.password);
  });
});
