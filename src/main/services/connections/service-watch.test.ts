import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionTarget, ServiceStatus } from '#shared/contract/connections';
import { AppError } from '#shared/errors/app-error';
import { type LookLine, plainLine, ServiceWatch } from './service-watch.ts';

const EVERY_MS = 15_000;
const ok = (name: string): LookLine => ({ name, state: 'ok', latencyMs: 2, version: '1', error: null });

describe('watching services', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-11-23T08:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function setup() {
    const connected = new Set<ConnectionTarget>(['s3']);
    const looks: { target: ConnectionTarget; signal: AbortSignal }[] = [];
    const changes: string[] = [];
    let answer: (target: ConnectionTarget) => Promise<readonly LookLine[]> = (target) =>
      Promise.resolve([ok(target)]);
    const watch = new ServiceWatch({
      connected: () => Promise.resolve(connected),
      look: (target, signal) => {
        looks.push({ target, signal });
        return answer(target);
      },
      everyMs: EVERY_MS,
      now: () => new Date(),
      onChange: ({ name, state }) => changes.push(`${name} ${state}`),
      onError: () => undefined,
    });
    const events: ServiceStatus[][] = [];
    const last = (target: ConnectionTarget) => events.at(-1)?.filter((status) => status.target === target);
    return {
      watch,
      connected,
      looks,
      changes,
      events,
      last,
      emit: (services: ServiceStatus[]) => void events.push(services),
      answerWith: (next: typeof answer) => {
        answer = next;
      },
    };
  }
  /** Lets promises settle without time passing. */
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it('tells every service at once, then what the look found', async () => {
    const { watch, events, emit, last } = setup();
    await watch.watch(emit);
    expect(events[0]?.map(({ target, name, state }) => [target, name, state])).toEqual([
      ['s3', 'Object store', 'checking'],
      ['druid', 'Druid', 'off'],
      ['postgres', 'PostgreSQL', 'off'],
      ['keychain', 'Keychain', 'off'],
    ]);
    await settle();
    expect(last('s3')).toEqual([
      {
        target: 's3',
        name: 's3',
        state: 'ok',
        latencyMs: 2,
        version: '1',
        error: null,
        lastSuccessAt: '2026-11-23T08:00:00.000Z',
      },
    ]);
  });

  it('looks every 15 seconds while somebody watches, once for all, and never without', async () => {
    const { watch, looks, emit } = setup();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toHaveLength(0);
    const stops = [await watch.watch(emit), await watch.watch(emit), await watch.watch(emit)];
    await vi.advanceTimersByTimeAsync(4 * EVERY_MS);
    expect(looks).toHaveLength(5);
    stops[0]?.();
    stops[1]?.();
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(looks).toHaveLength(6);
    stops[2]?.();
    stops[2]?.();
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect([looks.length, vi.getTimerCount()]).toEqual([6, 0]);
  });

  it('tells one who comes later what is known, without another look', async () => {
    const { watch, looks, emit } = setup();
    await watch.watch(emit);
    await settle();
    const later: ServiceStatus[][] = [];
    await watch.watch((services) => later.push(services));
    expect(later[0]?.[0]).toMatchObject({ target: 's3', state: 'ok' });
    expect(looks).toHaveLength(1);
  });

  it('keeps the last success through a failure, and tells when a service goes and comes', async () => {
    const { watch, emit, last, answerWith, changes } = setup();
    await watch.watch(emit);
    await settle();
    answerWith((target) =>
      Promise.resolve([
        { ...plainLine(target, 'failed', new AppError('s3.x', 'unavailable')), name: target },
      ]),
    );
    await vi.advanceTimersByTimeAsync(2 * EVERY_MS);
    expect(last('s3')).toMatchObject([
      { state: 'failed', lastSuccessAt: '2026-11-23T08:00:00.000Z', error: { code: 's3.x' } },
    ]);
    answerWith((target) => Promise.resolve([ok(target)]));
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(last('s3')).toMatchObject([{ state: 'ok', lastSuccessAt: '2026-11-23T08:00:45.000Z' }]);
    expect(changes).toEqual(['s3 failed', 's3 ok']);
  });

  it('has one look at a service that hangs, and holds up no other', async () => {
    const { watch, connected, looks, emit, last, answerWith } = setup();
    connected.add('druid');
    answerWith((target) => (target === 's3' ? new Promise(() => undefined) : Promise.resolve([ok(target)])));
    await watch.watch(emit);
    await vi.advanceTimersByTimeAsync(5 * EVERY_MS);
    expect(looks.filter(({ target }) => target === 's3')).toHaveLength(1);
    expect(looks.filter(({ target }) => target === 'druid')).toHaveLength(6);
    expect([last('s3'), last('druid')]).toMatchObject([[{ state: 'checking' }], [{ state: 'ok' }]]);
  });

  it('looks at once after a change, drops the answer about the old settings, and forgets its success', async () => {
    const { watch, connected, looks, emit, events, last, answerWith } = setup();
    answerWith(() => Promise.resolve([ok('Object store')]));
    await watch.watch(emit);
    await settle();
    expect(last('s3')).toMatchObject([{ lastSuccessAt: expect.any(String) }]);
    const slow = Promise.withResolvers<readonly LookLine[]>();
    answerWith(() => slow.promise);
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    connected.add('postgres');
    watch.refresh();
    await settle();
    expect(looks[1]?.signal.aborted).toBe(true);
    expect(looks.map(({ target }) => target)).toEqual(['s3', 's3', 'postgres']);
    expect(last('s3')).toMatchObject([{ state: 'checking', lastSuccessAt: null }]);
    answerWith((target) => Promise.resolve([ok(`new ${target}`)]));
    slow.resolve([ok('old')]);
    await settle();
    expect(last('s3')).toMatchObject([{ name: 'new s3', state: 'ok' }]);
    expect(events.flat().some(({ target, name }) => target === 's3' && name === 'old')).toBe(false);
    expect(looks.filter(({ target }) => target === 's3')).toHaveLength(3);
  });

  it('cuts looks off when the last one leaves, and begins anew for the next', async () => {
    const { watch, looks, emit, answerWith } = setup();
    const slow = Promise.withResolvers<readonly LookLine[]>();
    answerWith(() => slow.promise);
    const stop = await watch.watch(emit);
    stop();
    expect(looks[0]?.signal.aborted).toBe(true);
    slow.resolve([]);
    await settle();
    await watch.watch(emit);
    await settle();
    expect(looks).toHaveLength(2);
    watch.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('looks for the next one as soon as a look that was cut off has ended', async () => {
    const { watch, looks, emit, last, answerWith } = setup();
    const first = Promise.withResolvers<readonly LookLine[]>();
    answerWith(() => first.promise);
    const stop = await watch.watch(emit);
    stop();
    answerWith(() => Promise.resolve([ok('s3')]));
    await watch.watch(emit);
    first.resolve([]);
    await settle();
    expect([looks.length, last('s3')?.map(({ state }) => state)]).toEqual([2, ['ok']]);
  });

  it('gives Druid a line for each of its services, and one for all when it is not there', async () => {
    const { watch, connected, emit, last, answerWith } = setup();
    connected.add('druid');
    answerWith(() => Promise.resolve([ok('Druid Coordinator'), ok('Druid Broker')]));
    await watch.watch(emit);
    await settle();
    expect(last('druid')?.map(({ name }) => name)).toEqual(['Druid Coordinator', 'Druid Broker']);
    connected.delete('druid');
    watch.refresh();
    await settle();
    expect(last('druid')).toMatchObject([{ name: 'Druid', state: 'off' }]);
  });
});
