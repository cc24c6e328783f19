import type { JobProgress, JobStep } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import type { Log } from '../diagnostics/ports.ts';
import type { ChunkBuilder } from '../publishing/ports.ts';
import type { ClusterPublisher, Mutex, Publisher } from '../publishing/index.ts';
import type { RuleBook } from '../rules/index.ts';
import type { CanonicalFiles } from './canonical-files.ts';
import type { ImportFolders } from './folders.ts';
import type { FileParser, ObjectStore, StagedFile, StagingArea } from './ports.ts';
import type { StagedKeeper } from './staged-keeper.ts';
import type {
  ImportRegistry,
  JobRecord,
  JobStore,
  MappingMemory,
  SettingsStore,
  TaskBoard,
} from './store-ports.ts';

/** Everything that the steps of an import work with. */
export interface Pipeline {
  readonly dataset: string;
  readonly jobs: JobStore;
  readonly registry: ImportRegistry;
  readonly mappings: MappingMemory;
  readonly settings: SettingsStore;
  readonly ruleBook: RuleBook;
  readonly tasks: TaskBoard;
  /** Machine and user, for people on other machines. */
  readonly owner: string;
  readonly staging: StagingArea;
  readonly keeper: StagedKeeper;
  readonly objects: ObjectStore;
  readonly parser: FileParser;
  readonly builder: ChunkBuilder;
  readonly canonical: CanonicalFiles;
  readonly publisher: Publisher;
  /** Null when no cluster is configured. */
  readonly clusterPublisher: ClusterPublisher | null;
  readonly folders: ImportFolders;
  /** Held by whoever reads the activation log to decide on it, until the decision is in it. */
  readonly logLock: Mutex;
  readonly now: () => Date;
  readonly log: Log;
}

export interface StepProgress {
  readonly bytesDone: number;
  readonly bytesTotal?: number;
  readonly rows?: number;
  readonly notice?: JobProgress['notice'];
}

/** How a running step hears of a cancel and tells how it gets on. */
export interface StepRun {
  readonly signal: AbortSignal;
  progress(progress: StepProgress): void;
}

/** What a step changes in its job, all of it durable before the next step begins. */
export interface StepResult {
  readonly patch: Partial<Omit<JobRecord, 'jobId'>>;
  readonly bytes: number;
  readonly rows: number;
  /** `waiting` when a person is asked now. */
  readonly state?: 'done' | 'waiting' | 'skipped';
}

/** Runs from durable input only, and may run again at any time after a crash. */
export type Step = (pipeline: Pipeline, job: JobRecord, run: StepRun) => Promise<StepResult>;
export type Steps = Readonly<Record<JobStep, Step>>;

/** A step that failed but found something worth keeping, such as the report of a file without good rows. */
export class StepFailure extends Error {
  readonly reason: AppError;
  readonly patch: StepResult['patch'];

  constructor(reason: AppError, patch: StepResult['patch']) {
    super(reason.code, { cause: reason });
    this.reason = reason;
    this.patch = patch;
  }
}

/** Something that an earlier step must have written is not in the record: a bug, said as such. */
export function required<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined)
    throw new AppError('app.bug', 'bug', { message: `the job has no ${name}` });
  return value;
}

/** The staged bytes of a job; `imports.staged_missing` when they are gone. */
export async function stagedFile(pipeline: Pipeline, job: JobRecord): Promise<StagedFile> {
  const staged = await pipeline.staging.find(required(job.rawSha256, 'hash'));
  if (!staged) throw new AppError('imports.staged_missing', 'notFound', { fileName: job.fileName });
  return staged;
}

export function throwIfCancelled(run: StepRun): void {
  if (run.signal.aborted) throw new AppError('app.cancelled', 'cancelled');
}
