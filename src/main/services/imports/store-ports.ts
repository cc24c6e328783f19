import type { ImportOptions } from '#shared/contract/imports';
import type { Settings } from '#shared/contract/app';
import type {
  ConnectionWait,
  JobState,
  JobStep,
  Ledger,
  OverlapPolicy,
  ReviewReason,
  SharedTask,
} from '#shared/domain/job';
import type { Mapping } from '#shared/domain/mapping';
import type { ResolvedRules } from '#shared/domain/rules/rule-set';
import type { LedgerTotals } from '#shared/domain/sales-schema';
import type { Inspection } from '#shared/domain/tables';
import type { AppErrorJson } from '#shared/errors/app-error';
import type { ConnectionsKeeper } from '../connections/ports.ts';
import type {
  ClusterPublication,
  FootprintRow,
  Leases,
  Publication,
  RenewableLog,
} from '../publishing/ports.ts';
import type { RuleCopy, RuleStore } from '../rules/ports.ts';
import type { ValidationReport } from './ports.ts';

/**
 * Written before the import is activated. `decidedAt` becomes the `activatedAt` of the log entry: by it a job that was
 * cut off between the two knows its own entry again, and never takes somebody else's for its own.
 */
export interface AcceptDecision {
  readonly policy: OverlapPolicy;
  readonly supersedes: readonly string[];
  readonly decidedAt: string;
}

