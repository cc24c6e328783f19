import { toAppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import type { Publisher } from '../publishing/index.ts';
import { sweepObjects } from './clean-up.ts';
import { activeEntry } from './duplicates.ts';
import type { JobEvents } from './job-events.ts';
import type { JobRunner } from './job-runner.ts';
import type { Pipeline } from './pipeline.ts';
import { Recurring } from './recurring.ts';
import type { ActivationEntry, JobRecord } from './store-ports.ts';

export interface RegistryWatchOptions {
  readonly pipeline: Pick<
    Pipeline,
    'registry' | 'jobs' | 'objects' | 'folders' | 'dataset' | 'logLock' | 'now' | 'log'
  > & { readonly publisher: Pick<Publisher, 'publish'> };
  readonly runner: Pick<JobRunner, 'drive'>;
  readonly events: Pick<JobEvents, 'changed'>;
  /** How often to look at a registry that others change as well; null when it is this installation's own. */
  readonly everyMs: number | null;
}

/**
 * Keeps this installation in step with the registry: does what a start cannot do while the registry is away, and takes
 * over what other installations changed.
 */
export class RegistryWatch {
  readonly #options: RegistryWatchOptions;
  readonly #recurring: Recurring;
  #isSwept = false;
  /** Generations that the jobs of this computer were compared at. */
  #compared = '';
  /** Generations that could not be built for a reason of their own. */
  #unpublishable: string | null = null;

  constructor(options: RegistryWatchOptions) {
    this.#options = options;
    const { log } = options.pipeline;
    this.#recurring = new Recurring(
      () => this.#look(),
      options.everyMs,
      (error) => {
        // An away connection is shown where connections are; everything else is worth a line.
        if (connectionOf(error) === null) log.error({ error }, 'The registry could not be followed');
        else log.debug({ code: error.code }, 'The registry cannot be asked yet');
      },
    );
  }

  /** Compares jobs with the log, and clears away what was left. Before any job runs, when the registry answers. */
  async catchUp(): Promise<number> {
    const swept = await this.#sweep();
    await this.#compareJobs();
    return swept;
  }

  /** Looks now, and from now on. */
  wake(): void {
    this.#recurring.wake();
  }

  stop(): Promise<void> {
    return this.#recurring.stop();
  }

  async #look(): Promise<void> {
    await this.#sweep();
    const state = await this.#compareJobs();
    if (state === this.#unpublishable) return;
    const { publisher, log } = this.#options.pipeline;
    try {
      await publisher.publish();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (connectionOf(error) !== null) throw error;
      // The same again would fail again; the next change of the log is another matter.
      this.#unpublishable = state;
      log.error({ error }, 'What the registry wants could not be published');
    }
  }

  async #sweep(): Promise<number> {
    if (this.#isSwept) return 0;
    const { pipeline } = this.#options;
    const swept = await pipeline.logLock.run(() => sweepObjects(pipeline));
    this.#isSwept = true;
    return swept;
  }

  /** Answers what the registry wants, as one text. */
  async #compareJobs(): Promise<string> {
    const { registry, jobs, dataset, logLock } = this.#options.pipeline;
    const generations = [...(await registry.desiredGenerations(dataset))].map((item) => item.join(':'));
    const registryId = await registry.registryId();
    const state = [registryId, ...generations].join(' ');
    if (state === this.#compared) return state;
    // No job is put into the log, or taken out, while it is compared.
    await logLock.run(async () => {
      const entries = await registry.log(dataset);
      for (const job of await jobs.list({ includeDismissed: true }))
        if (job.acceptedIn === registryId) await this.#compare(job, entries);
    });
    this.#compared = state;
    return state;
  }

  /** An undo or a re-activation of another installation, or one that was cut off between the log and the job. */
  async #compare(job: JobRecord, entries: readonly ActivationEntry[]): Promise<void> {
    const { pipeline, runner, events } = this.#options;
    const { importId, state } = job;
    if ((state !== 'done' && state !== 'undone') || importId === null || job.duplicateOf !== null) return;
    const updatedAt = pipeline.now().toISOString();
    if (!entries.some((entry) => entry.importId === importId)) {
      if (state === 'undone') return;
      // The registry has lost it (a failover, a backup that was put back): it is accepted again, from its objects.
      pipeline.log.warn({ jobId: job.jobId, importId }, 'The registry lost an import; accepting it again');
      await pipeline.jobs.update(job.jobId, {
        state: 'validated',
        acceptedIn: null,
        ledger: null,
        dismissed: false,
        updatedAt,
      });
      runner.drive(job.jobId);
      return;
    }
    const now = activeEntry(entries, importId) ? 'done' : 'undone';
    if (now === state) return;
    await pipeline.jobs.update(job.jobId, { state: now, updatedAt });
    if (!job.dismissed) events.changed(job.jobId);
  }
}
