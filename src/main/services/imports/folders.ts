import { join } from 'node:path';
import type { ValidationReport } from './ports.ts';

/** Where the import area keeps its files below the data folder. */
export interface ImportFolders {
  /** `<home>/reports`: per job its findings, rejected and skipped rows, and canonical files until they are accepted. */
  readonly reports: string;
  /** `<home>/accepted`: canonical files from acceptance until their objects are stored and published. */
  readonly accepted: string;
  /** `<home>/exports`: written rejects, for downloads. */
  readonly exports: string;
  /** The bundled sample files. */
  readonly sample: string;
}

export const reportFolder = (folders: ImportFolders, jobId: string) => join(folders.reports, jobId);

/** A file of a job's report: by its path below the job's folder, so that a data folder can be moved elsewhere. */
export function reportFile(folders: ImportFolders, jobId: string, path: string): string {
  const parts = path.split(/[\\/]/);
  return join(folders.reports, ...parts.slice(parts.lastIndexOf(jobId)));
}

export const acceptedFile = (folders: ImportFolders, dataset: string, chunk: string, sha256: string) =>
  join(folders.accepted, dataset, chunk, `${sha256}.parquet`);

/** Canonical files of a report that are not accepted yet. */
export const reportChunks = (folders: ImportFolders, jobId: string, report: ValidationReport) =>
  report.chunks.map((chunk) => ({ ...chunk, path: reportFile(folders, jobId, chunk.path) }));
