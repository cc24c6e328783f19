import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error';

/** Waits; `app.cancelled` when aborted meanwhile. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throw new AppError('app.cancelled', 'cancelled', {}, { cause: error });
  }
}

/** Asks again, every quarter second and then ever more slowly, until the answer is not null; null when the time is over. */
export async function poll<T>(
  signal: AbortSignal,
  timeoutMs: number,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 1.3, 1_000)) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) return null;
    await pause(pauseMs, signal);
  }
}