/** A job as it is stored: everything that the next start needs to go on. Times are ISO 8601 in UTC. */
export interface JobRecord {
  readonly jobId: string;
  readonly dataset: string;
  readonly fileName: string;
  /** Where the bytes come from until they are staged; null for uploads, which are staged before the job exists. */
  readonly sourcePath: string | null;
  readonly sizeBytes: number;
  readonly state: JobState;
  readonly options: ImportOptions;
  readonly rawSha256: string | null;
  readonly inspection: Inspection | null;
  readonly table: number | null;
  readonly mapping: Mapping | null;
  /** Settled together with the mapping; null before, and for jobs of a Mauzo without rules. */
  readonly rules: ResolvedRules | null;
  readonly importId: string | null;
  readonly duplicateOf: { importId: string; fileName: string; acceptedAt: string } | null;
  readonly report: ValidationReport | null;
  readonly review: readonly ReviewReason[];
  /** What was decided about overlaps when the job was accepted; null before. */
  readonly decision: AcceptDecision | null;
  readonly ledger: Ledger | null;
  readonly error: AppErrorJson | null;
  /** Set while a connection does not answer: the job goes on by itself when it does. */
  readonly waitingFor: ConnectionWait | null;
  /** The registry that the import was put into; null before. */
  readonly acceptedIn: string | null;
  /** Set when a cancel was asked for while a step ran. */
  readonly cancelRequested: boolean;
  readonly dismissed: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface JobStepRecord {
  readonly step: JobStep;
  readonly state: 'running' | 'waiting' | 'done' | 'failed' | 'skipped';
  /** Counts from 1; a step that was cut off by a crash runs again as the next attempt. */
  readonly attempt: number;
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly bytes: number;
  readonly rows: number;
}

export interface JobStore {
  insert(job: JobRecord): Promise<void>;
  /** Changes fields and (when given) writes one step, in one durable transaction; answers the job as stored. */
  update(jobId: string, patch: Partial<Omit<JobRecord, 'jobId'>>, step?: JobStepRecord): Promise<JobRecord>;
  get(jobId: string): Promise<JobRecord | null>;
  /** Oldest first. */
  list(filter: { includeDismissed: boolean }): Promise<readonly JobRecord[]>;
  steps(jobId: string): Promise<readonly JobStepRecord[]>;
}

/** An accepted file: immutable. */
export interface ImportRecord {
  readonly importId: string;
  readonly dataset: string;
  readonly rawSha256: string;
  readonly jobId: string;
  readonly fileName: string;
  readonly sheet: string;
  readonly mapping: Mapping;
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  readonly rowsSkipped: number;
  readonly totals: LedgerTotals;
  readonly chunks: readonly { chunk: string; key: string; sha256: string; rows: number; sizeBytes: number }[];
  readonly acceptedAt: string;
}

/** One entry of the activation log: what counts is the fold of the entries that are not undone, in sequence. */
export interface ActivationEntry {
  readonly sequence: number;
  readonly dataset: string;
  readonly importId: string;
  readonly policy: OverlapPolicy;
  /** Imports that this entry takes out as a whole, while it is active. */
  readonly supersedes: readonly string[];
  readonly activatedAt: string;
  readonly undoneAt: string | null;
}

/** Accepted imports, the activation log and the desired generation of each chunk. Each method is one transaction. */
export interface ImportRegistry extends RenewableLog {
  findImport(importId: string): Promise<ImportRecord | null>;
  listImports(dataset: string): Promise<readonly ImportRecord[]>;
  log(dataset: string): Promise<readonly ActivationEntry[]>;
  /**
   * Registers the import (kept as it is when known already), appends to the log and raises the desired generation of
   * `touchedChunks`. Fails with `store.log_moved` when the log's newest sequence is not `expectedSequence` (0 when
   * empty), so that a decision is never applied to a log that it was not made for; with `store.already_active` when
   * the import has an entry that is not undone.
   */
  activate(change: {
    readonly record: ImportRecord;
    readonly footprint: readonly FootprintRow[];
    readonly policy: OverlapPolicy;
    readonly supersedes: readonly string[];
    readonly touchedChunks: readonly string[];
    readonly expectedSequence: number;
    readonly activatedAt: string;
  }): Promise<ActivationEntry>;
  /** Marks the import's active entry as undone and raises generations; `store.not_active` when there is none. */
  undo(change: {
    readonly importId: string;
    readonly touchedChunks: readonly string[];
    readonly undoneAt: string;
  }): Promise<ActivationEntry>;
}

/** Mappings that a person confirmed, by header fingerprint. */
export interface MappingMemory {
  find(fingerprint: string): Promise<Mapping | null>;
  remember(fingerprint: string, mapping: Mapping): Promise<void>;
}

/** Mappings that were confirmed while the shared store did not answer, kept here until it has them. */
export interface HeldMappings {
  hold(fingerprint: string, mapping: Mapping): Promise<void>;
  held(): Promise<readonly { readonly fingerprint: string; readonly mapping: Mapping }[]>;
  /** The shared store has it now. */
  told(fingerprint: string, mapping: Mapping): Promise<void>;
}

export interface SettingsStore {
  read(): Promise<Settings>;
  update(patch: Partial<Settings>): Promise<Settings>;
}

/** Jobs of every installation on one shared store. Each job lives in its own data folder; this is what others see of it. */
export interface TaskBoard {
  /** Inserts the task or replaces what is known of it; an older state than the known one changes nothing. */
  post(task: SharedTask): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly SharedTask[]>;
}

/** What belongs to one data folder, always on this computer. */
export interface LocalStores {
  readonly jobs: JobStore;
  /** What the local engine serves. */
  readonly publication: Publication;
  readonly connections: ConnectionsKeeper;
  /** Personal settings, and a copy of the shared ones for the time in which the shared store does not answer. */
  readonly ownSettings: SettingsStore;
  /** A copy of the mappings that this computer has used. */
  readonly ownMappings: MappingMemory & HeldMappings;
  /** A copy of the shared rules. */
  readonly ownRules: RuleCopy;
}

/** What counts, for everybody who shares it: in PostgreSQL when one is configured, else in the data folder. */
export interface SharedStores {
  readonly registry: ImportRegistry;
  readonly mappings: MappingMemory;
  readonly settings: SettingsStore;
  readonly cluster: ClusterPublication;
  readonly leases: Leases;
  readonly tasks: TaskBoard;
  readonly rules: RuleStore;
}

/** The stores that an engine works with. */
export interface Stores extends LocalStores, SharedStores {
  close(): Promise<void>;
}
