import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { existsFile, filesBelow, namesIn, removeFolder } from './canonical-files.ts';
import { acceptedFile, reportFolder } from './folders.ts';
import { isFinal } from './job-states.ts';
import type { Pipeline } from './pipeline.ts';
import { needsStaged } from './staged-keeper.ts';
import type { JobRecord } from './store-ports.ts';

/**
 * Removes what a finished job does not need any more: its staged bytes (once they are an object, or when it was
 * cancelled) and the accepted copies of what the object store holds. Findings, rejected and skipped rows stay.
 */
export async function cleanAfter(pipeline: Pipeline, job: JobRecord): Promise<void> {
  if (job.state === 'failed') return;
  if (job.state === 'cancelled' || job.duplicateOf !== null)
    await removeFolder(reportFolder(pipeline.folders, job.jobId));
  pipeline.keeper.release(job.rawSha256);
  if (job.ledger !== null && job.importId !== null) await dropAcceptedCopies(pipeline, job.importId);
}

async function dropAcceptedCopies(pipeline: Pipeline, importId: string): Promise<void> {
  const record = await pipeline.registry.findImport(importId);
  if (!record) return;
  const removable: string[] = [];
  for (const chunk of record.chunks) {
    const copy = acceptedFile(pipeline.folders, record.dataset, chunk.chunk, chunk.sha256);
    if (!(await existsFile(copy))) continue;
    const stored = await pipeline.objects.head(chunk.key);
    if (stored?.sha256 === chunk.sha256) removable.push(copy);
  }
  // Under both locks nobody is reading the copies: no build, and no search for overlaps.
  await pipeline.logLock.run(() =>
    pipeline.publisher.exclusive(async () => {
      for (const copy of removable) await rm(copy, { force: true });
    }),
  );
}

/** What crashes left behind on this computer: half-written files, staged bytes and reports that no job knows. Runs before any job does. */
export async function sweepLeftovers({ jobs, staging, folders }: Pipeline): Promise<number> {
  let swept = await staging.sweep();
  const all = await jobs.list({ includeDismissed: true });
  const staged = new Set(all.filter(needsStaged).map((job) => job.rawSha256));
  for (const sha256 of await staging.list()) {
    if (staged.has(sha256)) continue;
    await staging.remove(sha256);
    swept += 1;
  }
  const known = new Set(all.map((job) => job.jobId));
  for (const name of await namesIn(folders.reports)) {
    if (known.has(name)) continue;
    await removeFolder(join(folders.reports, name));
    swept += 1;
  }
  return swept;
}

/**
 * Unfinished writes of the object store, and canonical files that were put in place for an acceptance that never
 * happened. Hold the log's lock, so that no job puts a file in place meanwhile.
 */
export async function sweepObjects({
  jobs,
  registry,
  objects,
  folders,
  dataset,
}: Pick<Pipeline, 'jobs' | 'registry' | 'objects' | 'folders' | 'dataset'>): Promise<number> {
  let swept = await objects.sweep();
  const all = await jobs.list({ includeDismissed: true });
  // A job whose decision is written may have files in place before its entry is in the log.
  const wanted = new Set(
    all
      .filter((job) => !isFinal(job.state) || job.state === 'failed')
      .flatMap((job) => job.report?.chunks ?? [])
      .map((chunk) => `${chunk.sha256}.parquet`),
  );
  const stored = new Map(
    (await registry.listImports(dataset))
      .flatMap((record) => record.chunks)
      .map((chunk) => [`${chunk.sha256}.parquet`, chunk.key]),
  );
  for (const path of await filesBelow(folders.accepted)) {
    const name = basename(path);
    const key = stored.get(name);
    const isObject = key !== undefined && (await objects.head(key)) !== null;
    if (wanted.has(name) || (key !== undefined && !isObject)) continue;
    await rm(path, { force: true });
    swept += 1;
  }
  return swept;
}
