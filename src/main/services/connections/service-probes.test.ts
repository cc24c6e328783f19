import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import { connectionsOf, createTestService, DRUID, POSTGRES, S3 } from './connections.fixture.ts';

const signal = new AbortController().signal;
const SECRET = 'a-secret-of-this-test';
const withCode = (code: string, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const saveS3 = (service: ReturnType<typeof createTestService>['service'], secret = SECRET) =>
  service.save({ connections: connectionsOf({ s3: S3 }), secrets: { 's3.secretAccessKey': secret } });

describe('a test', () => {
  it('asks with what was typed, stores nothing, and says where each secret came from', async () => {
    const { service, keychain, keeper, probes, saved } = createTestService();
    const connections = connectionsOf({ s3: S3 });
    const report = await service.test(
      { target: 's3', connections, secrets: { 's3.secretAccessKey': SECRET } },
      signal,
    );
    expect(report).toMatchObject({
      target: 's3',
      ok: true,
      steps: [
        { name: 'Find the secrets', state: 'ok', detail: 'secret access key of the object store: as typed' },
        { name: 'Ask', state: 'ok' },
      ],
    });
    expect(probes.s3.tested).toEqual([{ connections, secrets: { 's3.secretAccessKey': SECRET } }]);
    expect([keychain.secrets.size, keeper.connections, saved]).toEqual([0, NO_CONNECTIONS, []]);
  });

  it('gives a probe the secrets of its target only; Druid also those of the object store', async () => {
    const { service, probes } = createTestService();
    const druid = { ...DRUID, username: 'amina' };
    const connections = connectionsOf({ s3: S3, druid, postgres: POSTGRES });
    const secrets = { 's3.secretAccessKey': 'key', 'druid.password': 'one', 'postgres.password': 'two' };
    await service.save({ connections, secrets });
    for (const target of ['s3', 'druid', 'postgres'] as const) {
      await service.test({ target, secrets: {} }, signal);
      await service.look(target, signal);
    }
    const given = Object.values(probes).map(({ tested, looked }) =>
      [...tested, ...looked].map((c) => c.secrets),
    );
    expect(given).toEqual([
      [{ 's3.secretAccessKey': 'key' }, { 's3.secretAccessKey': 'key' }],
      [
        { 's3.secretAccessKey': 'key', 'druid.password': 'one' },
        { 's3.secretAccessKey': 'key', 'druid.password': 'one' },
      ],
      [{ 'postgres.password': 'two' }, { 'postgres.password': 'two' }],
    ]);
  });

  it('warns of what a person should know', async () => {
    const { service } = createTestService();
    const s3 = { ...S3, endpoint: 'http://s3.example.org', pathStyle: false };
    const { steps } = await service.test(
      { target: 's3', connections: connectionsOf({ s3 }), secrets: { 's3.secretAccessKey': SECRET } },
      signal,
    );
    expect(
      steps.filter(({ state }) => state === 'warning').map(({ detail }) => detail.split(':')[0]),
    ).toEqual(['s3.endpoint', 's3.pathStyle']);
  });

  it('of PostgreSQL without a password asks the server, which may want none', async () => {
    const { service, probes } = createTestService();
    await service.save({ connections: connectionsOf({ postgres: POSTGRES }), secrets: {} });
    expect(await service.test({ target: 'postgres', secrets: {} }, signal)).toMatchObject({ ok: true });
    expect(probes.postgres.tested).toHaveLength(1);
  });

  it('of what is not set says so', async () => {
    const { service } = createTestService();
    await expect(service.test({ target: 'druid', secrets: {} }, signal)).rejects.toEqual(
      withCode('connections.not_configured'),
    );
  });

  it('hides a secret that a server sends back, in an answer and in a failure', async () => {
    const { service, probes, logged } = createTestService();
    await saveS3(service);
    const error = new AppError('s3.failed', 'unavailable', { text: `said ${SECRET}` }).toJSON();
    probes.s3.answer = () =>
      Promise.resolve([{ name: 'Ask', state: 'failed', detail: `got ${SECRET}`, elapsedMs: 1, error }]);
    probes.s3.line = () =>
      Promise.resolve([{ name: 'S3', state: 'failed', latencyMs: null, version: SECRET, error }]);
    const report = await service.test({ target: 's3', secrets: {} }, signal);
    const looked = await service.look('s3', signal);
    probes.s3.answer = () => Promise.reject(new Error(`threw ${SECRET}`, { cause: SECRET }));
    const thrown: unknown = await service
      .test({ target: 's3', secrets: {} }, signal)
      .catch((e: unknown) => e);
    expect(thrown).toBeInstanceOf(AppError);
    const { cause } = thrown instanceof Error ? thrown : {};
    const said = [report, looked, thrown, String(cause), logged];
    expect(JSON.stringify(said)).toContain('[hidden]');
    expect(JSON.stringify(said)).not.toContain(SECRET);
  });

  it('that takes too long fails by name, and is told to stop', async () => {
    const { start, probes } = createTestService();
    const service = start({ limits: { testMs: 20, lookMs: 20 } });
    await saveS3(service);
    let stopped = 0;
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped += 1;
          reject(new AppError('app.cancelled', 'cancelled'));
        });
      });
    probes.s3.answer = (_, inner) => hang(inner);
    probes.s3.line = hang;
    const error = withCode('connections.no_answer', { name: 'Object store' });
    const report = await service.test({ target: 's3', secrets: {} }, signal);
    expect(report.steps.at(-1)).toMatchObject({ state: 'failed', error });
    expect(await service.look('s3', signal)).toMatchObject([{ state: 'failed', error }]);
    expect(stopped).toBe(2);
  });

  it('is cancelled by its caller and by the end of the service, and may clean up before it is', async () => {
    const { service, probes } = createTestService();
    await saveS3(service);
    const events: string[] = [];
    const started = Promise.withResolvers<void>();
    probes.s3.answer = async (_, inner) => {
      started.resolve();
      await new Promise<void>((resolve) => inner.addEventListener('abort', () => resolve()));
      for (let tick = 0; tick < 10; tick += 1) await new Promise((resolve) => setImmediate(resolve));
      events.push('cleaned up');
      throw new AppError('app.cancelled', 'cancelled');
    };
    const controller = new AbortController();
    const first = service
      .test({ target: 's3', secrets: {} }, controller.signal)
      .catch((error: unknown) => error);
    await started.promise;
    controller.abort();
    expect(await first).toEqual(withCode('app.cancelled'));
    const second = service.test({ target: 's3', secrets: {} }, signal).catch((error: unknown) => error);
    await expect.poll(() => probes.s3.tested.length).toBe(2);
    await service.close();
    events.push('closed');
    expect(await second).toEqual(withCode('app.cancelled'));
    expect(events).toEqual(['cleaned up', 'cleaned up', 'closed']);
  });
});

describe('the test of the keychain', () => {
  it('stores, reads and removes a value', async () => {
    const { service, keychain } = createTestService();
    const report = await service.test({ target: 'keychain', secrets: {} }, signal);
    expect([report.ok, report.steps.map(({ name }) => name)]).toEqual([
      true,
      ['Store a value', 'Read it again', 'Remove it'],
    ]);
    expect(keychain.secrets.size).toBe(0);
  });

  it('says why not', async () => {
    const { service, keychain } = createTestService();
    keychain.state = 'absent';
    const report = await service.test({ target: 'keychain', secrets: {} }, signal);
    expect(report).toMatchObject({ ok: false, steps: [{ error: withCode('keychain.unavailable') }] });
  });

  it('notices a keychain that hands out something else', async () => {
    const { service, keychain } = createTestService();
    keychain.get = () => Promise.resolve('something else');
    const report = await service.test({ target: 'keychain', secrets: {} }, signal);
    expect(report.steps.at(-1)).toMatchObject({ name: 'Read it again', state: 'failed' });
  });
});
