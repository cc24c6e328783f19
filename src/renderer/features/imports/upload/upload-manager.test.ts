import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { createUploadManager, type UploadPort } from './upload-manager.ts';

interface Sending {
  readonly name: string;
  readonly signal: AbortSignal;
  progress(bytesDone: number): void;
  succeed(uploadId: string): void;
  fail(error: unknown): void;
}

function setUp() {
  let now = Date.parse('2026-11-02T06:00:00Z');
  const sending: Sending[] = [];
  const started: string[] = [];
  let startError: AppError | null = null;
  const port: UploadPort<{ name: string; size: number }> = {
    now: () => now,
    send: (file, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('app.cancelled', 'cancelled')));
        sending.push({
          name: file.name,
          signal,
          progress: onProgress,
          succeed: (uploadId) => resolve({ uploadId }),
          fail: (error) => reject(error instanceof Error ? error : new Error(String(error))),
        });
      }),
    start: (uploadId) => {
      if (startError) return Promise.reject(startError);
      started.push(uploadId);
      return Promise.resolve();
    },
  };
  const manager = createUploadManager(port);
  const names = () => manager.entries().map((entry) => `${entry.fileName} ${entry.state}`);
  const at = (index: number): Sending => {
    const found = sending[index];
    if (!found) throw new Error(`no transfer ${index}`);
    return found;
  };
  return {
    manager,
    names,
    at,
    sending,
    started,
    tick: (ms: number) => void (now += ms),
    failStartsWith: (error: AppError | null) => void (startError = error),
  };
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const file = (name: string, size = 1000) => ({ name, size });

describe('upload manager', () => {
  it('sends two at a time and begins the next when one is through', async () => {
    const t = setUp();
    t.manager.add([file('a'), file('b'), file('c'), file('d')]);
    expect(t.names()).toEqual(['a sending', 'b sending', 'c waiting', 'd waiting']);
    t.at(0).succeed('ua');
    await settle();
    expect(t.started).toEqual(['ua']);
    expect(t.names()).toEqual(['b sending', 'c sending', 'd waiting']);
  });

  it('keeps a failed one with its error, goes on with the others, and sends it again on retry', async () => {
    const t = setUp();
    t.manager.add([file('a'), file('b'), file('c')]);
    t.at(0).fail(new AppError('app.disconnected', 'unavailable'));
    await settle();
    expect(t.names()).toEqual(['a failed', 'b sending', 'c sending']);
    expect(t.manager.entries()[0]?.error?.code).toBe('app.disconnected');
    t.manager.retry('u1');
    expect(t.names()[0]).toBe('a waiting');
    t.at(1).succeed('ub');
    await settle();
    expect(t.names()).toEqual(['a sending', 'c sending']);
    t.at(3).succeed('ua');
    await settle();
    expect(t.started).toEqual(['ub', 'ua']);
  });

  it('does not send the bytes again when only the start failed', async () => {
    const t = setUp();
    t.failStartsWith(new AppError('app.disconnected', 'unavailable'));
    t.manager.add([file('a')]);
    t.at(0).succeed('ua');
    await settle();
    expect(t.names()).toEqual(['a failed']);
    t.failStartsWith(null);
    t.manager.retry('u1');
    await settle();
    expect(t.started).toEqual(['ua']);
    expect(t.sending).toHaveLength(1);
    expect(t.manager.entries()).toEqual([]);
  });

  it('sends the bytes again when the host no longer knows them', async () => {
    const t = setUp();
    t.failStartsWith(new AppError('imports.upload_unknown', 'notFound'));
    t.manager.add([file('a')]);
    t.at(0).succeed('ua');
    await settle();
    t.failStartsWith(null);
    t.manager.retry('u1');
    expect(t.sending).toHaveLength(2);
  });

  it('cancels in mid transfer, tells the transport and starts no job', async () => {
    const t = setUp();
    t.manager.add([file('a'), file('b'), file('c')]);
    t.manager.cancel('u1');
    expect(t.at(0).signal.aborted).toBe(true);
    expect(t.names()).toEqual(['b sending', 'c sending']);
    await settle();
    expect(t.started).toEqual([]);
    expect(t.names()).toEqual(['b sending', 'c sending']);
  });

  it('a cancel while the job is being made does not bring the row back', async () => {
    const t = setUp();
    t.failStartsWith(new AppError('app.disconnected', 'unavailable'));
    t.manager.add([file('a')]);
    t.at(0).succeed('ua');
    t.manager.cancel('u1');
    await settle();
    expect(t.manager.entries()).toEqual([]);
  });

  it('measures rate and time left over the last seconds', () => {
    const t = setUp();
    t.manager.add([file('a', 10_000)]);
    t.tick(1000);
    t.at(0).progress(1000);
    expect(t.manager.entries()[0]).toMatchObject({ bytesDone: 1000, bytesPerSecond: 1000, etaMs: 9000 });
    t.tick(20_000);
    t.at(0).progress(2000);
    t.tick(1000);
    t.at(0).progress(7000);
    expect(t.manager.entries()[0]?.bytesPerSecond).toBe(5000);
    expect(t.manager.entries()[0]?.etaMs).toBe(600);
  });

  it('answers the same snapshot until something changes and tells subscribers', () => {
    const t = setUp();
    let calls = 0;
    const stop = t.manager.subscribe(() => void (calls += 1));
    t.manager.add([file('a')]);
    expect(calls).toBeGreaterThan(0);
    expect(t.manager.entries()).toBe(t.manager.entries());
    stop();
    const before = calls;
    t.manager.cancel('u1');
    expect(calls).toBe(before);
  });
});
