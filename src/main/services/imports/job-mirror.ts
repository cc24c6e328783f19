import { connectionOf } from '#shared/errors/connection-failure';
import type { Log } from '../diagnostics/ports.ts';
import { Recurring } from './recurring.ts';
import { toSharedTask } from './shared-tasks.ts';
import type { JobStore, TaskBoard } from './store-ports.ts';

export interface JobMirrorOptions {
  readonly jobs: JobStore;
  readonly board: TaskBoard;
  /** Machine and user, for people. */
  readonly owner: string;
  readonly log: Log;
}

/**
 * Tells everybody how the jobs of this computer stand. Nothing waits for it and nothing fails because of it: changes of
 * one job in a row are told as one, and what could not be told is told when the board answers again.
 */
export class JobMirror {
  /** To be used in place of the store that it was made with. */
  readonly jobs: JobStore;
  readonly #options: JobMirrorOptions;
  readonly #untold = new Set<string>();
  readonly #recurring: Recurring;

  constructor(options: JobMirrorOptions) {
    this.#options = options;
    const { jobs, log } = options;
    this.jobs = {
      ...jobs,
      insert: async (job) => {
        await jobs.insert(job);
        this.#changed(job.jobId);
      },
      update: async (jobId, patch, step) => {
        const job = await jobs.update(jobId, patch, step);
        this.#changed(jobId);
        return job;
      },
    };
    this.#recurring = new Recurring(
      () => this.#tell(),
      null,
      (error) => {
        if (connectionOf(error) === null) log.warn({ error }, 'Jobs could not be shown to others');
        else log.debug({ code: error.code }, 'Jobs are shown to others later');
      },
    );
  }

  /** Tells how every job stands: the last run may have ended before it could. */
  async start(): Promise<void> {
    for (const job of await this.#options.jobs.list({ includeDismissed: false })) this.#untold.add(job.jobId);
    this.#recurring.wake();
  }

  /** The board answers again. */
  wake(): void {
    if (this.#untold.size > 0) this.#recurring.wake();
  }

  stop(): Promise<void> {
    return this.#recurring.stop();
  }

  #changed(jobId: string): void {
    this.#untold.add(jobId);
    this.#recurring.nudge();
  }

  async #tell(): Promise<void> {
    const { jobs, board, owner } = this.#options;
    for (const jobId of this.#untold) {
      this.#untold.delete(jobId);
      try {
        const job = await jobs.get(jobId);
        if (job) await board.post(toSharedTask(job, owner));
      } catch (error) {
        this.#untold.add(jobId);
        throw error;
      }
    }
  }
}
