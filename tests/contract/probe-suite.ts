import { expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../src/shared/errors/app-error.ts';
import type { RpcClient } from '../../src/shared/rpc/client.ts';
import { defineQuery, defineStream } from '../../src/shared/rpc/define.ts';
import { createDispatcher, type Dispatcher } from '../../src/shared/rpc/dispatcher.ts';

/** A small contract whose handlers tell the test what reached them. */
export const probeContract = {
  'probe.echo': defineQuery({
    input: z.object({ text: z.string() }),
    output: z.object({ text: z.string() }),
  }),
  'probe.wait': defineQuery({ input: z.strictObject({}), output: z.object({}) }),
  'probe.fail': defineQuery({ input: z.strictObject({}), output: z.object({}) }),
  'probe.big': defineQuery({ input: z.object({ bytes: z.number() }), output: z.string() }),
  'probe.count': defineStream({ input: z.object({ to: z.number() }), output: z.number() }),
};
export type ProbeContract = typeof probeContract;

export interface Probe {
  readonly dispatcher: Dispatcher;
  /** Resolves when a waiting call was cancelled, and when a stream was stopped. */
  readonly cancelled: Promise<void>;
  readonly stopped: Promise<void>;
}

export function createProbe(): Probe {
  const cancelled = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const dispatcher = createDispatcher<ProbeContract>(
    probeContract,
    {
      'probe.echo': (input) => input,
      'probe.wait': (_, { signal }) =>
        new Promise(() => signal.addEventListener('abort', () => cancelled.resolve())),
      'probe.fail': () => {
        throw new Error('unforeseen');
      },
      'probe.big': ({ bytes }) => 'x'.repeat(bytes),
      'probe.count': ({ to }, emit) => {
        for (let number = 1; number <= to; number++) emit(number);
        return () => stopped.resolve();
      },
    },
    { checkOutputs: true },
  );
  return { dispatcher, cancelled: cancelled.promise, stopped: stopped.promise };
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

/** What every carrier of messages does alike; `connect` makes one client of a host that serves the dispatcher. */
export function probeSuite(
  connect: (dispatcher: Dispatcher) => Promise<{ client: RpcClient<ProbeContract>; close(): Promise<void> }>,
): void {
  it('carries every character as it is', async () => {
    const { client, close } = await connect(createProbe().dispatcher);
    const text = 'Ñandú 🌍 \u0000 \u2028 "quoted" \\ </script> \ud83c\udf0d';
    expect(await client.call('probe.echo', { text })).toEqual({ text });
    await close();
  });

  it('lets a cancel reach the work', async () => {
    const probe = createProbe();
    const { client, close } = await connect(probe.dispatcher);
    const controller = new AbortController();
    const call = client.call('probe.wait', {}, { signal: controller.signal });
    const rejected = codeOf(call);
    // Answered after the waiting call was received: the order of messages is kept.
    await client.call('probe.echo', { text: '' });
    controller.abort();
    expect(await rejected).toBe('app.cancelled');
    await probe.cancelled;
    await close();
  });

  it('cancels the work and stops the streams of a client that is gone', async () => {
    const probe = createProbe();
    const { client, close } = await connect(probe.dispatcher);
    const waiting = codeOf(client.call('probe.wait', {}));
    client.open('probe.count', { to: 1 }, { onEvent: () => undefined });
    await client.call('probe.echo', { text: '' });
    await close();
    expect(await waiting).toBe('app.disconnected');
    await Promise.all([probe.cancelled, probe.stopped]);
  });

  it('delivers a stream in order without a gap, and stops its source when it is closed', async () => {
    const probe = createProbe();
    const { client, close } = await connect(probe.dispatcher);
    const events: [number, number][] = [];
    const stop = await new Promise<() => void>((resolve) => {
      const close = client.open(
        'probe.count',
        { to: 500 },
        {
          onEvent(data, number) {
            events.push([data, number]);
            if (number === 500) resolve(() => close());
          },
        },
      );
    });
    expect(events).toEqual(Array.from({ length: 500 }, (_, index) => [index + 1, index + 1]));
    stop();
    await probe.stopped;
    await close();
  });

  it('carries a large answer whole', async () => {
    const { client, close } = await connect(createProbe().dispatcher);
    expect((await client.call('probe.big', { bytes: 20_000_000 })).length).toBe(20_000_000);
    await close();
  });

  it('answers an unforeseen failure without a stack', async () => {
    const { client, close } = await connect(createProbe().dispatcher);
    const error: unknown = await client.call('probe.fail', {}).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'app.bug', kind: 'bug' });
    expect(JSON.stringify(error)).not.toContain('probe-suite');
    await close();
  });
}
