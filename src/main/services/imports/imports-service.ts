import { randomUUID } from 'node:crypto';
import { basename, extname, join } from 'node:path';
import type { ImportOptions } from '#shared/contract/imports';
import type { Input, Output, ParsedInput } from '#shared/contract/index';
import type { JobView } from '#shared/domain/job';
import { withReadAs } from '#shared/domain/mapping';
import { suggestMapping } from '#shared/domain/mapping-suggestion';
import { AppError } from '#shared/errors/app-error';
import { namesIn } from './canonical-files.ts';
import type { JobEvent, JobEvents } from './job-events.ts';
import { isFinal, STATE_BEFORE } from './job-states.ts';
import type { JobRunner } from './job-runner.ts';
import { required, type Pipeline } from './pipeline.ts';
import { mappedPatch } from './read-steps.ts';
import { requireComplete } from './require-mapping.ts';
import { tasksOfEverybody } from './shared-tasks.ts';
import type { JobRecord } from './store-ports.ts';

export interface UploadMeta {
  readonly fileName: string;
  /** What the sender announced; null when unknown. */
  readonly sizeBytes: number | null;
}

interface Upload {
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const SAMPLE_FILES = new Set(['.csv', '.tsv', '.xlsx', '.parquet']);

/** The queue of imports: starts jobs, and takes what a person decides about them. */
export class ImportsService {
  readonly #pipeline: Pipeline;
  readonly #runner: JobRunner;
  readonly #events: JobEvents;
  readonly #uploads = new Map<string, Upload>();

  constructor(pipeline: Pipeline, runner: JobRunner, events: JobEvents) {
    this.#pipeline = pipeline;
    this.#runner = runner;
    this.#events = events;
  }

