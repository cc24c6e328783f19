import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, never } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import { createS3Probe } from '../../src/main/adapters/s3/index.ts';
import { NO_CONNECTIONS, type S3Connection } from '../../src/shared/domain/connections.ts';
import { s3ErrorReply, startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { randomName, startS3Server, whyNoS3Server, type S3Server } from '../support/s3-server.ts';
import { secretsOf } from '../support/s3-store.ts';

const isLeftOut = whyNoS3Server() !== null;
const probe = createS3Probe();

let server: S3Server;
let proxy: FaultProxy;
beforeAll(async () => {
  if (isLeftOut) return;
  server = await startS3Server();
  proxy = await startFaultProxy(server);
});
afterAll(async () => {
  if (isLeftOut) return;
  await proxy.close();
  await server.stop();
});
/** Each test writes below a prefix of its own. */
let prefix: string;
beforeEach(() => {
  prefix = randomName();
  if (!isLeftOut) proxy.forget();
});
afterEach(() => vi.useRealTimers());

const context = (changes: Partial<S3Connection> = {}) => ({
  connections: {
    ...NO_CONNECTIONS,
    s3: server.connection({ endpoint: proxy.endpoint, prefix, ...changes }),
  },
  secrets: secretsOf(server),
});
/** Objects that were left below the prefix, and parts of uploads anywhere. */
const left = () =>
  [prefix, join('.sgwtmp', 'multipart')].flatMap((name) => {
    const folder = join(server.folder, server.bucket, name);
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  });

describe.skipIf(isLeftOut)('the test of a bucket', () => {
  it('writes, looks, reads and deletes an object below the prefix, and leaves nothing', async () => {
    const steps = await probe.test(context(), never);
    expect(steps.map(({ state }) => state)).toEqual(steps.map(() => 'ok'));
    expect(steps.map(({ name }) => name)).toEqual([
      'Reach the bucket',
      'Compare the clocks',
      'List what is there',
      'Write a small object',
      'Look at its size and fingerprint',
      'Read it back',
      'Begin and cancel a large upload',
      'Delete the small object',
    ]);
    expect(proxy.log.map(({ operation }) => operation)).toEqual([
      'HeadBucket',
      'ListObjectsV2',
      'PutObject',
      'HeadObject',
      'GetObject',
      'CreateMultipartUpload',
      'ListParts',
      'AbortMultipartUpload',
      'DeleteObject',
    ]);
    const paths = new Set(proxy.log.slice(2).map(({ path }) => path));
    expect([...paths]).toEqual([expect.stringMatching(/^\/sales\/[0-9a-f]+\/probe\/[0-9a-f-]{36}$/)]);
    expect(left()).toEqual([]);
  });

  it('warns of a clock that is about to be refused', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 });
    const steps = await probe.test(context(), never);
    expect(steps[1]).toMatchObject({
      state: 'warning',
      detail: expect.stringMatching(/^This computer is (599|600|601) seconds ahead of the server\./),
    });
    expect(steps).toHaveLength(8);
    vi.setSystemTime(Date.now() - 20 * 60_000);
    expect((await probe.test(context(), never))[1]?.detail).toContain('behind the server');
  });

  it.each([
    ['PutObject', 3],
    ['HeadObject', 4],
    ['GetObject', 5],
    ['CreateMultipartUpload', 6],
    ['ListParts', 6],
  ])('stops at the right that is missing (%s), and leaves nothing', async (operation, index) => {
    proxy.fault = (exchange) => (exchange.operation === operation ? s3ErrorReply(403, 'AccessDenied') : null);
    const steps = await probe.test(context(), never);
    expect(steps).toHaveLength(index + 1);
    expect(steps[index]).toMatchObject({
      state: 'failed',
      error: { code: 's3.no_right', details: { operation } },
    });
    expect(proxy.count(operation)).toBe(1);
    expect(left()).toEqual([]);
  });

  it('names the right to delete, without which the object stays', async () => {
    proxy.fault = ({ operation }) =>
      operation === 'DeleteObject' ? s3ErrorReply(403, 'AccessDenied') : null;
    const steps = await probe.test(context(), never);
    expect(steps.at(-1)).toMatchObject({
      state: 'failed',
      error: { code: 's3.no_right', details: { right: 's3:DeleteObject' } },
    });
    expect(left()).toEqual(['probe', expect.stringMatching(/^probe\/[0-9a-f-]{36}$/)]);
  });

  it('does not call other bytes a success', async () => {
    proxy.fault = ({ operation }) =>
      operation === 'GetObject' ? { kind: 'reply', status: 200, body: 'no' } : null;
    const steps = await probe.test(context(), never);
    expect(steps.at(-1)?.error?.code).toBe('s3.not_s3');
  });

  it('tidies up when it is cancelled', async () => {
    const controller = new AbortController();
    proxy.fault = ({ operation }) => {
      if (operation === 'GetObject') controller.abort();
      return null;
    };
    await expect(probe.test(context(), controller.signal)).rejects.toEqual(failure('app.cancelled'));
    expect(proxy.count('DeleteObject')).toBe(1);
    expect(left().filter((name) => name.includes('/'))).toEqual([]);
  });

  it('is skipped where no bucket is set', async () => {
    const nothing = { connections: NO_CONNECTIONS, secrets: {} };
    expect(await probe.test(nothing, never)).toMatchObject([{ state: 'skipped' }]);
  });
});

describe.skipIf(isLeftOut)('the look at a bucket', () => {
  it('is one request, with latency and the server’s name', async () => {
    const [line] = await probe.look(context(), never);
    expect(line).toEqual({
      name: 'Object store',
      state: 'ok',
      latencyMs: expect.any(Number),
      version: 'VERSITYGW',
      error: null,
    });
    expect(proxy.log.map(({ operation }) => operation)).toEqual(['HeadBucket']);
  });

  it('names what is wrong at once, and is off where no bucket is set', async () => {
    proxy.fault = () => s3ErrorReply(503, 'SlowDown');
    expect(await probe.look(context(), never)).toMatchObject([
      { state: 'failed', error: { code: 's3.slow_down' } },
    ]);
    const nothing = { connections: NO_CONNECTIONS, secrets: {} };
    expect(await probe.look(nothing, never)).toMatchObject([{ state: 'off', error: null }]);
    await expect(probe.look(context(), AbortSignal.abort())).rejects.toEqual(failure('app.cancelled'));
  });
});
