import { pause } from '../../services/publishing/pause.ts';

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
