import { toAppError, type AppError } from '#shared/errors/app-error';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Pause after so many failures in a row: doubled each time up to half a minute, and never the same for everybody. */
export function pauseMs(failures: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(longest * (0.5 + 0.5 * random()));
}

/**
 * Does a task again and again, never twice at the same time: some time after it succeeded (null: only when it is woken),
 * after a growing pause when it failed, and at once when it is woken.
 */
export class Recurring {
  readonly #task: () => Promise<void>;
  readonly #everyMs: number | null;
  readonly #onError: (error: AppError) => void;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  /** Asked for while it was being done; a nudge counts only when it succeeds. */
  #again: 'no' | 'nudged' | 'woken' = 'no';
  #failures = 0;
  #stopped = false;

  constructor(task: () => Promise<void>, everyMs: number | null, onError: (error: AppError) => void) {
    this.#task = task;
    this.#everyMs = everyMs;
    this.#onError = onError;
  }

  /** Does it now, or once more when it is being done. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#running) this.#again = 'woken';
    else this.#begin();
  }

  /** Does it now when nothing speaks against it; after a failure its pause is kept. */
  nudge(): void {
    if (this.#stopped) return;
    if (this.#running) this.#again = this.#again === 'woken' ? 'woken' : 'nudged';
    else if (this.#failures === 0) this.#begin();
  }

  #begin(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#again = 'no';
    this.#running = this.#run().finally(() => {
      this.#running = null;
      this.#goOn();
    });
  }

  #goOn(): void {
    if (this.#stopped) return;
    if (this.#again === 'woken' || (this.#again === 'nudged' && this.#failures === 0)) {
      this.#begin();
      return;
    }
    const waitMs = this.#failures > 0 ? pauseMs(this.#failures) : this.#everyMs;
    if (waitMs === null) return;
    this.#timer = setTimeout(() => this.#begin(), waitMs);
    this.#timer.unref();
  }

  /** Resolves when nothing is being done any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#task();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#onError(toAppError(error));
    }
  }
}
