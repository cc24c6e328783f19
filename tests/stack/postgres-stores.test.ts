import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStores, type PostgresStores } from '../../src/main/adapters/postgres/index.ts';
import { PostgresPool } from '../../src/main/adapters/postgres/postgres-pool.ts';
import { postgresStoreDatabase } from '../../src/main/adapters/postgres/postgres-store-database.ts';
import { migrations } from '../../src/main/adapters/stores/migrations/index.ts';
import { sharedStoresContract } from '../../src/main/services/imports/shared-stores-contract.fixture.ts';
import {
  DATASET,
  footprintOf,
  NOW,
  sampleImport,
} from '../../src/main/services/imports/stores-samples.fixture.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { startPostgresServer, whyNoPostgres, type PostgresServer } from '../support/postgres-server.ts';

const missing = whyNoPostgres();
const failure = (code: string) => expect.objectContaining({ code });
const newSchema = () => `s_${randomUUID().replaceAll('-', '')}`;

describe.skipIf(missing !== null)(`stores in PostgreSQL${missing ? `: ${missing}` : ''}`, () => {
  let server: PostgresServer;
  const opened: PostgresStores[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.remove());
  afterEach(async () => {
    for (const stores of opened.splice(0)) await stores.close();
  });
  const open = (schema: string, port = server.port) => {
    const stores = openPostgresStores(server.connection({ schema, port }), server.password);
    opened.push(stores);
    return stores;
  };
  const activate = (stores: PostgresStores, letter: string, expectedSequence: number) =>
    stores.registry.activate({
      record: sampleImport(letter),
      footprint: footprintOf(2),
      policy: 'keep',
      supersedes: [],
      touchedChunks: ['2024-03'],
      expectedSequence,
      activatedAt: NOW,
    });

  describe('the contract of shared stores', () => {
    sharedStoresContract(() => Promise.resolve(open(newSchema())));
  });

  describe('two installations', () => {
    it('make the tables once when both start at the same moment', async () => {
      const schema = newSchema();
      const both = Array.from({ length: 6 }, () => open(schema));
      const ids = await Promise.all(both.map((stores) => stores.registry.registryId()));
      expect(new Set(ids).size).toBe(1);
      const versions = await server.sql(`select version from "${schema}".schema_versions`, 'mauzo');
      expect(versions).toHaveLength(migrations.length);
    });

    it('never both count the same file', async () => {
      const schema = newSchema();
      const [one, two] = [open(schema), open(schema)];
      await Promise.all([one.ping(), two.ping()]);
      const results = await Promise.allSettled([
        activate(one, 'a', 0),
        activate(two, 'a', 0),
        activate(one, 'a', 0),
        activate(two, 'a', 0),
      ]);
      expect(results.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(1);
      const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(reasons).toEqual(reasons.map(() => failure('store.already_active')));
      expect(await two.registry.log(DATASET)).toHaveLength(1);
    });

    it('decide on the same state of the log one after the other', async () => {
      const schema = newSchema();
      const [one, two] = [open(schema), open(schema)];
      await Promise.all([one.ping(), two.ping()]);
      const results = await Promise.allSettled([activate(one, 'a', 0), activate(two, 'b', 0)]);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]?.reason).toEqual(failure('store.log_moved'));
      expect(await one.registry.log(DATASET)).toHaveLength(1);
      expect([...(await two.registry.desiredGenerations(DATASET))]).toEqual([['2024-03', 1]]);
    });

    it('do so whatever isolation the server gives by default', async () => {
      const schema = newSchema();
      await server.sql(`alter role mauzo set default_transaction_isolation = 'repeatable read'`);
      const [one, two] = [open(schema), open(schema)];
      await Promise.all([one.ping(), two.ping()]);
      const results = await Promise.allSettled([activate(one, 'a', 0), activate(two, 'b', 0)]);
      await server.sql('alter role mauzo reset default_transaction_isolation');
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(refused).toEqual([failure('store.log_moved')]);
    });

    it('undo an import once', async () => {
      const schema = newSchema();
      const [one, two] = [open(schema), open(schema)];
      await activate(one, 'a', 0);
      const undo = (stores: PostgresStores) =>
        stores.registry.undo({ importId: 'a'.repeat(64), touchedChunks: ['2024-03'], undoneAt: NOW });
      const results = await Promise.allSettled([undo(one), undo(two), undo(one)]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect([...(await two.registry.desiredGenerations(DATASET))]).toEqual([['2024-03', 2]]);
    });

    it('hold a lease one at a time, and tell each other who has it', async () => {
      const schema = newSchema();
      const stores = Array.from({ length: 4 }, (_, index) => {
        const one = openPostgresStores(server.connection({ schema }), server.password, {
          owner: `Ann on desk-${index}`,
        });
        opened.push(one);
        return one;
      });
      const leases = await Promise.all(stores.map((one) => one.leases.acquire('2024-03', 60_000)));
      const holders = leases.flatMap((lease, index) => (lease ? [index] : []));
      expect(holders).toHaveLength(1);
      expect(await stores[0]?.leases.holder('2024-03')).toContain(`Ann on desk-${holders[0]}`);
    });
  });

  it('is refused when a newer Mauzo has used it, and left alone', async () => {
    const schema = newSchema();
    await open(schema).ping();
    await server.sql(
      `insert into "${schema}".schema_versions values (${migrations.length + 1}, 'from the future', '2030')`,
      'mauzo',
    );
    await expect(open(schema).ping()).rejects.toEqual(failure('postgres.newer_schema'));
    expect(await server.sql(`select count(*)::int as n from "${schema}".schema_versions`, 'mauzo')).toEqual([
      { n: migrations.length + 1 },
    ]);
  });

  it('is not confused by tables of the same name in another schema', async () => {
    await server.sql('create table public.schema_versions (version text)', 'mauzo');
    expect(await open(newSchema()).registry.registryId()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('works for a user who may use the tables but not make any, once they are there', async () => {
    const schema = newSchema();
    await open(schema).ping();
    const role = `r_${schema}`;
    await server.sql(
      `create role ${role} login password '${server.password}';
       grant usage on schema "${schema}" to ${role};
       grant all on all tables in schema "${schema}" to ${role};
       revoke create on database mauzo from public`,
      'mauzo',
    );
    const stores = openPostgresStores(server.connection({ schema, user: role }), server.password);
    opened.push(stores);
    expect((await activate(stores, 'a', 0)).sequence).toBe(1);
    const nothing = openPostgresStores(
      server.connection({ schema: newSchema(), user: role }),
      server.password,
    );
    opened.push(nothing);
    await expect(nothing.ping()).rejects.toEqual(failure('postgres.no_right'));
  });

  it('names a character that PostgreSQL cannot hold, and keeps nothing of the import', async () => {
    const stores = open(newSchema());
    const record = { ...sampleImport('a'), fileName: 'a\u0000b.csv' };
    const change = {
      record,
      footprint: footprintOf(1),
      policy: 'keep' as const,
      supersedes: [],
      touchedChunks: ['2024-03'],
      expectedSequence: 0,
      activatedAt: NOW,
    };
    await expect(stores.registry.activate(change)).rejects.toEqual(failure('postgres.character_refused'));
    expect(await stores.registry.findImport(record.importId)).toBeNull();
  });

  it('tells version and latency when it is asked', async () => {
    const stores = open(newSchema());
    const { version, latencyMs } = await stores.ping();
    expect(version).toMatch(/^\d+/);
    expect(latencyMs).toBeGreaterThan(0);
  });

  describe('when the connection breaks', () => {
    let proxy: CuttingProxy;
    beforeEach(async () => {
      proxy = await startCuttingProxy(server.port);
    });
    afterEach(() => proxy.close());

    it('in the middle of a transaction: nothing of it is stored, and the next one works', async () => {
      const stores = open(newSchema(), proxy.port);
      await stores.ping();
      const cut = proxy.cutOnce('"activation_log" (', 'before');
      await expect(activate(stores, 'a', 0)).rejects.toEqual(failure('postgres.connection_lost'));
      await cut;
      expect(await stores.registry.findImport('a'.repeat(64))).toBeNull();
      expect((await activate(stores, 'a', 0)).sequence).toBe(1);
    });

    it('between two requests of a transaction: the process lives on', async () => {
      const pool = new PostgresPool(server.connection({ schema: newSchema() }), server.password, {
        connectTimeoutMs: 30_000,
        statementTimeoutMs: 30_000,
        maxConnections: 2,
        onIdleError: () => undefined,
      });
      const database = postgresStoreDatabase(pool);
      const work = database.write(async (transaction) => {
        const ended = await server.sql(
          `select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = 'mauzo'`,
        );
        expect(ended).toEqual([{ ended: true }]);
        // The word of the server arrives while nothing is asked of it.
        await expect
          .poll(() => sql`select 1`.execute(transaction).catch((error: unknown) => error), {
            timeout: 30_000,
          })
          .toBeInstanceOf(AppError);
        await sql`select 1`.execute(transaction);
      });
      await expect(work).rejects.toEqual(failure('postgres.connection_lost'));
      await database.write(() => Promise.resolve());
      await pool.close();
    });

    it('before COMMIT arrives: says that it does not know, and nothing is stored', async () => {
      const stores = open(newSchema(), proxy.port);
      await stores.ping();
      void proxy.cutOnce('commit\0', 'before');
      await expect(activate(stores, 'a', 0)).rejects.toEqual(failure('postgres.outcome_unknown'));
      expect(await stores.registry.log(DATASET)).toEqual([]);
      expect((await activate(stores, 'a', 0)).sequence).toBe(1);
    });

    it('after COMMIT was answered and nobody heard it: says that it does not know, and it is stored once', async () => {
      const stores = open(newSchema(), proxy.port);
      await stores.ping();
      void proxy.cutOnce('commit\0', 'after');
      const lost = activate(stores, 'a', 0);
      await expect(lost).rejects.toEqual(failure('postgres.outcome_unknown'));
      await expect(lost).rejects.toEqual(expect.objectContaining({ retryable: true }));
      expect(await stores.registry.log(DATASET)).toHaveLength(1);
      await expect(activate(stores, 'a', 0)).rejects.toEqual(failure('store.already_active'));
      expect([...(await stores.registry.desiredGenerations(DATASET))]).toEqual([['2024-03', 1]]);
    });

    it('while nobody uses it: the process lives on and the next request works', async () => {
      const errors: AppError[] = [];
      const stores = openPostgresStores(
        server.connection({ schema: newSchema(), port: proxy.port }),
        server.password,
        { onIdleError: (error) => errors.push(error) },
      );
      opened.push(stores);
      await stores.ping();
      proxy.shut();
      await expect.poll(() => errors.length, { timeout: 30_000 }).toBeGreaterThan(0);
      expect(errors[0]).toEqual(failure('postgres.connection_lost'));
      proxy.open();
      expect((await activate(stores, 'a', 0)).sequence).toBe(1);
    });

    it('and nothing answers: gives up in time, and does not let everybody wait as long again', async () => {
      proxy.swallow(true);
      const stores = openPostgresStores(
        server.connection({ schema: newSchema(), port: proxy.port }),
        server.password,
        { connectTimeoutMs: 1_000 },
      );
      opened.push(stores);
      await expect(stores.settings.read()).rejects.toEqual(failure('postgres.timeout'));
      const startedMs = performance.now();
      await expect(stores.settings.read()).rejects.toEqual(failure('postgres.timeout'));
      expect(performance.now() - startedMs).toBeLessThan(900);
      proxy.swallow(false);
      // Asked on purpose, it looks at once.
      await stores.ping();
      await stores.settings.read();
    });
  });

  describe('a server that is stopped, killed and started', () => {
    it('fails what is asked meanwhile, by name, and serves the next request', async () => {
      const stores = open(newSchema());
      await activate(stores, 'a', 0);
      for (const end of [server.stop, server.kill]) {
        await end();
        for (let index = 0; index < 3; index += 1)
          await expect(stores.registry.log(DATASET)).rejects.toSatisfy(
            (error) => error instanceof AppError && error.retryable && error.code.startsWith('postgres.'),
          );
        await server.start();
        // The server may still say that it is starting up.
        await expect
          .poll(async () => (await stores.registry.log(DATASET).catch(() => [])).length, { timeout: 60_000 })
          .toBe(1);
      }
      expect((await activate(stores, 'b', 1)).sequence).toBe(2);
    });

    it('may be away when stores are opened: they make their tables at the first use that succeeds', async () => {
      await server.stop();
      const stores = open(newSchema());
      await expect(stores.registry.registryId()).rejects.toEqual(failure('postgres.refused'));
      await server.start();
      expect(await stores.registry.registryId()).toMatch(/^[0-9a-f-]{36}$/);
    });
  });
});
