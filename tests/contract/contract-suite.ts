import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MauzoContract, Output } from '../../src/shared/contract/index.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import type { RpcClient } from '../../src/shared/rpc/client.ts';

/** One client of a host that serves the whole contract. */
export interface OpenedClient {
  readonly client: RpcClient<MauzoContract>;
  close(): Promise<void>;
}

/** What a page of another version, or an attacker, could send. */
type LooseClient = { call(name: string, input: unknown): Promise<unknown> };
const failure = (code: string, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

/** Settles with `late` when nothing came of the promise: a call must never hang. */
const withinMs = <T>(promise: Promise<T>, limitMs: number): Promise<T | 'late'> =>
  Promise.race([
    promise,
    new Promise<'late'>((resolve) => {
      setTimeout(() => resolve('late'), limitMs).unref();
    }),
  ]);

const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

/**
 * What every host of the contract does alike, whatever carries the messages. `open` makes a client of a running host;
 * it is called more than once, and the host must outlive every client.
 */
export function contractSuite(open: () => Promise<OpenedClient>): void {
  let opened: OpenedClient;
  let loose: LooseClient;
  beforeEach(async () => {
    opened = await open();
    loose = opened.client;
  });
  afterEach(() => opened.close());

  it('answers a query', async () => {
    const info = await opened.client.call('app.info', {});
    expect(info.settings.currency).toMatch(/^[A-Z]{3}$/);
    expect(info.home).not.toBe('');
  });

  it.each(['app.none', '', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'jobs.watch'])(
    'does not call what is no call: %j',
    async (name) => {
      await expect(loose.call(name, {})).rejects.toEqual(failure('app.unknown_operation'));
    },
  );

  it('does not open what is no stream', async () => {
    const ended = new Promise<unknown>((resolve) => {
      const open = opened.client.open as (name: string, input: unknown, handlers: object) => () => void;
      open('app.info', {}, { onEvent: () => resolve('event'), onEnd: resolve });
    });
    expect(await ended).toEqual(failure('app.unknown_operation'));
  });

  it.each([
    ['jobs.get', { jobId: 7 }, 'jobId'],
    ['jobs.get', null, ''],
    ['jobs.get', [], ''],
    ['jobs.get', 'x', ''],
    ['jobs.findings', { jobId: 'x', limit: 1e9 }, 'limit'],
    ['history.undo', { importId: '../../etc/passwd' }, 'importId'],
    ['app.update-settings', { theme: 'pink' }, 'theme'],
    ['imports.start', { files: [] }, 'files'],
    [
      'analytics.query',
      { metrics: ['netSales'], filters: [{ dimension: 'x; drop', op: 'in', values: ['a'] }] },
      'filters.0.dimension',
    ],
  ])('refuses wrong types: %s %j', async (name, input, path) => {
    await expect(loose.call(name, input)).rejects.toEqual(failure('app.invalid_input', { name, path }));
  });

  it.each([
    ['app.info', { extra: 1 }],
    ['jobs.get', JSON.parse('{"jobId":"x","constructor":{}}') as unknown],
    ['imports.start', { files: [{ kind: 'upload', uploadId: 'x', path: '/etc/passwd' }] }],
    ['app.update-settings', { theme: 'dark', home: '/tmp' }],
  ])('refuses keys that it does not know: %s %j', async (name, input) => {
    await expect(loose.call(name, input)).rejects.toEqual(failure('app.invalid_input', { name }));
  });

  it('answers a known failure with code, kind and details, and with nothing of its inside', async () => {
    const error: unknown = await opened.client
      .call('jobs.get', { jobId: 'no-such-job' })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    if (!(error instanceof AppError)) return;
    expect(error).toMatchObject({ code: 'jobs.unknown', kind: 'notFound', retryable: false });
    expect(error.correlationId).not.toBe('');
    expect(error.cause).toBeUndefined();
    expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:\d|\.cjs:\d/);
  });

  it('refuses 100 MB in one request, and lives', async () => {
    const search = 'x'.repeat(100 * 1024 * 1024);
    const outcome = await withinMs(
      outcomeOf(opened.client.call('analytics.values', { dimension: 'Branch', search })),
      20_000,
    );
    expect(['hosts.request_too_large', 'app.disconnected']).toContain(outcome);
    const next = await open();
    expect((await next.client.call('app.info', {})).version).not.toBe('');
    await next.close();
  });

  it('cancels a call, at once and before it is sent, and goes on', async () => {
    const controller = new AbortController();
    const call = opened.client.call('app.info', {}, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toEqual(failure('app.cancelled'));
    await expect(opened.client.call('app.info', {}, { signal: controller.signal })).rejects.toEqual(
      failure('app.cancelled'),
    );
    expect((await opened.client.call('app.info', {})).version).not.toBe('');
  });

  it('keeps many calls apart', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        index % 2 === 0
          ? opened.client.call('app.info', {}).then(() => 'info')
          : outcomeOf(opened.client.call('jobs.get', { jobId: `job-${index}` })),
      ),
    );
    expect(new Set(outcomes.filter((_, index) => index % 2 === 0))).toEqual(new Set(['info']));
    expect(new Set(outcomes.filter((_, index) => index % 2 === 1))).toEqual(new Set(['jobs.unknown']));
  });

  it('begins a stream with number 1 and stops it when it is closed', async () => {
    const first = await new Promise<{ data: Output<'jobs.watch'>; number: number }>((resolve) => {
      const close = opened.client.open(
        'jobs.watch',
        {},
        {
          onEvent(data, number) {
            close();
            resolve({ data, number });
          },
        },
      );
    });
    expect(first.number).toBe(1);
    expect(first.data.type).toBe('snapshot');
  });

  it('numbers two streams apart', async () => {
    const numberOf = (name: 'jobs.watch' | 'analytics.watch') =>
      new Promise<number>((resolve) => {
        opened.client.open(name, {}, { onEvent: (_, number) => resolve(number) });
      });
    expect(await Promise.all([numberOf('jobs.watch'), numberOf('analytics.watch')])).toEqual([1, 1]);
  });

  it('fails what is pending when the connection goes, and everything after it', async () => {
    const ended = new Promise<unknown>((resolve) => {
      opened.client.open('analytics.watch', {}, { onEvent: () => undefined, onEnd: resolve });
    });
    const pending = outcomeOf(opened.client.call('app.info', {}));
    await opened.close();
    expect(['answered', 'app.disconnected']).toContain(await withinMs(pending, 5_000));
    expect(await withinMs(ended, 5_000)).toEqual(failure('app.disconnected'));
    await expect(opened.client.call('app.info', {})).rejects.toEqual(failure('app.disconnected'));
  });
}
