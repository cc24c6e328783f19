import type { AppError } from '#shared/errors/app-error';
import type { ClusterPublisher, Publisher } from '../publishing/index.ts';
import { Recurring } from './recurring.ts';

export interface ClusterFollowOptions {
  readonly publisher: Publisher;
  readonly cluster: ClusterPublisher;
  /** How often to look for what other installations changed; null when there are none. */
  readonly everyMs: number | null;
  readonly onError: (error: AppError) => void;
}

/**
 * Brings the cluster up to what counts when no job waits for it: after an undo, after a start, and when others changed
 * the log. A cluster that is away is tried again after a growing pause.
 */
export class ClusterFollow {
  readonly #options: ClusterFollowOptions;
  readonly #recurring: Recurring;
  readonly #stop = new AbortController();
  readonly #unsubscribe: () => void;
  #started = false;

  constructor(options: ClusterFollowOptions) {
    this.#options = options;
    const { publisher, cluster } = options;
    this.#recurring = new Recurring(() => this.#publish(), options.everyMs, options.onError);
    this.#unsubscribe = publisher.onChange(() => {
      if (publisher.isPublishing()) cluster.markDirty();
      this.#recurring.nudge();
    });
  }

  /** Looks now, and from now on. */
  wake(): void {
    this.#recurring.wake();
  }

  /** Cuts off what runs; tasks of the cluster go on, and the next start takes them up. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stop.abort();
    await this.#recurring.stop();
  }

  async #publish(): Promise<void> {
    const { cluster } = this.#options;
    if (!this.#started) await cluster.start();
    this.#started = true;
    await cluster.publish(this.#stop.signal);
  }
}
