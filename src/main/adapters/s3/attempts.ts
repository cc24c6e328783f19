import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error';
import { isPassing } from './errors.ts';

/** How often and how long a request is tried before its failure is believed. */
export interface Patience {
  readonly attempts: number;
  /** The first wait is at most this long, the next twice as long, and so on up to `longestMs`; at least half of it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** No new try begins after this. */
  readonly totalMs: number;
}
export const PATIENCE: Patience = { attempts: 6, firstMs: 200, longestMs: 15_000, totalMs: 120_000 };

/** Repeats what fails for the moment, with growing waits of random length, within bounds of number and time. */
export class Attempts {
  readonly #patience: Patience;
  /** A server that is too busy is left alone by every request of this store, not only by the one that it told. */
  #quietUntilMs = 0;

  constructor(patience: Patience = PATIENCE) {
    this.#patience = patience;
  }

  /** `work` learns what its last try failed with; null in the first. */
  async run<Result>(
    signal: AbortSignal,
    work: (lastFailure: AppError | null) => Promise<Result>,
  ): Promise<Result> {
    const { attempts, firstMs, longestMs, totalMs } = this.#patience;
    const startedAtMs = performance.now();
    let lastFailure: AppError | null = null;
    for (let attempt = 1; ; attempt += 1) {
      await this.#pause(this.#quietUntilMs - performance.now(), signal);
      try {
        return await work(lastFailure);
      } catch (thrown) {
        const isOver = attempt >= attempts || performance.now() - startedAtMs >= totalMs;
        if (!(thrown instanceof AppError) || !isPassing(thrown) || isOver) throw thrown;
        lastFailure = thrown;
      }
      const delayMs = (0.5 + Math.random() / 2) * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
      if (lastFailure.code === 's3.slow_down')
        this.#quietUntilMs = Math.max(this.#quietUntilMs, performance.now() + delayMs);
      else await this.#pause(delayMs, signal);
    }
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    try {
      if (delayMs > 0) await wait(delayMs, undefined, { signal });
    } catch (thrown) {
      throw new AppError('app.cancelled', 'cancelled', {}, { cause: thrown });
    }
  }
}
