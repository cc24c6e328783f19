import { join } from 'node:path';

/** Layout of a data folder. Everything that Mauzo keeps lies below `home`. */
export function homeFolders(home: string, dataset: string) {
  return {
    home,
    /** SQLite: jobs, registry, activation log, generations, settings. */
    store: join(home, 'store.sqlite'),
    /** Copies of dropped files, named by their hash, until their import is done. */
    staging: join(home, 'staging'),
    /** Raw files and canonical Parquet: the truth. */
    objects: join(home, 'objects'),
    accepted: join(home, 'accepted'),
    /** Uploads that were cut off: what of them the object store has already. */
    uploads: join(home, 'uploads'),
    /** Findings, rejected and skipped rows of each job. */
    reports: join(home, 'reports'),
    exports: join(home, 'exports'),
    /** Derived Parquet, one file per month: what the local engine reads. Can be rebuilt. */
    local: join(home, 'local'),
    derived: join(home, 'local', dataset),
    logs: join(home, 'logs'),
    /** Spill of the local engine; emptied at each start. */
    temp: join(home, 'tmp'),
    /** Rows on their way into a cluster. */
    ingest: join(home, 'tmp', 'ingest'),
  };
}

export type HomeFolders = ReturnType<typeof homeFolders>;
