import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { Attempts } from './attempts.ts';

const never = new AbortController().signal;
const patience = { attempts: 5, firstMs: 4, longestMs: 8, totalMs: 60_000 };
const passing = () => new AppError('s3.unavailable', 'unavailable');
const busy = () => new AppError('s3.slow_down', 'unavailable');
const staying = () => new AppError('s3.no_right', 'permission');

describe('attempts', () => {
  it('tries again what passes, and tells the work why', async () => {
    const failures: (string | null)[] = [];
    const result = await new Attempts(patience).run(never, async (last) => {
      failures.push(last?.code ?? null);
      if (failures.length < 4) throw passing();
      return 'done';
    });
    expect(result).toBe('done');
    expect(failures).toEqual([null, 's3.unavailable', 's3.unavailable', 's3.unavailable']);
  });

  it.each([
    ['what passes', passing, patience.attempts],
    ['what stays', staying, 1],
    ['what nobody foresaw', () => new TypeError('x'), 1],
  ])('believes %s after so many tries', async (_, fail, tries) => {
    let count = 0;
    const failing = fail();
    const run = new Attempts(patience).run(never, async () => {
      count += 1;
      throw failing;
    });
    await expect(run).rejects.toBe(failing);
    expect(count).toBe(tries);
  });

  it('waits at least half of what it says, twice as long each time', async () => {
    const startedAtMs = performance.now();
    const slow = { attempts: 4, firstMs: 40, longestMs: 80, totalMs: 60_000 };
    await expect(new Attempts(slow).run(never, () => Promise.reject(passing()))).rejects.toThrow(
      's3.unavailable',
    );
    // 20 + 40 + 40
    expect(performance.now() - startedAtMs).toBeGreaterThan(95);
  });

  it('leaves a busy server alone with every request', async () => {
    const attempts = new Attempts({ attempts: 2, firstMs: 300, longestMs: 300, totalMs: 60_000 });
    let tries = 0;
    const told = attempts.run(never, async () => {
      tries += 1;
      if (tries === 1) throw busy();
    });
    await setImmediate();
    const toldAtMs = performance.now();
    expect(tries).toBe(1);
    const otherAtMs = await attempts.run(never, async () => performance.now());
    expect(otherAtMs - toldAtMs).toBeGreaterThan(100);
    await told;
    // Another store is not concerned.
    await expect(new Attempts(patience).run(never, async () => 'at once')).resolves.toBe('at once');
  });

  it('ends at once when it is cancelled', async () => {
    const controller = new AbortController();
    const patient = { attempts: 2, firstMs: 600_000, longestMs: 600_000, totalMs: 600_000 };
    const run = new Attempts(patient).run(controller.signal, () => Promise.reject(passing()));
    controller.abort();
    await expect(run).rejects.toThrow('app.cancelled');
  });
});
