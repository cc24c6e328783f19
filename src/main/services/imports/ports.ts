import type { FindingSummary } from '#shared/domain/findings';
import type { SimilarValue } from '#shared/domain/job';
import type { Mapping } from '#shared/domain/mapping';
import type { ResolvedRules } from '#shared/domain/rules/rule-set';
import type { LedgerTotals } from '#shared/domain/sales-schema';
import type { Inspection } from '#shared/domain/tables';

/** What a caller holds of a running parser process: a way to stop it and its progress. */
export interface ParserRun {
  readonly signal: AbortSignal;
  onProgress?(progress: { bytesDone: number; bytesTotal: number; rows: number }): void;
}

/** A staged file. `fileName` is what the person knows it by: metadata for messages, never opened. */
export interface ParserFile {
  readonly path: string;
  readonly fileName: string;
}

export interface ValidateRequest {
  readonly file: ParserFile;
  /** Index in `inspection.tables` of the table to read. */
  readonly table: number;
  readonly inspection: Inspection;
  readonly mapping: Mapping;
  /** The company's rules, with what they compare with. */
  readonly rules: ResolvedRules;
  /** Written into the provenance column of every row. */
  readonly importId: string;
  /** An existing, empty folder of this job; everything below is written there and nowhere else. */
  readonly outDir: string;
  /** Calendar day `yyyy-mm-dd` in the business time zone: dates after it are in the future. */
  readonly today: string;
}

/** One canonical Parquet file: the accepted rows of one calendar month. */
export interface CanonicalChunk {
  /** `yyyy-mm` */
  readonly chunk: string;
  readonly path: string;
  readonly rows: number;
  readonly sizeBytes: number;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
}

/**
 * What validation found. Always `rowsRead = rowsAccepted + rowsRejected + rowsSkipped` (header rows are not records).
 * The same request gives the same report and the same files, byte for byte.
 */
export interface ValidationReport {
  /** Header of the table as it was understood. */
  readonly header: readonly string[];
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  /** Title, blank, total and footer lines. */
  readonly rowsSkipped: number;
  /** Exact counts of every finding, with up to five samples each. */
  readonly findings: readonly FindingSummary[];
  /** Exact sums over the accepted rows as the reader read them, independent of what Polars wrote. */
  readonly totals: LedgerTotals;
  readonly chunks: readonly CanonicalChunk[];
  /** JSON lines of `Finding`, in row order; every error and warning up to `listed`, beyond that only counted. */
  readonly findingsPath: string;
  readonly findingsListed: number;
  /** JSON lines of `RejectedRow`, in row order, complete. */
  readonly rejectsPath: string;
  /** JSON lines of `{ sheet, row, kind, text }`, complete: where each skipped line is. */
  readonly skippedPath: string;
  /** Names that are new and look like known ones; the rows count unless a person says otherwise. */
  readonly similarValues: readonly SimilarValue[];
}

export interface ReadRequest {
  readonly file: ParserFile;
  readonly outDir: string;
  /** JSON lines of findings are appended here when set. */
  readonly findingsPath: string | null;
}

export interface ReadReport {
  readonly outputs: readonly { sheet: string; path: string; rows: number }[];
  readonly findings: number;
  readonly errors: number;
}

/**
 * Reads hostile files in disposable, memory-capped processes, one file each. A parser that dies or hangs rejects with
 * `reading.parser_died`, `reading.parser_out_of_memory` or `reading.parser_timeout`; the engine lives on.
 */
export interface FileParser {
  inspect(file: ParserFile, run: ParserRun): Promise<Inspection>;
  validate(request: ValidateRequest, run: ParserRun): Promise<ValidationReport>;
  read(request: ReadRequest, run: ParserRun): Promise<ReadReport>;
}

/** A file as it lies in staging: complete, synced, immutable and named by its hash. */
export interface StagedFile {
  readonly sha256: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** Where dropped files are copied to before anything reads them. */
export interface StagingArea {
  /**
   * Copies while hashing: temp name, fsync, rename to the hash. Refuses a source that changed during the read
   * (`staging.changed`), vanished (`staging.gone`), cannot be read (`staging.unreadable`), is no regular file
   * (`staging.not_a_file`), is empty (`staging.empty`), is over the size limit (`staging.too_large`) or does not fit
   * on the disk (`staging.disk_full`, with the bytes needed).
   */
  stageFile(
    sourcePath: string,
    options: { signal: AbortSignal; onProgress?: (bytesDone: number, bytesTotal: number) => void },
  ): Promise<StagedFile>;
  /** The same for bytes that stream in (browser host); `sizeBytes` is what the sender announced, null when unknown. */
  stageStream(
    source: AsyncIterable<Uint8Array>,
    options: { signal: AbortSignal; sizeBytes: number | null; onProgress?: (bytesDone: number) => void },
  ): Promise<StagedFile>;
  /** The staged file of that hash, or null. */
  find(sha256: string): Promise<StagedFile | null>;
  remove(sha256: string): Promise<void>;
  /** Hashes of everything that is staged. */
  list(): Promise<readonly string[]>;
  /** Deletes temp files that no process writes any more; answers how many. */
  sweep(): Promise<number>;
}

/** The object layout of docs/architecture.md over a local folder or S3. Keys use `/`; objects are immutable. */
export interface ObjectStore {
  /** Writes a local file under the key, verified by size and SHA-256; an equal object that is there already is kept. */
  putFile(
    key: string,
    path: string,
    options: { sha256: string; signal: AbortSignal; onProgress?: (bytesDone: number) => void },
  ): Promise<void>;
  /** Size and SHA-256 of the stored object, recomputed from its bytes when the store cannot attest it; null when absent. */
  head(key: string): Promise<{ sizeBytes: number; sha256: string } | null>;
  /**
   * Reads all bytes of the stored object again; `objects.missing`, or `objects.altered` or `s3.object_altered` when they
   * are not those. For the moment before something else reads the object: `head` repeats what was said at its upload.
   */
  verify(key: string, sha256: string, signal: AbortSignal): Promise<void>;
  /** A path on this machine that holds the object's bytes: the object itself (local folder) or a cached copy. */
  localPath(key: string): Promise<string>;
  list(prefix: string): AsyncIterable<{ key: string; sizeBytes: number }>;
  /** Deletes unfinished writes; answers how many. */
  sweep(): Promise<number>;
}

/** Writes a table of texts as a file. Rows stream; what is under the path before is replaced only by a whole file. */
export interface TableWriter {
  write(
    path: string,
    table: {
      readonly sheet: string;
      readonly header: readonly string[];
      readonly rows: AsyncIterable<readonly string[]>;
    },
  ): Promise<{ rows: number }>;
}

export const rawKey = (dataset: string, sha256: string) => `raw/${dataset}/${sha256}`;
export const canonicalKey = (dataset: string, chunk: string, sha256: string) =>
  `canonical/${dataset}/${chunk}/${sha256}.parquet`;
