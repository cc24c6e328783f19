import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { runDoctor } from '../diagnostics/index.ts';
import { connectionsOf, createTestService, POSTGRES, S3 } from './connections.fixture.ts';
import { connectionExaminations } from './examinations.ts';

const error = new AppError('keychain.refused', 'permission', { reason: 'a cause of this test' }).toJSON();

async function setup() {
  const test = createTestService();
  await test.service.save({
    connections: connectionsOf({ s3: S3, postgres: POSTGRES }),
    secrets: { 's3.secretAccessKey': 'secret' },
  });
  return { ...test, lines: async () => (await runDoctor(connectionExaminations(test.service))).checks };
}

describe('what the doctor says of connections', () => {
  it('is nothing but the keychain when nothing is set, and no trouble without one', async () => {
    const { service, keychain } = createTestService();
    const lines = async () => (await runDoctor(connectionExaminations(service))).checks;
    expect(await lines()).toMatchObject([{ area: 'connections', name: 'Keychain', status: 'ok' }]);
    keychain.state = 'absent';
    expect(await lines()).toMatchObject([{ name: 'Keychain', status: 'ok', cause: null }]);
  });

  it('is a look and a round trip with each connection that is set', async () => {
    const { lines } = await setup();
    expect((await lines()).map(({ name, status, detail }) => [name, status, detail])).toEqual([
      ['Service', 'ok', 'answers in 3 ms, version 1.2'],
      ['Object store, round trip', 'ok', '2 steps'],
      ['Service', 'ok', 'answers in 3 ms, version 1.2'],
      ['PostgreSQL, round trip', 'ok', '2 steps'],
      ['Keychain', 'ok', 'answers'],
    ]);
  });

  it('is the cause and the remedy of what fails, said once', async () => {
    const { lines, probes } = await setup();
    probes.s3.line = () =>
      Promise.resolve([{ name: 'Object store', state: 'failed', latencyMs: null, version: null, error }]);
    probes.postgres.answer = () =>
      Promise.resolve([
        { name: 'Sign in', state: 'ok', detail: '', elapsedMs: 1, error: null },
        { name: 'Write', state: 'warning', detail: 'slow', elapsedMs: 1, error: null },
        { name: 'Read', state: 'failed', detail: '', elapsedMs: 1, error },
      ]);
    const failed = { status: 'failed', cause: expect.stringContaining('a cause of this test') };
    expect(await lines()).toMatchObject([
      { name: 'Object store', ...failed },
      { name: 'Service', status: 'ok' },
      { name: 'PostgreSQL, round trip', status: 'warning', detail: 'Write', cause: 'slow' },
      { name: 'PostgreSQL, round trip', ...failed, remedy: expect.stringContaining('Unlock') },
      { name: 'Keychain', status: 'ok' },
    ]);
    expect(probes.s3.tested).toHaveLength(0);
  });

  it('warns when a secret cannot be kept', async () => {
    const { start, keychain } = await setup();
    keychain.state = 'absent';
    const { checks } = await runDoctor(connectionExaminations(start()));
    expect(checks.at(-1)).toMatchObject({
      name: 'Keychain',
      status: 'warning',
      cause: expect.stringContaining('no bus'),
    });
    expect(checks[0]).toMatchObject({ name: 'Object store', status: 'failed' });
  });

  it('is a line of its own for what nobody expected', async () => {
    const { lines, probes } = await setup();
    probes.s3.answer = () => Promise.reject(new Error('unexpected'));
    expect(await lines()).toContainEqual(
      expect.objectContaining({
        name: 'Object store',
        status: 'failed',
        cause: expect.stringContaining('unexpected'),
      }),
    );
  });
});
