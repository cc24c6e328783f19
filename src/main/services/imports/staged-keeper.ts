import { Mutex } from '../publishing/index.ts';
import { isFinal } from './job-states.ts';
import type { StagingArea } from './ports.ts';
import type { JobRecord, JobStore } from './store-ports.ts';

/** A failed job may be tried again; one that failed after its decision may be the only one that holds the raw bytes. */
export const needsStaged = (job: JobRecord) =>
  !isFinal(job.state) || (job.state === 'failed' && (!job.dismissed || job.decision !== null));

/**
 * Removes staged bytes when nobody needs them any more. Equal bytes share one staged file, so that nothing is removed
 * while something is being staged: it could turn out to be the same.
 */
export class StagedKeeper {
  readonly #jobs: JobStore;
  readonly #staging: StagingArea;
  readonly #mutex = new Mutex();
  readonly #held = new Map<string, number>();
  readonly #unneeded = new Set<string>();
  #stagingNow = 0;

  constructor(jobs: JobStore, staging: StagingArea) {
    this.#jobs = jobs;
    this.#staging = staging;
  }

  /** Stages, and writes down for whom, while nothing is removed. */
  async whileStaging<T>(task: () => Promise<T>): Promise<T> {
    await this.#mutex.run(() => {
      this.#stagingNow += 1;
      return Promise.resolve();
    });
    try {
      return await task();
    } finally {
      this.#stagingNow -= 1;
    }
  }

  /** Keeps an upload until its job exists; once for each hold. */
  hold(sha256: string): void {
    this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1);
  }

  letGo(sha256: string): void {
    const left = (this.#held.get(sha256) ?? 1) - 1;
    if (left > 0) this.#held.set(sha256, left);
    else this.#held.delete(sha256);
  }

  /** Says that one job does not need the bytes any more (null: it never had any). {@link flush} removes them. */
  release(rawSha256: string | null): void {
    if (rawSha256 !== null) this.#unneeded.add(rawSha256);
  }

  /** Removes what was released and nobody else needs. Looks at all jobs: call it when the queue is idle. */
  async flush(): Promise<void> {
    if (this.#unneeded.size > 0) await this.#mutex.run(() => this.#remove());
  }

  async #remove(): Promise<void> {
    if (this.#stagingNow > 0) return;
    const jobs = await this.#jobs.list({ includeDismissed: true });
    const needed = new Set(jobs.filter(needsStaged).map((job) => job.rawSha256));
    for (const sha256 of this.#unneeded) {
      if (needed.has(sha256) || this.#held.has(sha256)) continue;
      await this.#staging.remove(sha256);
      this.#unneeded.delete(sha256);
    }
  }
}
