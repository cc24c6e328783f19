import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS } from '#shared/domain/connections';
import { connectionsOf, createTestService, DRUID, POSTGRES, S3 } from './connections.fixture.ts';

const signal = new AbortController().signal;
const SECRET = 'a-secret-of-this-test';
const withCode = (code: string, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const saveS3 = (service: ReturnType<typeof createTestService>['service'], secret = SECRET) =>
  service.save({ connections: connectionsOf({ s3: S3 }), secrets: { 's3.secretAccessKey': secret } });

describe('saving', () => {
  it('keeps settings in the folder, secrets in the keychain, and connects anew with both', async () => {
    const { service, keychain, keeper, saved } = createTestService();
    const view = await saveS3(service);
    expect(view).toEqual({
      connections: connectionsOf({ s3: S3 }),
      secrets: {
        's3.secretAccessKey': 'keychain',
        's3.sessionToken': 'not-needed',
        'druid.password': 'not-needed',
        'postgres.password': 'not-needed',
      },
      fromEnvironment: [],
      keychain: { available: true, reason: null },
    });
    expect([...keychain.secrets]).toEqual([['s3.secretAccessKey|http://localhost:9000|AKID', SECRET]]);
    expect(JSON.stringify([keeper.connections, view])).not.toContain(SECRET);
    expect(saved).toEqual([
      { connections: connectionsOf({ s3: S3 }), secrets: { 's3.secretAccessKey': SECRET } },
    ]);
  });

  it('finds the secret again at the next start', async () => {
    const { service, start } = createTestService();
    await saveS3(service);
    expect((await start().current()).secrets).toEqual({ 's3.secretAccessKey': SECRET });
  });

  it('never gives a secret to another address or user: it is missing there, and found on the way back', async () => {
    const { service, start, probes } = createTestService();
    await saveS3(service);
    for (const changes of [{ endpoint: 'https://evil.example:9000' }, { accessKeyId: 'OTHER' }]) {
      const connections = connectionsOf({ s3: { ...S3, ...changes } });
      const view = await service.save({ connections, secrets: {} });
      expect(view.secrets['s3.secretAccessKey']).toBe('missing');
      for (const one of [service, start()]) {
        expect((await one.current()).secrets).toEqual({});
        const [line] = await one.look('s3', signal);
        expect(line).toMatchObject({ state: 'failed', error: withCode('connections.secret_missing') });
        const report = await one.test({ target: 's3', secrets: {} }, signal);
        expect(report).toMatchObject({
          ok: false,
          steps: [{ error: withCode('connections.secret_missing') }],
        });
      }
    }
    expect([...probes.s3.looked, ...probes.s3.tested]).toEqual([]);
    const back = await service.save({ connections: connectionsOf({ s3: S3 }), secrets: {} });
    expect(back.secrets['s3.secretAccessKey']).toBe('keychain');
  });

  it.each([
    ['Druid without S3', { druid: DRUID }, 'druid'],
    ['keys without an id', { s3: { ...S3, accessKeyId: null } }, 's3.accessKeyId'],
    ['a bad bucket', { s3: { ...S3, bucket: 'Sales' } }, 's3.bucket'],
    ['figures from nowhere', { figuresFrom: 'druid' as const }, 'figuresFrom'],
  ])('refuses %s and changes nothing', async (_, changes, field) => {
    const { service, keeper, keychain, saved } = createTestService();
    const secrets = { 's3.secretAccessKey': SECRET };
    await expect(service.save({ connections: connectionsOf(changes), secrets })).rejects.toEqual(
      withCode('connections.invalid', { field }),
    );
    expect([keeper.connections, keychain.secrets.size, saved]).toEqual([NO_CONNECTIONS, 0, []]);
  });

  it('refuses a secret that the settings do not use, instead of losing it', async () => {
    const { service, keeper } = createTestService();
    const connections = connectionsOf({ s3: { ...S3, credentials: 'environment' } });
    await expect(service.save({ connections, secrets: { 's3.secretAccessKey': SECRET } })).rejects.toEqual(
      withCode('connections.invalid', { field: 's3.secretAccessKey' }),
    );
    expect(keeper.connections).toBe(NO_CONNECTIONS);
  });

  it('takes a secret away by null, and all of a connection with the connection', async () => {
    const { service, keychain } = createTestService();
    const both = { 's3.secretAccessKey': SECRET, 's3.sessionToken': 'token' };
    await service.save({ connections: connectionsOf({ s3: S3 }), secrets: both });
    const view = await service.save({
      connections: connectionsOf({ s3: S3 }),
      secrets: { 's3.sessionToken': null },
    });
    expect([view.secrets['s3.sessionToken'], keychain.secrets.size]).toEqual(['not-needed', 1]);
    await service.save({ connections: NO_CONNECTIONS, secrets: {} });
    expect(keychain.secrets.size).toBe(0);
    const again = await service.save({ connections: connectionsOf({ s3: S3 }), secrets: {} });
    expect(again.secrets['s3.secretAccessKey']).toBe('missing');
  });

  it('does one of two saves that come at once after the other, each whole', async () => {
    const { service, keeper, keychain } = createTestService();
    const write = keeper.write.bind(keeper);
    let isFirst = true;
    keeper.write = async (connections) => {
      const ticks = isFirst ? 10 : 0;
      isFirst = false;
      for (let tick = 0; tick < ticks; tick += 1) await new Promise((resolve) => setImmediate(resolve));
      await write(connections);
    };
    const second = connectionsOf({ s3: { ...S3, bucket: 'second' } });
    await Promise.all([
      saveS3(service, 'first'),
      service.save({ connections: second, secrets: { 's3.secretAccessKey': 'second' } }),
    ]);
    expect(keeper.connections).toEqual(second);
    expect([...keychain.secrets.values()]).toEqual(['second']);
  });
});

describe('without a keychain', () => {
  it('keeps a secret for the session and says so', async () => {
    const { service, start, keychain, keeper, session } = createTestService();
    keychain.state = 'absent';
    const view = await saveS3(service);
    expect(view.secrets['s3.secretAccessKey']).toBe('session');
    expect(view.keychain).toEqual({ available: false, reason: 'no bus' });
    expect((await service.current()).secrets).toEqual({ 's3.secretAccessKey': SECRET });
    expect(JSON.stringify(keeper.connections)).not.toContain(SECRET);
    session.clear();
    const next = await start().get();
    expect(next.secrets['s3.secretAccessKey']).toBe('missing');
    expect(next.keychain.available).toBe(false);
  });

  it('moves it into the keychain when it is typed again and there is one', async () => {
    const { service, keychain, session } = createTestService();
    keychain.state = 'absent';
    await saveS3(service);
    keychain.state = 'open';
    const view = await saveS3(service, 'typed again');
    expect([view.secrets['s3.secretAccessKey'], view.keychain.available]).toEqual(['keychain', true]);
    expect([[...keychain.secrets.values()], session.size]).toEqual([['typed again'], 0]);
  });

  it('needs none as long as no secret would be kept in it', async () => {
    const { service, start, keychain } = createTestService();
    keychain.state = 'absent';
    expect(await service.needsKeychain()).toBe(false);
    await saveS3(service);
    expect(await service.needsKeychain()).toBe(true);
    expect(await start({ env: { MAUZO_S3_SECRET_ACCESS_KEY: 'x' } }).needsKeychain()).toBe(false);
  });
});

describe('a locked keychain', () => {
  it('fails a save by name: nothing is kept anywhere else in silence', async () => {
    const { service, keychain, keeper, session } = createTestService();
    keychain.state = 'locked';
    await expect(saveS3(service)).rejects.toEqual(withCode('keychain.refused', { reason: 'dismissed' }));
    expect([keeper.connections, session.size]).toEqual([NO_CONNECTIONS, 0]);
  });

  it('asks a person once, not at every look, and again when the person does something', async () => {
    const { service, start, keychain, saved } = createTestService();
    await saveS3(service);
    saved.length = 0;
    keychain.state = 'locked';
    const next = start();
    for (let count = 0; count < 5; count += 1) {
      expect(await next.look('s3', signal)).toMatchObject([{ error: withCode('keychain.refused') }]);
      expect((await next.get()).keychain).toEqual({ available: false, reason: 'dismissed' });
      expect((await next.current()).secrets).toEqual({});
    }
    expect(keychain.prompts).toBe(1);
    keychain.state = 'open';
    expect((await next.test({ target: 'keychain', secrets: {} }, signal)).ok).toBe(true);
    expect(await next.look('s3', signal)).toMatchObject([{ state: 'ok' }]);
    // What the engine did without until now it connects with.
    await expect.poll(() => saved).toMatchObject([{ secrets: { 's3.secretAccessKey': SECRET } }]);
  });
});

describe('variables of the environment', () => {
  const env = {
    MAUZO_S3_ENDPOINT: 'http://localhost:9000',
    MAUZO_S3_BUCKET: 'sales',
    MAUZO_S3_ACCESS_KEY_ID: 'AKID',
    MAUZO_S3_SECRET_ACCESS_KEY: SECRET,
  };

  it('define a connection whole, and neither they nor their secrets are stored', async () => {
    const { service, keeper, keychain } = createTestService({ env });
    const view = await service.get();
    expect(view).toMatchObject({
      connections: { s3: S3 },
      secrets: { 's3.secretAccessKey': 'environment' },
      fromEnvironment: ['s3'],
    });
    await service.save({ connections: { ...view.connections, postgres: POSTGRES }, secrets: {} });
    expect(keeper.connections).toEqual(connectionsOf({ postgres: POSTGRES }));
    expect(keychain.secrets.size).toBe(0);
    expect((await service.current()).secrets).toEqual({ 's3.secretAccessKey': SECRET });
  });

  it('are not changed here, neither by a save nor for a test', async () => {
    const { service } = createTestService({ env: { ...env, MAUZO_FIGURES_FROM: 'local' } });
    const error = withCode('connections.from_environment');
    const other = connectionsOf({ s3: { ...S3, bucket: 'other' } });
    await expect(service.save({ connections: other, secrets: {} })).rejects.toEqual(error);
    await expect(service.save({ connections: NO_CONNECTIONS, secrets: {} })).rejects.toEqual(error);
    await expect(service.test({ target: 's3', connections: other, secrets: {} }, signal)).rejects.toEqual(
      error,
    );
    await expect(saveS3(service)).rejects.toEqual(error);
    const figures = connectionsOf({ s3: S3, druid: DRUID, figuresFrom: 'druid' });
    await expect(service.save({ connections: figures, secrets: {} })).rejects.toEqual(error);
  });

  it('name a wrong one at the start', () => {
    expect(() => createTestService({ env: { MAUZO_S3_BUKET: 'sales' } })).toThrow(
      withCode('connections.environment_invalid', { variable: 'MAUZO_S3_BUKET' }),
    );
  });

  it('give a secret to a saved connection, and to no other address once it was used', async () => {
    const { start, keeper } = createTestService();
    keeper.connections = connectionsOf({ postgres: POSTGRES });
    const service = start({ env: { MAUZO_POSTGRES_PASSWORD: SECRET } });
    expect((await service.get()).secrets['postgres.password']).toBe('environment');
    expect((await service.current()).secrets).toEqual({ 'postgres.password': SECRET });
    const evil = connectionsOf({ postgres: { ...POSTGRES, host: 'evil.example' } });
    const report = await service.test({ target: 'postgres', connections: evil, secrets: {} }, signal);
    expect(JSON.stringify(report)).not.toContain('environment');
    const view = await service.save({ connections: evil, secrets: {} });
    expect(view.secrets['postgres.password']).toBe('missing');
    expect((await service.current()).secrets).toEqual({});
  });

  it('that are gone leave what does not fit together: said so, not guessed', async () => {
    const { service, keeper } = createTestService();
    keeper.connections = connectionsOf({ druid: DRUID });
    await expect(service.current()).rejects.toEqual(withCode('connections.invalid', { field: 'druid' }));
    expect((await service.get()).connections.druid).toEqual(DRUID);
    expect(await service.look('druid', signal)).toMatchObject([{ error: withCode('connections.invalid') }]);
  });
});
