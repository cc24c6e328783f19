import { setMaxListeners } from 'node:events';
import type { ConnectionKind } from '#shared/domain/connections';
import type { ConnectionWait, JobStep } from '#shared/domain/job';
import { AppError, toAppError } from '#shared/errors/app-error';
import { awayConnection } from '#shared/errors/connection-failure';
import { Mutex, Semaphore } from '../publishing/index.ts';
import { accept } from './accept-step.ts';
import { cleanAfter } from './clean-up.ts';
import { isInLog } from './duplicates.ts';
import type { JobEvents } from './job-events.ts';
import { isActivated, isFinal, nextStep } from './job-states.ts';
import { StepFailure, type Pipeline, type StepResult, type Steps } from './pipeline.ts';
import { inspect, map, stage, validate } from './read-steps.ts';
import { beginAttempt, type StepAttempt } from './step-attempt.ts';
import { publish, reconcile, upload } from './store-steps.ts';
import type { JobRecord, JobStepRecord } from './store-ports.ts';
import { WaitingRooms } from './waiting-rooms.ts';

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
  /** Jobs in the order in which they came. */
  readonly #places = new Map<string, number>();
  readonly #rooms: WaitingRooms;
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
    this.#rooms = new WaitingRooms({
      release: (jobId) => this.drive(jobId),
      placeOf: (jobId) => this.#placeOf(jobId),
      now: pipeline.now,
    });
  }

  #placeOf(jobId: string): number {
    const known = this.#places.get(jobId);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(jobId, place);
    return place;
  }

  /** Takes up a job that was waiting for a connection when the last run ended; {@link tryNow} lets the first ones try. */
  takeUp(jobId: string, wait: ConnectionWait): void {
    this.#placeOf(jobId);
    this.#rooms.seat(jobId, wait);
  }

  /** A connection answers (any, when none is named): who waits for it tries at once. */
  tryNow(connection?: ConnectionKind): void {
    if (!this.#stop.signal.aborted) this.#rooms.tryNow(connection);
  }

  /** Goes on with a job until it is final or waits for a person. A job that is being driven is looked at once more. */
  drive(jobId: string): void {
    if (this.#stop.signal.aborted) return;
    if (this.#driven.has(jobId)) {
      this.#again.add(jobId);
      return;
    }
    this.#placeOf(jobId);
    let decided: () => void = () => undefined;
    const untilDecided = new Promise<void>((resolve) => {
      decided = resolve;
    });
    this.#undecided.set(jobId, { untilDecided, decided });
    const driven = this.#drive(jobId)
      .catch((error: unknown) => {
        // The store itself failed: the job stays at its last durable step, for the next start.
        this.#rooms.leave(jobId);
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

  /** Resolves when no job can go on by itself, but for those that wait for a connection. */
  async settled(): Promise<void> {
    while (this.#driven.size > 0 || this.#tidying)
      await Promise.all([...this.#driven.values(), this.#tidying]);
  }

  /** Cuts running steps off as a crash would: nothing is written, the next start takes them up. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#rooms.stop();
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
      await this.#pipeline.jobs.update(jobId, {
        waitingFor: null,
        ...patch,
        updatedAt: this.#pipeline.now().toISOString(),
      });
      this.#rooms.leave(jobId);
    });
    this.#events.changed(jobId);
    this.drive(jobId);
  }

  /**
   * Cancels: a running step is cut off, what it left is removed. `jobs.too_late` once the rows are in the log; then
   * undo is the way back. While it cannot be known whether they are, because the log does not answer, the job keeps
   * waiting and is cancelled as soon as it does, if it is not too late.
   */
  async cancel(jobId: string): Promise<void> {
    const before = await this.#jobOf(jobId);
    if (isActivated(before.state)) throw tooLate(before);
    if (!isFinal(before.state)) await this.#pipeline.jobs.update(jobId, { cancelRequested: true });
    this.#running.get(jobId)?.abort();
    await this.#lockOf(jobId).run(async () => {
      const job = await this.#jobOf(jobId);
      if (job.state === 'cancelled') return;
      const inLog = isActivated(job.state) || (await this.#isInLogOrAway(job));
      if (inLog instanceof AppError) {
        this.#events.changed(jobId);
        return;
      }
      if (inLog) {
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
      const goesOn = await this.#gates[step].run(() =>
        this.#lockOf(jobId).run(() => this.#runStep(jobId, step)),
      );
      if (!goesOn) return;
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

  /** Answers false when the job waits for a connection now. */
  async #runStep(jobId: string, step: JobStep): Promise<boolean> {
    const { jobs, log } = this.#pipeline;
    const job = await this.#jobOf(jobId);
    // While it waited for its turn, the job may have been cancelled or changed.
    if (this.#stop.signal.aborted || nextStep(job) !== step) return true;
    const wait = this.#rooms.behind(jobId, step, job.waitingFor?.since);
    if (wait) {
      await this.#setWaiting(job, wait);
      return false;
    }
    const { startedAt, record } = await beginAttempt(this.#pipeline, job, step);
    await jobs.update(jobId, { updatedAt: startedAt }, record('running'));
    this.#events.stepStarted(jobId, step, job.sizeBytes);
    this.#events.changed(jobId);
    const cancel = new AbortController();
    this.#running.set(jobId, cancel);
    // A cancel must not cut off what comes after acceptance.
    const signal = isActivated(job.state)
      ? this.#stop.signal
      : AbortSignal.any([cancel.signal, this.#stop.signal]);
    try {
      if (job.cancelRequested && !isActivated(job.state) && !(await isInLog(this.#pipeline.registry, job))) {
        await this.#setCancelled(job, record('skipped'));
        return true;
      }
      const result = await STEPS[step](this.#pipeline, job, {
        signal,
        progress: (progress) => this.#events.progress(jobId, progress),
      });
      const done = record(result.state ?? 'done', result.bytes, result.rows);
      await this.#finish(job, done, result.patch);
      log.info({ jobId, step, state: done.state, elapsedMs: done.elapsedMs }, 'Step');
      return true;
    } catch (error) {
      if (this.#stop.signal.aborted) return true;
      return await this.#fail(job, record, error, cancel.signal.aborted);
    } finally {
      this.#running.delete(jobId);
      this.#events.stepEnded(jobId);
      this.#events.changed(jobId);
    }
  }

  async #finish(job: JobRecord, step: JobStepRecord, patch: StepResult['patch']): Promise<void> {
    const { jobs, now } = this.#pipeline;
    const updated = await jobs.update(
      job.jobId,
      { waitingFor: null, ...patch, updatedAt: now().toISOString() },
      step,
    );
    this.#rooms.passed(job.jobId, step.step);
    if (isFinal(updated.state)) await this.#clean(updated);
  }

  /** Answers false when the job waits for a connection and goes on by itself; else it has failed, or is cancelled. */
  async #fail(
    job: JobRecord,
    record: StepAttempt['record'],
    thrown: unknown,
    cancelled: boolean,
  ): Promise<boolean> {
    const { jobs, log, now } = this.#pipeline;
    const patch = thrown instanceof StepFailure ? thrown.patch : {};
    const failed = record('failed');
    let error = toAppError(thrown instanceof StepFailure ? thrown.reason : thrown);
    if (cancelled) {
      const inLog = await this.#isInLogOrAway(job);
      if (inLog === false) {
        await this.#setCancelled(job, failed);
        return true;
      }
      // It stays asked for, and is decided when the log can be read.
      if (inLog instanceof AppError) error = inLog;
    }
    const connection = awayConnection(error);
    if (connection !== null) {
      const { jobId, waitingFor } = job;
      log.info({ jobId, step: failed.step, code: error.code, error }, 'Step waits for a connection');
      const wait = this.#rooms.enter(jobId, failed.step, connection, error.toJSON(), waitingFor?.since);
      await this.#setWaiting(job, wait, record('waiting'));
      return false;
    }
    log.error({ jobId: job.jobId, step: failed.step, code: error.code, error }, 'Step failed');
    await jobs.update(
      job.jobId,
      {
        ...patch,
        state: 'failed',
        error: error.toJSON(),
        waitingFor: null,
        cancelRequested: false,
        updatedAt: now().toISOString(),
      },
      failed,
    );
    this.#rooms.passed(job.jobId, failed.step);
    return true;
  }

  async #setWaiting(job: JobRecord, waitingFor: ConnectionWait, step?: JobStepRecord): Promise<void> {
    const { jobs, now } = this.#pipeline;
    await jobs.update(job.jobId, { waitingFor, updatedAt: now().toISOString() }, step);
    this.#events.changed(job.jobId);
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

  /** Whether the job's own entry is in the log, or why that cannot be known now. */
  async #isInLogOrAway(job: JobRecord): Promise<boolean | AppError> {
    try {
      return await isInLog(this.#pipeline.registry, job);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (awayConnection(error) === null) throw error;
      return error;
    }
  }

  async #setCancelled(job: JobRecord, step?: JobStepRecord): Promise<void> {
    const { jobs, now } = this.#pipeline;
    const cancelled = await jobs.update(
      job.jobId,
      {
        state: 'cancelled',
        cancelRequested: false,
        waitingFor: null,
        review: [],
        updatedAt: now().toISOString(),
      },
      step,
    );
    this.#rooms.leave(job.jobId);
    await this.#clean(cancelled);
    this.#events.changed(job.jobId);
  }
}

const tooLate = (job: JobRecord) =>
  new AppError('jobs.too_late', 'conflict', { fileName: job.fileName, state: job.state });
