import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pauseMs, Recurring } from './recurring.ts';

describe('a pause after failures', () => {
  it('grows up to half a minute, and is never the same for everybody', () => {
    const longest = (failures: number) => pauseMs(failures, () => 1);
    expect([1, 2, 3, 4, 5, 6, 7, 50].map(longest)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(pauseMs(50, () => 0)).toBe(15_000);
  });
});

describe('a recurring task', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const setUp = (everyMs: number | null) => {
    const seen = { runs: 0, errors: 0, fails: false, running: 0, most: 0 };
    const recurring = new Recurring(
      async () => {
        seen.runs += 1;
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        seen.running -= 1;
        if (seen.fails) throw new Error('away');
      },
      everyMs,
      () => void (seen.errors += 1),
    );
    return { seen, recurring };
  };

  it('runs when woken and then at its interval, never twice at the same time', async () => {
    const { seen, recurring } = setUp(1_000);
    recurring.wake();
    recurring.wake();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toMatchObject({ runs: 2, most: 1 });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(seen).toMatchObject({ runs: 4, most: 1 });
    await recurring.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.runs).toBe(4);
  });

  it('tries again after growing pauses, which a nudge does not shorten and a wake does', async () => {
    const { seen, recurring } = setUp(null);
    seen.fails = true;
    recurring.nudge();
    for (let index = 0; index < 600; index += 1) {
      recurring.nudge();
      await vi.advanceTimersByTimeAsync(100);
    }
    // A minute: after about 1, 2, 4, 8, 16 and 30 seconds, each with its jitter.
    expect(seen.runs).toBeGreaterThanOrEqual(5);
    expect(seen.runs).toBeLessThanOrEqual(10);
    expect(seen.errors).toBe(seen.runs);
    const before = seen.runs;
    seen.fails = false;
    recurring.wake();
    await vi.advanceTimersByTimeAsync(20);
    expect(seen.runs).toBe(before + 1);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(seen.runs).toBe(before + 1);
    recurring.nudge();
    await vi.advanceTimersByTimeAsync(20);
    expect(seen.runs).toBe(before + 2);
    await recurring.stop();
  });

  it('runs once more for what came while it ran', async () => {
    const { seen, recurring } = setUp(null);
    recurring.nudge();
    recurring.nudge();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.runs).toBe(2);
    await recurring.stop();
  });
});
