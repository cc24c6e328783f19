import type { AppError, AppErrorJson } from '#shared/errors/app-error';
import type { LedgerTotals } from '#shared/domain/sales-schema';

/** Rows and exact sums of one import on one branch and day: what overlap and the ledger are computed from. */
export interface FootprintRow {
  /** `yyyy-mm` */
  readonly chunk: string;
  readonly branch: string;
  /** `yyyy-mm-dd` */
  readonly day: string;
  readonly rows: number;
  readonly totals: LedgerTotals;
}

/** What one import contributes to a chunk: all its canonical rows but those on the excluded branch-days. */
export interface ChunkPart {
  readonly importId: string;
  /** Path of the import's canonical Parquet of that month. */
  readonly path: string;
  readonly excluded: readonly { branch: string; day: string }[];
}

export interface BuiltChunk {
  /** Null when the chunk has no rows. */
  readonly path: string | null;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly byImport: readonly ImportTotals[];
}

/** Builds derived Parquet, one file per chunk, and measures canonical Parquet. The local implementation is DuckDB. */
export interface ChunkBuilder {
  /** Groups canonical files by branch and day. */
  footprint(files: readonly { chunk: string; path: string }[]): Promise<readonly FootprintRow[]>;
  /** Writes the chunk's rows, sorted by branch and time, to `targetPath` (temp name, fsync, rename) and measures what it wrote. */
  build(parts: readonly ChunkPart[], targetPath: string): Promise<BuiltChunk>;
  /** Rows and exact sums by import of one derived or canonical file, read back from disk: the ledger's engine side. */
  measure(path: string): Promise<readonly ImportTotals[]>;
  /** How many rows of the new files are equal, field by field, to a row of the other file (each matched once). */
  equalRows(paths: readonly string[], otherPaths: readonly string[]): Promise<number>;
}

/** One line of the activation log as publishing reads it. */
export interface LogEntry {
  readonly sequence: number;
  readonly importId: string;
  readonly policy: 'keep' | 'replace' | 'skip';
  readonly supersedes: readonly string[];
  readonly undoneAt: string | null;
}

/** What publishing reads of the registry. */
export interface ActivationLog {
  /** Who the registry is: another database has another id, and its generations count on their own. */
  registryId(): Promise<string>;
  log(dataset: string): Promise<readonly LogEntry[]>;
  footprint(importIds: readonly string[]): Promise<ReadonlyMap<string, readonly FootprintRow[]>>;
  /** Desired generation by chunk. */
  desiredGenerations(dataset: string): Promise<ReadonlyMap<string, number>>;
}

/** A registry that can ask for a chunk to be built anew though nothing changed. */
export interface RenewableLog extends ActivationLog {
  /** Raises the desired generation of a chunk that the registry knows; false when it knows none of that name. */
  renew(dataset: string, chunk: string): Promise<boolean>;
}

/** What the local engine serves: swapped in one transaction, so that readers see all of a change or none of it. */
export interface Publication {
  manifest(dataset: string): Promise<Manifest>;
  /** What the manifest was built from: a registry (null before the first adoption), and the generation of each chunk, empty ones included. */
  published(dataset: string): Promise<PublishedState>;
  /**
   * Adopts built chunks together and raises the data version. `path` is null for a chunk without rows. Chunks that were
   * built from another registry are dropped in the same moment.
   */
  adopt(
    dataset: string,
    registryId: string,
    chunks: readonly { chunk: string; generation: number; path: string | null; rows: number }[],
  ): Promise<Manifest>;
}

export interface PublishedState {
  readonly registryId: string | null;
  readonly generations: ReadonlyMap<string, number>;
}

/** The derived file of one chunk that the local engine reads. */
export interface PublishedChunk {
  readonly chunk: string;
  readonly generation: number;
  readonly path: string;
  readonly rows: number;
}

/** One consistent state of the local engine: every query reads exactly one manifest. */
export interface Manifest {
  /** Grows by one with each adoption. */
  readonly dataVersion: number;
  readonly chunks: readonly PublishedChunk[];
}

/** What analytics sees of publishing. */
export interface ManifestReader {
  current(): Manifest;
  /** True while the desired generation of some chunk is not yet published. */
  isPublishing(): boolean;
  onChange(listener: () => void): () => void;
  /** Keeps the files of a manifest on disk until released: a query in flight never loses them. */
  retain(manifest: Manifest): () => void;
}

/** What a cluster serves of a chunk, as the registry remembers it. */
export interface ClusterChunk {
  readonly chunk: string;
  readonly generation: number;
  readonly rows: number;
  /** Version of the segments that hold it; null for a chunk without rows. */
  readonly version: string | null;
  /** ISO 8601. */
  readonly publishedAt: string;
}

/** One try to bring a generation of a chunk into the cluster; recorded before it is submitted. */
export interface ClusterAttempt {
  readonly chunk: string;
  readonly generation: number;
  /** Counts from 1. */
  readonly attempt: number;
  readonly taskId: string;
  readonly state: 'submitting' | 'submitted' | 'succeeded' | 'failed';
  /** What the task reads. */
  readonly inputs: readonly { readonly key: string; readonly sha256: string; readonly rows: number }[];
  readonly error: AppErrorJson | null;
  /** ISO 8601. */
  readonly submittedAt: string;
}