  /** Stages bytes that stream in; the answered id stands for them in `imports.start` until the engine closes. */
  async stageUpload(
    source: AsyncIterable<Uint8Array>,
    meta: UploadMeta,
    signal: AbortSignal,
  ): Promise<{ uploadId: string }> {
    const { staging, keeper } = this.#pipeline;
    return keeper.whileStaging(async () => {
      const staged = await staging.stageStream(source, { signal, sizeBytes: meta.sizeBytes });
      const uploadId = randomUUID();
      this.#uploads.set(uploadId, {
        fileName: basename(meta.fileName.replaceAll('\\', '/')),
        sha256: staged.sha256,
        sizeBytes: staged.sizeBytes,
      });
      keeper.hold(staged.sha256);
      return { uploadId };
    });
  }

  /** One job per file, in the order of the files. Either all jobs are made or none. */
  async start({ files, options }: ParsedInput<'imports.start'>): Promise<Output<'imports.start'>> {
    const sources = files.map((file) => {
      if (file.kind === 'path') return { sourcePath: file.path, fileName: basename(file.path), upload: null };
      const upload = this.#uploads.get(file.uploadId);
      if (!upload) throw new AppError('imports.upload_unknown', 'notFound', { uploadId: file.uploadId });
      return { sourcePath: null, fileName: upload.fileName, upload };
    });
    const jobIds: string[] = [];
    for (const source of sources) jobIds.push(await this.#insert(source, options));
    for (const file of files) if (file.kind === 'upload') this.#uploads.delete(file.uploadId);
    for (const { upload } of sources) if (upload) this.#pipeline.keeper.letGo(upload.sha256);
    for (const jobId of jobIds) {
      this.#events.changed(jobId);
      this.#runner.drive(jobId);
    }
    return { jobIds };
  }

  async startSample(): Promise<Output<'imports.start-sample'>> {
    const folder = this.#pipeline.folders.sample;
    const names = (await namesIn(folder)).filter(
      (name) => SAMPLE_FILES.has(extname(name).toLowerCase()) && !name.toLowerCase().includes('target'),
    );
    if (names.length === 0) throw new AppError('imports.sample_missing', 'notFound', { folder });
    return this.start({
      files: names.map((name) => ({ kind: 'path' as const, path: join(folder, name) })),
      options: {},
    });
  }

  async #insert(
    source: { sourcePath: string | null; fileName: string; upload: Upload | null },
    options: ImportOptions,
  ): Promise<string> {
    const now = this.#pipeline.now().toISOString();
    const jobId = randomUUID();
    await this.#pipeline.jobs.insert({
      jobId,
      dataset: this.#pipeline.dataset,
      fileName: source.fileName,
      sourcePath: source.sourcePath,
      sizeBytes: source.upload?.sizeBytes ?? 0,
      state: 'queued',
      options,
      rawSha256: source.upload?.sha256 ?? null,
      inspection: null,
      table: null,
      mapping: null,
      rules: null,
      importId: null,
      duplicateOf: null,
      report: null,
      review: [],
      decision: null,
      ledger: null,
      error: null,
      waitingFor: null,
      acceptedIn: null,
      cancelRequested: false,
      dismissed: false,
      createdAt: now,
      updatedAt: now,
    });
    return jobId;
  }

  async list(): Promise<{ jobs: JobView[] }> {
    return { jobs: await this.#events.views() };
  }

  /** Fails with `postgres.*` while the shared database is away. */
  async everywhere(limit: number): Promise<Output<'jobs.everywhere'>> {
    const { jobs, tasks, owner } = this.#pipeline;
    const own = await jobs.list({ includeDismissed: false });
    return { tasks: await tasksOfEverybody(tasks, own, owner, limit) };
  }

  watch(emit: (event: JobEvent) => void): Promise<() => void> {
    return this.#events.watch(emit);
  }

  async get(jobId: string): Promise<JobView> {
    const view = await this.#events.view(jobId);
    if (!view) throw new AppError('jobs.unknown', 'notFound', { jobId });
    return view;
  }

  async #job(jobId: string): Promise<JobRecord> {
    const job = await this.#pipeline.jobs.get(jobId);
    if (!job) throw new AppError('jobs.unknown', 'notFound', { jobId });
    return job;
  }

  async inspection({ jobId, table }: Input<'jobs.inspection'>): Promise<Output<'jobs.inspection'>> {
    const { mappings } = this.#pipeline;
    const job = await this.#job(jobId);
    const index = table ?? job.table ?? 0;
    const inspected = job.inspection?.tables[index];
    if (!job.inspection || !inspected)
      throw new AppError('jobs.not_inspected', 'conflict', { fileName: job.fileName });
    const remembered = await mappings.find(inspected.fingerprint);
    const advice = suggestMapping(inspected, remembered);
    return {
      inspection: job.inspection,
      table: index,
      suggestions: [...advice.suggestions],
      mapping: job.mapping && job.table === index ? job.mapping : advice.mapping,
      missing: [...advice.missing],
      remembered: remembered !== null,
    };
  }

  async map({ jobId, table, mapping, remember }: ParsedInput<'jobs.map'>): Promise<JobView> {
    const { mappings, ruleBook } = this.#pipeline;
    const check = (job: JobRecord) => {
      const open = job.state === 'mapping-needed' || job.state === 'review-needed';
      // A file without good rows, or one that failed while it was read, may just have been mapped wrongly.
      const failedUnread = job.state === 'failed' && job.inspection !== null && job.decision === null;
      if (!open && !failedUnread) throw wrongState(job);
      const inspected = job.inspection?.tables[table];
      if (!inspected) throw new AppError('jobs.not_inspected', 'conflict', { fileName: job.fileName });
      requireComplete(inspected, mapping);
    };
    await this.#runner.change(jobId, check, async (job) => {
      const inspected = required(job.inspection?.tables[table], 'table in its inspection');
      if (remember) await mappings.remember(inspected.fingerprint, mapping);
      return mappedPatch(job, table, mapping, await ruleBook.resolve());
    });
    return this.get(jobId);
  }

  /** The job's mapping, with texts that stand for others; like `map`, for a job whose columns are settled. */
  async readAs({ jobId, values, remember }: ParsedInput<'jobs.read-as'>): Promise<JobView> {
    const job = await this.#job(jobId);
    if (job.mapping === null || job.table === null)
      throw new AppError('jobs.not_inspected', 'conflict', { fileName: job.fileName });
    const mapping = values.reduce(
      (before, { field, found, meant }) => withReadAs(before, field, { found, meant }),
      job.mapping,
    );
    return this.map({ jobId, table: job.table, mapping, remember });
  }

  async accept({ jobId, onOverlap, supersedes }: Input<'jobs.accept'>): Promise<JobView> {
    const check = (job: JobRecord) => {
      if (job.state !== 'review-needed') throw wrongState(job);
      const totals = job.review.find((reason) => reason.kind === 'control-totals')?.lines ?? [];
      const differing = totals.filter((line) => !line.balanced);
      if (differing.length > 0)
        throw new AppError('jobs.control_totals_differ', 'input', {
          fileName: job.fileName,
          problems: differing
            .map(({ check, expected, actual }) => `${check}: ${expected} declared, ${actual} found.`)
            .join(' '),
        });
      const overlaps = job.review.find((reason) => reason.kind === 'overlap')?.overlaps ?? [];
      const left = overlaps.filter((overlap) => !supersedes?.includes(overlap.importId));
      if (left.length > 0 && onOverlap === undefined)
        throw new AppError('jobs.overlap_undecided', 'input', {
          fileName: job.fileName,
          others: left.map((overlap) => overlap.fileName),
        });
    };
    await this.#runner.change(jobId, check, async (job) => ({
      state: 'validated',
      decision: {
        policy: onOverlap ?? job.options.onOverlap ?? 'keep',
        supersedes: supersedes ?? job.options.supersedes ?? [],
        decidedAt: this.#pipeline.now().toISOString(),
      },
    }));
    return this.get(jobId);
  }

  async cancel(jobId: string): Promise<JobView> {
    await this.#runner.cancel(jobId);
    return this.get(jobId);
  }

  /** Runs the failed step again, from what the steps before it left. One that waits for a connection tries at once. */
  async retry(jobId: string): Promise<JobView> {
    const { waitingFor } = await this.#job(jobId);
    if (waitingFor) {
      this.#runner.tryNow(waitingFor.connection);
      return this.get(jobId);
    }
    const check = (job: JobRecord) => {
      if (job.state !== 'failed') throw wrongState(job);
    };
    await this.#runner.change(jobId, check, async (job) => {
      const failed = (await this.#pipeline.jobs.steps(jobId)).findLast((step) => step.state === 'failed');
      if (!failed) throw wrongState(job);
      return { state: STATE_BEFORE[failed.step], error: null, cancelRequested: false, dismissed: false };
    });
    return this.get(jobId);
  }

  async dismiss(jobId: string): Promise<Record<string, never>> {
    const check = (job: JobRecord) => {
      if (!isFinal(job.state)) throw wrongState(job);
    };
    await this.#runner.change(jobId, check, () => Promise.resolve({ dismissed: true }));
    this.#pipeline.keeper.release((await this.#job(jobId)).rawSha256);
    await this.#pipeline.keeper.flush();
    this.#events.removed(jobId);
    return {};
  }
}

const wrongState = (job: JobRecord) =>
  new AppError('jobs.wrong_state', 'conflict', { fileName: job.fileName, state: job.state });
