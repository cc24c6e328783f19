import { setMaxListeners } from 'node:events';
import type { JobStep } from '#shared/domain/job';
import { AppError, toAppError } from '#shared/errors/app-error';
import { Mutex, Semaphore } from '../publishing/index.ts';
import { accept } from './accept-step.ts';
import { cleanAfter } from './clean-up.ts';
import { activeEntry, isOwnEntry } from './duplicates.ts';
import type { JobEvents } from './job-events.ts';
import { isActivated, isFinal, nextStep } from './job-states.ts';
import { StepFailure, type Pipeline, type StepResult, type Steps } from './pipeline.ts';
import { inspect, map, stage, validate } from './read-steps.ts';
import { publish, reconcile, upload } from './store-steps.ts';
import type { JobRecord, JobStepRecord } from './store-ports.ts';

const STEPS: Steps = { stage, inspect, map, validate, accept, upload, publish, reconcile };

/** How many parser processes run at a time, and how many copies into staging and to the object store. */
export interface Parallelism {
  readonly parsers: number;
  readonly copies: number;
}

/** Drives jobs from step to step, many at a time, each step durable before the next. */
export class JobRunner {
  readonly #pipeline: Pipeline;
  readonly #events: JobEvents;
  readonly #gates: Readonly<Record<JobStep, Semaphore>>;
  readonly #driven = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  /** Jobs that are not in the log yet, in the order of the queue. */
  readonly #undecided = new Map<string, { untilDecided: Promise<void>; decided: () => void }>();
  readonly #locks = new Map<string, Mutex>();
  readonly #running = new Map<string, AbortController>();
  readonly #stop = new AbortController();
  #tidying: Promise<void> | null = null;

  constructor(pipeline: Pipeline, events: JobEvents, parallelism: Parallelism) {
    this.#pipeline = pipeline;
    this.#events = events;
    const parsers = new Semaphore(parallelism.parsers);
    const copies = new Semaphore(parallelism.copies);
    const one = () => new Semaphore(1);
    this.#gates = {
      stage: copies,
      inspect: parsers,
      map: one(),
      validate: parsers,
      accept: one(),
      upload: copies,
      publish: new Semaphore(Number.MAX_SAFE_INTEGER),
      reconcile: one(),
    };
    setMaxListeners(0, this.#stop.signal);
  }

  /** Goes on with a job until it is final or waits for a person. A job that is being driven is looked at once more. */
  drive(jobId: string): void {
    if (this.#stop.signal.aborted) return;
    if (this.#driven.has(jobId)) {
      this.#again.add(jobId);
      return;
    }
    let decided: () => void = () => undefined;
    const untilDecided = new Promise<void>((resolve) => {
      decided = resolve;
    });
    this.#undecided.set(jobId, { untilDecided, decided });
    const driven = this.#drive(jobId)
      .catch((error: unknown) => {
        // The store itself failed: the job stays at its last durable step, for the next start.
        this.#pipeline.log.error({ jobId, error: toAppError(error) }, 'A job could not go on');
      })
      .finally(() => {
        this.#driven.delete(jobId);
        this.#decided(jobId);
        if (this.#again.delete(jobId)) this.drive(jobId);
        else if (this.#driven.size === 0) this.#tidy();
      });
    this.#driven.set(jobId, driven);
  }

  /** Removes staged bytes that nobody needs any more, when the queue is empty. */
  #tidy(): void {
    const tidying = this.#pipeline.keeper
      .flush()
      .catch((error: unknown) => {
        this.#pipeline.log.warn({ error: toAppError(error) }, 'Staged files stay until the next start');
      })
      .finally(() => {
        if (this.#tidying === tidying) this.#tidying = null;
      });
    this.#tidying = tidying;
  }

  /** Resolves when no job can go on by itself. */
  async settled(): Promise<void> {
    while (this.#driven.size > 0 || this.#tidying)
      await Promise.all([...this.#driven.values(), this.#tidying]);
  }

  /** Cuts running steps off as a crash would: nothing is written, the next start takes them up. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  /**
   * Changes a job while none of its steps runs, then drives it on. `check` throws when the job is not in a state for
   * it; asked at once, and again when the change is made.
   */
  async change(
    jobId: string,
    check: (job: JobRecord) => void,
    task: (job: JobRecord) => Promise<Partial<Omit<JobRecord, 'jobId'>>>,
  ): Promise<void> {
    check(await this.#jobOf(jobId));
    await this.#lockOf(jobId).run(async () => {
      const job = await this.#jobOf(jobId);
      check(job);
      const patch = await task(job);
      await this.#pipeline.jobs.update(jobId, { ...patch, updatedAt: this.#pipeline.now().toISOString() });
    });
    this.#events.changed(jobId);
    this.drive(jobId);
  }

  /**
   * Cancels: a running step is cut off, what it left is removed. `jobs.too_late` once the rows are in the log; then
   * undo is the way back.
   */
  async cancel(jobId: string): Promise<void> {
    const before = await this.#jobOf(jobId);
    if (isActivated(before.state)) throw tooLate(before);
    if (!isFinal(before.state)) await this.#pipeline.jobs.update(jobId, { cancelRequested: true });
    this.#running.get(jobId)?.abort();
    await this.#lockOf(jobId).run(async () => {
      const job = await this.#jobOf(jobId);
      if (job.state === 'cancelled') return;
      if (isActivated(job.state) || (await this.#isInLog(job))) {
        await this.#pipeline.jobs.update(jobId, { cancelRequested: false });
        throw tooLate(job);
      }
      await this.#setCancelled(job);
    });
  }

  #lockOf(jobId: string): Mutex {
    const lock = this.#locks.get(jobId) ?? new Mutex();
    this.#locks.set(jobId, lock);
    return lock;
  }

  async #jobOf(jobId: string): Promise<JobRecord> {
    const job = await this.#pipeline.jobs.get(jobId);
    if (!job) throw new AppError('jobs.unknown', 'notFound', { jobId });
    return job;
  }

  async #drive(jobId: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const job = await this.#jobOf(jobId);
      const step = nextStep(job);
      if (step === null) return;
      if (isActivated(job.state)) this.#decided(jobId);
      if (step === 'accept') await this.#turnOf(job);
      await this.#gates[step].run(() => this.#lockOf(jobId).run(() => this.#runStep(jobId, step)));
    }
  }

