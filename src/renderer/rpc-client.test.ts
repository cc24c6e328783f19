import { describe, expect, it } from 'vitest';
import type { ClientTransport, Reply, Request } from '#shared/rpc/envelope';
import { createEngine, retryDelayMs } from './rpc-client.ts';

function setUp() {
  const links: { sent: Request[]; open(): void; reply(reply: Reply): void; drop(): void }[] = [];
  const timers: { run(): void; delayMs: number; cancelled: boolean }[] = [];
  const engine = createEngine({
    connect(onOpen): ClientTransport {
      const sent: Request[] = [];
      const messages = new Set<(reply: Reply) => void>();
      const closes = new Set<() => void>();
      links.push({
        sent,
        open: onOpen,
        reply: (reply) => messages.forEach((listener) => listener(reply)),
        drop: () => closes.forEach((listener) => listener()),
      });
      return {
        send: (message) => void sent.push(message),
        onMessage: (listener) => (messages.add(listener), () => messages.delete(listener)),
        onClose: (listener) => (closes.add(listener), () => closes.delete(listener)),
        close() {},
      };
    },
    schedule(run, delayMs) {
      const timer = { run, delayMs, cancelled: false };
      timers.push(timer);
      return () => void (timer.cancelled = true);
    },
  });
  const link = (index: number) => {
    const found = links[index];
    if (!found) throw new Error(`no link ${index}`);
    return found;
  };
  const runTimer = () =>
    [...timers]
      .reverse()
      .find((timer) => !timer.cancelled && timer.delayMs < 10_000)
      ?.run();
  return { engine, link, links, timers, runTimer };
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the connection to the engine', () => {
  it('holds calls until the first connection', async () => {
    const t = setUp();
    const answer = t.engine.call('app.doctor', {});
    expect(t.link(0).sent).toEqual([]);
    t.link(0).open();
    await settle();
    expect(t.link(0).sent).toMatchObject([{ type: 'call', name: 'app.doctor' }]);
    t.link(0).reply({ type: 'ok', id: 1, output: { checks: [] } });
    await expect(answer).resolves.toEqual({ checks: [] });
  });

  it('fails pending calls when the connection is lost, says so, and refuses new ones at once', async () => {
    const t = setUp();
    t.link(0).open();
    const pending = t.engine.call('app.doctor', {});
    await settle();
    t.link(0).drop();
    expect(t.engine.state()).toBe('lost');
    await expect(pending).rejects.toMatchObject({ code: 'app.disconnected' });
    await expect(t.engine.call('app.doctor', {})).rejects.toMatchObject({ code: 'app.disconnected' });
  });

  it('opens streams again on the new connection and closes them for good', () => {
    const t = setUp();
    t.link(0).open();
    const seen: number[] = [];
    const ends: unknown[] = [];
    const close = t.engine.open(
      'analytics.watch',
      {},
      { onEvent: (status) => void seen.push(status.dataVersion), onEnd: (error) => void ends.push(error) },
    );
    t.link(0).reply({ type: 'event', id: 1, number: 1, data: { dataVersion: 7 } });
    t.link(0).drop();
    t.runTimer();
    t.link(1).open();
    expect(t.engine.state()).toBe('ready');
    expect(t.link(1).sent).toMatchObject([{ type: 'open', name: 'analytics.watch' }]);
    t.link(1).reply({ type: 'event', id: 1, number: 1, data: { dataVersion: 8 } });
    expect(seen).toEqual([7, 8]);
    expect(ends).toEqual([]);
    close();
    expect(t.link(1).sent.at(-1)).toMatchObject({ type: 'cancel' });
    t.link(1).drop();
    t.runTimer();
    t.link(2).open();
    expect(t.link(2).sent).toEqual([]);
  });

  it('does not open a stream again that the host refused', () => {
    const t = setUp();
    t.link(0).open();
    const ends: (string | undefined)[] = [];
    t.engine.open('jobs.watch', {}, { onEvent() {}, onEnd: (error) => void ends.push(error?.code) });
    t.link(0).reply({
      type: 'error',
      id: 1,
      error: { code: 'app.bug', kind: 'bug', details: {}, retryable: false, correlationId: 'c' },
    });
    t.link(0).drop();
    t.runTimer();
    t.link(1).open();
    expect(ends).toEqual(['app.bug']);
    expect(t.link(1).sent).toEqual([]);
  });

  it('waits longer from attempt to attempt, up to five seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 20].map(retryDelayMs)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });
});
