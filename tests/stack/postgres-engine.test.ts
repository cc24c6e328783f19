import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStores } from '../../src/main/adapters/embedded/index.ts';
import { openPostgresStores } from '../../src/main/adapters/postgres/index.ts';
import { joinStores } from '../../src/main/services/imports/index.ts';
import type { Stores } from '../../src/main/services/imports/store-ports.ts';
import { createMovingService } from '../../src/main/services/moving/index.ts';
import type { JobView } from '../../src/shared/domain/job.ts';
import { startTestEngine, type TestEngine } from '../integration/engine/engine.fixture.ts';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { startPostgresServer, whyNoPostgres, type PostgresServer } from '../support/postgres-server.ts';

const missing = whyNoPostgres();
const PATIENCE = { timeout: 120_000, interval: 100 };
const MARCH = ['2024-03-01,Nairobi,100.50,60', '2024-03-02,Mombasa,200.25,', '2024-04-01,Nairobi,50,20'];

describe.skipIf(missing !== null)(`engines on one PostgreSQL${missing ? `: ${missing}` : ''}`, () => {
  let server: PostgresServer;
  let proxy: CuttingProxy;
  let folder: string;
  let schema: string;
  const running: TestEngine[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    await server.start();
    proxy = await startCuttingProxy(server.port);
    folder = await mkdtemp(join(tmpdir(), 'mauzo-pg-engine-'));
    schema = `s_${randomUUID().replaceAll('-', '')}`;
    await mkdir(join(folder, 'objects'));
  });
  afterEach(async () => {
    proxy.open();
    for (const engine of running.splice(0)) await engine.close();
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });

  const shared = () => openPostgresStores(server.connection({ schema, port: proxy.port }), server.password);
  /** Another data folder on the same database and the same objects. */
  const start = async (name: string): Promise<TestEngine> => {
    const home = join(folder, name);
    await mkdir(home, { recursive: true });
    await symlink(join(folder, 'objects'), join(home, 'objects')).catch(() => undefined);
    const joined = (stores: Stores) => joinStores(stores, shared());
    const engine = await startTestEngine({ home, wrapStores: joined });
    running.push(engine);
    return engine;
  };
  const stop = async (engine: TestEngine) => {
    running.splice(running.indexOf(engine), 1);
    await engine.close();
  };
  const jobOf = (engine: TestEngine, job: JobView | undefined) =>
    engine.client.call('jobs.get', { jobId: job?.jobId ?? '' });
  const done = (engine: TestEngine, job: JobView | undefined) =>
    expect.poll(async () => (await jobOf(engine, job)).state, PATIENCE).toBe('done');
  const balanced = async (engine: TestEngine) => {
    const { checks } = await engine.client.call('app.doctor', {});
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
  };

  it('count a file once that both take at the same moment; the other says by whom it was loaded', async () => {
    const [one, two] = [await start('one'), await start('two')];
    const path = await one.file('march.csv', MARCH);
    const [[first], [second]] = await Promise.all([one.importFiles([path]), two.importFiles([path])]);
    await done(one, first);
    await done(two, second);
    const views = [await jobOf(one, first), await jobOf(two, second)];
    expect(views.filter(({ duplicateOf }) => duplicateOf !== null)).toHaveLength(1);
    for (const engine of [one, two]) {
      expect((await engine.client.call('history.list', {})).entries).toHaveLength(1);
      await balanced(engine);
      expect(await engine.figures()).toEqual({ rows: 3, revenue: 350.75 });
    }
  });

  it('lead an empty data folder to the same figures, from registry and objects alone', async () => {
    const one = await start('one');
    await one.importFiles([await one.file('march.csv', MARCH)]);
    const two = await start('two');
    await expect.poll(() => two.figures(), PATIENCE).toEqual({ rows: 3, revenue: 350.75 });
    const { entries } = await two.client.call('history.list', {});
    await two.client.call('history.undo', { importId: entries[0]?.importId ?? '' });
    // At the next start the first one takes over what the other did.
    await stop(one);
    const again = await start('one');
    await expect.poll(() => again.figures(), PATIENCE).toEqual({ rows: 0, revenue: null });
    expect((await again.client.call('jobs.list', {})).jobs.map(({ state }) => state)).toEqual(['undone']);
  });

  it('start without the database, check files, and share them in order when it is back', async () => {
    const one = await start('one');
    await one.importFiles([await one.file('march.csv', MARCH)]);
    await stop(one);
    await server.stop();
    const again = await start('one');
    expect(await again.figures()).toEqual({ rows: 3, revenue: 350.75 });
    expect((await again.client.call('app.info', {})).settings.currency).toBe('KES');
    const jobs = await again.importFiles([
      await again.file('a.csv', ['2024-05-01,Nairobi,10,']),
      await again.file('b.csv', ['2024-05-02,Nairobi,20,']),
    ]);
    for (const job of jobs)
      expect(job).toMatchObject({
        state: 'validated',
        waitingFor: { connection: 'postgres', step: 'accept', error: { retryable: true } },
      });
    await expect(again.client.call('history.list', {})).rejects.toThrow('postgres.');
    await server.start();
    for (const job of jobs) await done(again, job);
    const { entries } = await again.client.call('history.list', {});
    expect(entries.map(({ fileName }) => fileName)).toEqual(['b.csv', 'a.csv', 'march.csv']);
    await balanced(again);
    await expect.poll(() => again.figures(), PATIENCE).toEqual({ rows: 5, revenue: 380.75 });
  });

  it.each([
    ['in the middle of the change', '"footprints" (', 'before'],
    ['before COMMIT arrives', 'commit\0', 'before'],
    ['after COMMIT, before its answer', 'commit\0', 'after'],
  ] as const)('count a file once when the connection breaks %s', async (_, text, when) => {
    const one = await start('one');
    await one.client.call('history.list', {});
    const cut = proxy.cutOnce(text, when);
    const [job] = await one.importFiles([await one.file('march.csv', MARCH)]);
    await cut;
    await done(one, job);
    expect((await jobOf(one, job)).duplicateOf).toBeNull();
    expect((await one.client.call('history.list', {})).entries).toHaveLength(1);
    await balanced(one);
    expect(await one.figures()).toEqual({ rows: 3, revenue: 350.75 });
  });

  it('go on after the server was killed under them', async () => {
    const one = await start('one');
    await one.importFiles([await one.file('march.csv', MARCH)]);
    await server.kill();
    const jobs = await one.importFiles([await one.file('a.csv', ['2024-05-01,Nairobi,10,'])]);
    expect(jobs[0]?.state).not.toBe('failed');
    await server.start();
    await done(one, jobs[0]);
    await balanced(one);
    await expect.poll(() => one.figures(), PATIENCE).toEqual({ rows: 4, revenue: 360.75 });
  });

  it('take over a data folder that worked without a server, as often as it is moved', async () => {
    const home = join(folder, 'alone');
    await mkdir(home);
    const alone = await startTestEngine({ home });
    running.push(alone);
    const [first] = await alone.importFiles([await alone.file('march.csv', MARCH)]);
    await alone.importFiles([await alone.file('a.csv', ['2024-05-01,Nairobi,10,'])]);
    await alone.client.call('history.undo', { importId: first?.importId ?? '' });
    await expect(alone.client.call('connections.move', {})).rejects.toThrow('moving.no_database');
    await stop(alone);

    const local = await openEmbeddedStores({ path: join(home, 'store.sqlite') });
    const target = shared();
    const moving = createMovingService({
      source: local.archive,
      target: target.archive,
      jobs: local.jobs,
      objects: null,
    });
    expect(await moving.move()).toMatchObject({ importsCopied: 2, entriesCopied: 2, undoneCopied: 0 });
    expect(await moving.move()).toMatchObject({ importsCopied: 0, entriesCopied: 0, imports: 2 });
    const [there, here] = [await target.archive.read(), await local.archive.read()];
    expect(there.log).toEqual(here.log);
    expect(there.imports).toEqual(here.imports);
    await target.close();
    await local.close();

    const joined = await startTestEngine({ home, wrapStores: (stores) => joinStores(stores, shared()) });
    running.push(joined);
    await expect.poll(() => joined.figures(), PATIENCE).toEqual({ rows: 1, revenue: 10 });
    await joined.client.call('history.reactivate', { importId: first?.importId ?? '' });
    expect(await joined.figures()).toEqual({ rows: 4, revenue: 360.75 });
    expect((await joined.client.call('jobs.list', {})).jobs.map(({ state }) => state)).toEqual([
      'done',
      'done',
    ]);
    await balanced(joined);
  });

  it('write no password into logs or data folders', async () => {
    const lines: unknown[] = [];
    const note = (...args: unknown[]) => void lines.push(args);
    const home = join(folder, 'noted');
    await mkdir(home);
    const noted = await startTestEngine({
      home,
      log: { debug: note, info: note, warn: note, error: note },
      wrapStores: (stores) => joinStores(stores, shared()),
    });
    running.push(noted);
    await server.stop();
    await noted.importFiles([await noted.file('march.csv', MARCH)]);
    await server.start();
    const said = inspect(lines, { depth: 20, maxArrayLength: null, maxStringLength: null, showHidden: true });
    expect(said).toContain('postgres.');
    expect(said).not.toContain(server.password);
    const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files)
      expect((await readFile(join(parentPath, name))).includes(server.password), name).toBe(false);
  });
});