  #decided(jobId: string): void {
    this.#undecided.get(jobId)?.decided();
    this.#undecided.delete(jobId);
  }

  /**
   * What `replace` and `skip` do depends on what is in the log already: such a file waits until those before it in the
   * queue are in the log, failed, or ask a person. Then the same drop always gives the same figures.
   */
  async #turnOf(job: JobRecord): Promise<void> {
    const { onOverlap } = job.options;
    if (onOverlap !== 'replace' && onOverlap !== 'skip') return;
    const earlier: Promise<void>[] = [];
    for (const [jobId, { untilDecided }] of this.#undecided) {
      if (jobId === job.jobId) break;
      earlier.push(untilDecided);
    }
    await Promise.all(earlier);
  }

  async #runStep(jobId: string, step: JobStep): Promise<void> {
    const { jobs, log } = this.#pipeline;
    const job = await this.#jobOf(jobId);
    // While it waited for its turn, the job may have been cancelled or changed.
    if (this.#stop.signal.aborted || nextStep(job) !== step) return;
    if (job.cancelRequested && !isActivated(job.state) && !(await this.#isInLog(job))) {
      await this.#setCancelled(job);
      return;
    }
    const attempt =
      1 +
      Math.max(
        0,
        ...(await jobs.steps(jobId)).filter((item) => item.step === step).map((item) => item.attempt),
      );
    const startedAt = this.#pipeline.now().toISOString();
    const startedMs = performance.now();
    const record = (state: JobStepRecord['state'], bytes: number, rows: number): JobStepRecord => ({
      step,
      state,
      attempt,
      startedAt,
      elapsedMs: Math.round(performance.now() - startedMs),
      bytes,
      rows,
    });
    await jobs.update(jobId, { updatedAt: startedAt }, record('running', 0, 0));
    this.#events.stepStarted(jobId, step, job.sizeBytes);
    this.#events.changed(jobId);
    const cancel = new AbortController();
    this.#running.set(jobId, cancel);
    // A cancel must not cut off what comes after acceptance.
    const signal = isActivated(job.state)
      ? this.#stop.signal
      : AbortSignal.any([cancel.signal, this.#stop.signal]);
    try {
      const result = await STEPS[step](this.#pipeline, job, {
        signal,
        progress: (progress) => this.#events.progress(jobId, progress),
      });
      await this.#finish(job, record(result.state ?? 'done', result.bytes, result.rows), result.patch);
      log.info(
        { jobId, step, state: result.state ?? 'done', elapsedMs: record('done', 0, 0).elapsedMs },
        'Step',
      );
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      await this.#fail(job, record('failed', 0, 0), error, cancel.signal.aborted);
    } finally {
      this.#running.delete(jobId);
      this.#events.stepEnded(jobId);
      this.#events.changed(jobId);
    }
  }

  async #finish(job: JobRecord, step: JobStepRecord, patch: StepResult['patch']): Promise<void> {
    const { jobs, now } = this.#pipeline;
    const updated = await jobs.update(job.jobId, { ...patch, updatedAt: now().toISOString() }, step);
    if (isFinal(updated.state)) await this.#clean(updated);
  }

  async #fail(job: JobRecord, step: JobStepRecord, thrown: unknown, cancelled: boolean): Promise<void> {
    const { jobs, log, now } = this.#pipeline;
    const error = toAppError(thrown instanceof StepFailure ? thrown.reason : thrown);
    const patch = thrown instanceof StepFailure ? thrown.patch : {};
    if (cancelled && !(await this.#isInLog(job))) {
      await jobs.update(job.jobId, {}, step);
      await this.#setCancelled(job);
      return;
    }
    log.error({ jobId: job.jobId, step: step.step, code: error.code, error }, 'Step failed');
    await jobs.update(
      job.jobId,
      {
        ...patch,
        state: 'failed',
        error: error.toJSON(),
        cancelRequested: false,
        updatedAt: now().toISOString(),
      },
      step,
    );
  }

  /** What cannot be removed now is swept at the next start: no reason to fail a job that is done. */
  async #clean(job: JobRecord): Promise<void> {
    try {
      await cleanAfter(this.#pipeline, job);
    } catch (error) {
      this.#pipeline.log.warn(
        { jobId: job.jobId, error: toAppError(error) },
        'Leftovers stay until the next start',
      );
    }
  }

  /** True when the job's own entry is in the log although its state does not say so: it was cut off in between. */
  async #isInLog(job: JobRecord): Promise<boolean> {
    if (job.importId === null || job.decision === null) return false;
    const entry = activeEntry(await this.#pipeline.registry.log(job.dataset), job.importId);
    return entry !== null && isOwnEntry(job, entry);
  }

  async #setCancelled(job: JobRecord): Promise<void> {
    const { jobs, now } = this.#pipeline;
    const cancelled = await jobs.update(job.jobId, {
      state: 'cancelled',
      cancelRequested: false,
      review: [],
      updatedAt: now().toISOString(),
    });
    await this.#clean(cancelled);
    this.#events.changed(job.jobId);
  }
}

const tooLate = (job: JobRecord) =>
  new AppError('jobs.too_late', 'conflict', { fileName: job.fileName, state: job.state });
