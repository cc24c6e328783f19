import type { ColumnType, Generated, RawBuilder } from 'kysely';

/** `bigint`: SQLite answers a number, PostgreSQL's driver its text. Always read through `Number()`; written as a number. */
type BigInteger = ColumnType<number | string, number, number>;
type NullableBigInteger = ColumnType<number | string | null, number | null, number | null>;

/**
 * Tables of the store, as Kysely sees them. Only types that SQLite and PostgreSQL share: `text` (also for JSON and for
 * ISO 8601 times in UTC), `integer` (also for booleans, 0 or 1), `bigint` and `double precision`.
 */
export interface JobTable {
  job_id: string;
  /** Order of arrival: clocks may jump back, this does not. */
  position: BigInteger;
  dataset: string;
  file_name: string;
  source_path: string | null;
  size_bytes: BigInteger;
  state: string;
  options: string;
  raw_sha256: string | null;
  inspection: string | null;
  table_index: number | null;
  mapping: string | null;
  import_id: string | null;
  duplicate_of: string | null;
  report: string | null;
  review: string;
  decision: string | null;
  ledger: string | null;
  error: string | null;
  cancel_requested: number;
  dismissed: number;
  created_at: string;
  updated_at: string;
  waiting_for: string | null;
  accepted_in: string | null;
  rules: string | null;
}

export interface JobStepTable {
  job_id: string;
  step: string;
  attempt: number;
  position: number;
  state: string;
  started_at: string;
  elapsed_ms: number;
  bytes: BigInteger;
  rows: BigInteger;
}

export interface ImportTable {
  import_id: string;
  position: BigInteger;
  dataset: string;
  raw_sha256: string;
  job_id: string;
  file_name: string;
  sheet: string;
  mapping: string;
  rows_read: BigInteger;
  rows_accepted: BigInteger;
  rows_rejected: BigInteger;
  rows_skipped: BigInteger;
  totals: string;
  accepted_at: string;
}

export interface ImportChunkTable {
  import_id: string;
  chunk: string;
  object_key: string;
  sha256: string;
  rows: BigInteger;
  size_bytes: BigInteger;
}

/** Sums are decimal text: exact in every database. */
export interface FootprintTable {
  import_id: string;
  branch: string;
  day: string;
  chunk: string;
  rows: BigInteger;
  gross_revenue: string | null;
  returns_value: string | null;
  total_cost: string | null;
  units_sold: string | null;
  units_returned: string | null;
}

export interface ActivationLogTable {
  dataset: string;
  sequence: BigInteger;
  import_id: string;
  policy: string;
  supersedes: string;
  activated_at: string;
  undone_at: string | null;
}

export interface DesiredGenerationTable {
  dataset: string;
  chunk: string;
  generation: BigInteger;
}

export interface PublishedChunkTable {
  dataset: string;
  chunk: string;
  generation: BigInteger;
  path: string | null;
  rows: BigInteger;
}

export interface DataVersionTable {
  dataset: string;
  data_version: BigInteger;
}

/** The registry that the published chunks of a dataset were built from. */
export interface PublicationSourceTable {
  dataset: string;
  registry_id: string;
}

export interface MappingMemoryTable {
  fingerprint: string;
  mapping: string;
  remembered_at: string;
  /** 1 until the shared store has it too. */
  pending: Generated<number>;
}

export interface SettingTable {
  name: string;
  value: string;
}

/** One row: who this store is. */
export interface StoreIdentityTable {
  store_id: string;
  /** Store whose registry was moved into this one. */
  moved_from: string | null;
}

export interface ClusterChunkTable {
  datasource: string;
  chunk: string;
  generation: BigInteger;
  rows: BigInteger;
  version: string | null;
  published_at: string;
}

export interface ClusterVersionTable {
  datasource: string;
  data_version: BigInteger;
}

export interface ClusterAttemptTable {
  datasource: string;
  chunk: string;
  generation: BigInteger;
  attempt: number;
  task_id: string;
  state: string;
  inputs: string;
  error: string | null;
  submitted_at: string;
}

export interface LeaseTable {
  name: string;
  holder: string;
  /** Tells two leases of one holder apart. */
  token: string;
  expires_at_ms: ColumnType<number | string, RawBuilder<number>, RawBuilder<number>>;
}

export interface SharedTaskTable {
  job_id: string;
  owner: string;
  dataset: string;
  file_name: string;
  state: string;
  rows_read: NullableBigInteger;
  rows_accepted: NullableBigInteger;
  rows_rejected: NullableBigInteger;
  error: string | null;
  created_at: string;
  updated_at: string;
}

/** At most one row, `name` = 'connections'. */
export interface ConnectionsTable {
  name: string;
  document: string;
}

export interface SchemaVersionTable {
  version: number;
  name: string;
  applied_at: string;
}

export interface StoreSchema {
  jobs: JobTable;
  job_steps: JobStepTable;
  imports: ImportTable;
  import_chunks: ImportChunkTable;
  footprints: FootprintTable;
  activation_log: ActivationLogTable;
  desired_generations: DesiredGenerationTable;
  published_chunks: PublishedChunkTable;
  data_versions: DataVersionTable;
  publication_sources: PublicationSourceTable;
  mapping_memory: MappingMemoryTable;
  settings: SettingTable;
  store_identity: StoreIdentityTable;
  cluster_chunks: ClusterChunkTable;
  cluster_versions: ClusterVersionTable;
  cluster_attempts: ClusterAttemptTable;
  leases: LeaseTable;
  shared_tasks: SharedTaskTable;
  connections: ConnectionsTable;
  schema_versions: SchemaVersionTable;
}
