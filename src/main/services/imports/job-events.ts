import type { JobProgress, JobStep, JobView } from '#shared/domain/job';
import { toAppError } from '#shared/errors/app-error';
import type { Log } from '../diagnostics/ports.ts';
import { toJobView } from './job-view.ts';
import type { StepProgress } from './pipeline.ts';
import type { JobStore } from './store-ports.ts';

export type JobEvent =
  | { readonly type: 'snapshot'; readonly jobs: JobView[] }
  | { readonly type: 'job'; readonly job: JobView }
  | { readonly type: 'removed'; readonly jobId: string };

/** Progress alone is told at most every so many milliseconds a job; changes of state are told at once. */
const PROGRESS_EVERY_MS = 200;
/** No rate before this much time: the first moments say nothing. */
const RATE_AFTER_MS = 500;

interface LiveStep {
  readonly step: JobStep;
  readonly startedAtMs: number;
  bytesDone: number;
  bytesTotal: number;
  rows: number;
  notice: JobProgress['notice'];
  timer: NodeJS.Timeout | null;
}

/** Knows how running steps get on and tells listeners how jobs change; several changes of a job in a row are told as one. */
export class JobEvents {
  readonly #jobs: JobStore;
  readonly #log: Log;
  readonly #listeners = new Set<(event: JobEvent) => void>();
  readonly #live = new Map<string, LiveStep>();
  readonly #pending = new Set<string>();
  #pumping = false;

  constructor(jobs: JobStore, log: Log) {
    this.#jobs = jobs;
    this.#log = log;
  }

  async view(jobId: string): Promise<JobView | null> {
    const job = await this.#jobs.get(jobId);
    return job && toJobView(job, await this.#jobs.steps(jobId), this.#liveOf(jobId));
  }

  async views(): Promise<JobView[]> {
    const views: JobView[] = [];
    for (const job of await this.#jobs.list({ includeDismissed: false }))
      views.push(toJobView(job, await this.#jobs.steps(job.jobId), this.#liveOf(job.jobId)));
    return views;
  }

  /** Emits the snapshot of all jobs, then every change. Answers what stops it. */
  async watch(emit: (event: JobEvent) => void): Promise<() => void> {
    const early: JobEvent[] = [];
    let ready = false;
    const listener = (event: JobEvent) => {
      if (ready) emit(event);
      else early.push(event);
    };
    this.#listeners.add(listener);
    try {
      emit({ type: 'snapshot', jobs: await this.views() });
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
    ready = true;
    for (const event of early) emit(event);
    return () => void this.#listeners.delete(listener);
  }

  changed(jobId: string): void {
    if (this.#listeners.size === 0) return;
    this.#pending.add(jobId);
    void this.#pump();
  }

  removed(jobId: string): void {
    for (const listener of this.#listeners) listener({ type: 'removed', jobId });
  }

  stepStarted(jobId: string, step: JobStep, bytesTotal: number): void {
    this.stepEnded(jobId);
    this.#live.set(jobId, {
      step,
      startedAtMs: performance.now(),
      bytesDone: 0,
      bytesTotal,
      rows: 0,
      notice: null,
      timer: null,
    });
  }

  progress(jobId: string, progress: StepProgress): void {
    const live = this.#live.get(jobId);
    if (!live) return;
    live.bytesDone = progress.bytesDone;
    live.bytesTotal = progress.bytesTotal ?? live.bytesTotal;
    live.rows = progress.rows ?? live.rows;
    live.notice = progress.notice ?? null;
    live.timer ??= setTimeout(() => {
      live.timer = null;
      this.changed(jobId);
    }, PROGRESS_EVERY_MS);
  }

  stepEnded(jobId: string): void {
    const live = this.#live.get(jobId);
    if (live?.timer) clearTimeout(live.timer);
    this.#live.delete(jobId);
  }

  #liveOf(jobId: string): { progress: JobProgress; elapsedMs: number } | null {
    const live = this.#live.get(jobId);
    if (!live) return null;
    const { step, bytesDone, bytesTotal, rows, notice } = live;
    const elapsedMs = performance.now() - live.startedAtMs;
    const known = elapsedMs >= RATE_AFTER_MS && bytesDone > 0;
    const bytesPerSecond = known ? (bytesDone / elapsedMs) * 1000 : 0;
    return {
      elapsedMs,
      progress: {
        step,
        bytesDone,
        bytesTotal,
        rows,
        bytesPerSecond,
        rowsPerSecond: known ? (rows / elapsedMs) * 1000 : 0,
        notice,
        etaMs: known ? (Math.max(0, bytesTotal - bytesDone) / bytesPerSecond) * 1000 : null,
      },
    };
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (const jobId of this.#pending) {
        this.#pending.delete(jobId);
        const job = await this.view(jobId);
        if (job) for (const listener of this.#listeners) listener({ type: 'job', job });
      }
    } catch (error) {
      // The store is closing or failing; whoever needs it hears of it from the step itself.
      this.#log.warn({ error: toAppError(error) }, 'A job event could not be told');
    } finally {
      this.#pumping = false;
    }
  }
}
