import { pause } from './pause.ts';
import type { ClusterSlots } from './ports.ts';

/** Tasks at a time on a cluster that does not say how many it can run. */
const UNKNOWN_CAPACITY = 2;

/**
 * Lets as many tasks at a time into the cluster as have a free slot there; one always, so that it queues before those
 * that others start later.
 */
export class SlotGate {
  #running = 0;
  readonly #slots: (signal: AbortSignal) => Promise<ClusterSlots | null>;
  readonly #maxTasks: number;
  readonly #pollMs: number;

  constructor(options: {
    readonly slots: (signal: AbortSignal) => Promise<ClusterSlots | null>;
    readonly maxTasks: number | null;
    readonly pollMs: number;
  }) {
    this.#slots = options.slots;
    this.#maxTasks = options.maxTasks ?? Number.POSITIVE_INFINITY;
    this.#pollMs = options.pollMs;
  }

  async run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.#enter(signal);
    try {
      return await task();
    } finally {
      this.#running -= 1;
    }
  }

  /** Nothing waits between the look at the count and its change. */
  async #enter(signal: AbortSignal): Promise<void> {
    while (this.#running > 0) {
      const allowed = await this.#allowed(signal);
      if (this.#running < allowed) break;
      await pause(this.#pollMs, signal);
    }
    this.#running += 1;
  }

  async #allowed(signal: AbortSignal): Promise<number> {
    const slots = await this.#slots(signal);
    const free = slots ? slots.capacity - Math.max(0, slots.used - this.#running) : UNKNOWN_CAPACITY;
    return Math.min(free, this.#maxTasks);
  }
}