/** What of a dataset is in a cluster's datasource: kept with the registry, so that every installation knows it. */
export interface ClusterPublication {
  /** Emptied chunks included. */
  chunks(datasource: string): Promise<readonly ClusterChunk[]>;
  /** Grows by one with each adoption; 0 before the first. */
  dataVersion(datasource: string): Promise<number>;
  /** Remembers a chunk at a generation, unless a newer generation is known already; answers whether it did. */
  adopt(datasource: string, chunk: ClusterChunk): Promise<boolean>;
  /** Attempts of one generation of a chunk, oldest first. */
  attempts(datasource: string, chunk: string, generation: number): Promise<readonly ClusterAttempt[]>;
  /** Inserts an attempt, or changes the one of that chunk, generation and number. */
  recordAttempt(datasource: string, attempt: ClusterAttempt): Promise<void>;
}

/** A part of a chunk's rows as a file that a cluster can ingest. */
export interface IngestPart {
  readonly path: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly rows: number;
}

/** Turns the derived file of a chunk into what a cluster ingests. The local implementation is DuckDB. */
export interface IngestWriter {
  /** Writes all rows of the file, in its order, as parts into an existing, empty folder. The same file gives the same bytes. */
  write(
    request: { readonly path: string; readonly folder: string },
    signal?: AbortSignal,
  ): Promise<readonly IngestPart[]>;
}

/** Where ingest parts are put so that a cluster can read them: an object store of which only this is needed. */
export interface IngestObjects {
  /** An equal object that is there already is kept. */
  putFile(
    key: string,
    path: string,
    options: { readonly sha256: string; readonly signal: AbortSignal },
  ): Promise<void>;
  /** Reads the object back: its bytes must have this hash. Throws `objects.missing`, `objects.altered`, `s3.object_altered`. */
  verify(key: string, sha256: string, signal: AbortSignal): Promise<void>;
}

/** Rows and exact sums of one import in one chunk: what the ledger compares. */
export interface ImportTotals {
  readonly importId: string;
  readonly rows: number;
  readonly totals: LedgerTotals;
}

/** One try to replace a chunk in the cluster by what the inputs hold. */
export interface ChunkLoad {
  /** Generations of another registry are other ones, whatever their number. */
  readonly registryId: string;
  readonly chunk: string;
  readonly generation: number;
  readonly attempt: number;
  readonly inputs: ClusterAttempt['inputs'];
}

/** How many tasks the cluster can run at a time, and how many it runs. */
export interface ClusterSlots {
  readonly capacity: number;
  readonly used: number;
}

export type ClusterTask =
  /** The cluster never heard of it, or has forgotten it. */
  | { readonly state: 'unknown' }
  /** For a free slot, for another task on the same chunk to end, or for a worker that has gone away with it. */
  | { readonly state: 'waiting'; readonly for: 'slot' | 'lock' | 'worker' }
  | { readonly state: 'running'; readonly rows: number | null }
  /** `counts` is null when the cluster keeps no report of it. */
  | {
      readonly state: 'succeeded';
      readonly counts: { readonly processed: number; readonly lost: number } | null;
    }
  | { readonly state: 'failed'; readonly error: AppError };

/**
 * A cluster that holds a dataset chunk by chunk in one datasource. Everything may be asked twice. Errors: `druid.*`,
 * `app.cancelled`.
 */
export interface ChunkCluster {
  /** The same for the same chunk, generation, attempt and inputs, and for no other. */
  taskId(load: ChunkLoad): string;
  /** Starts the task of a load; one that the cluster has already under this id is taken for it. */
  submit(load: ChunkLoad, signal: AbortSignal): Promise<void>;
  task(taskId: string, signal: AbortSignal): Promise<ClusterTask>;
  /** Ends every task of ours on the chunk but `keep`, and resolves when none of them can write any more. */
  stopTasks(chunk: string, keep: string | null, signal: AbortSignal): Promise<void>;
  /** Null when the cluster does not say. */
  slots(signal: AbortSignal): Promise<ClusterSlots | null>;
  /** The newest version of the chunk that the cluster knows; null when it has none. */
  newestVersion(chunk: string, signal: AbortSignal): Promise<string | null>;
  /** Resolves to the version with which the chunk is served, as soon as one that is newer than `after` is served whole. */
  served(chunk: string, after: string | null, signal: AbortSignal): Promise<string>;
  /** Takes the chunk out of the datasource and resolves when queries see nothing of it. */
  empty(chunk: string, signal: AbortSignal): Promise<void>;
  /** What queries see of the chunk, by import, sorted by import. */
  measure(chunk: string, signal: AbortSignal): Promise<readonly ImportTotals[]>;
  /**
   * `druid.foreign_rows` when the datasource holds anything else than rows of known imports, which are asked for after
   * the datasource was: an import that others publish meanwhile is known by then.
   */
  refuseForeignRows(knownImports: () => Promise<ReadonlySet<string>>, signal: AbortSignal): Promise<void>;
}

/** The right to publish something, held for a time: of several installations one works, the others wait. */
export interface Lease {
  readonly name: string;
  /** Prolongs it; false when it ran out and somebody else has it now: what it protects must stop. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

export interface Leases {
  /** Null while somebody else holds it. Runs out by the store's clock, never by that of a machine. */
  acquire(name: string, ttlMs: number): Promise<Lease | null>;
  /** Who holds it, for people: machine and user; null when free. */
  holder(name: string): Promise<string | null>;
}
