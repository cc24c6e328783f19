import { AppError } from '#shared/errors/app-error';
import type { Pipeline } from './pipeline.ts';
import type { ActivationEntry, JobRecord } from './store-ports.ts';

export function activeEntry(log: readonly ActivationEntry[], importId: string): ActivationEntry | null {
  return log.findLast((entry) => entry.importId === importId && entry.undoneAt === null) ?? null;
}

/** True when the entry is the one that this very job made before it was cut off. */
export function isOwnEntry(job: JobRecord, entry: ActivationEntry): boolean {
  return job.decision !== null && job.decision.decidedAt === entry.activatedAt;
}

/** True when the job's own entry is in the log although its state may not say so: it was cut off in between. */
export async function isInLog(registry: Pipeline['registry'], job: JobRecord): Promise<boolean> {
  if (job.importId === null || job.decision === null) return false;
  const entry = activeEntry(await registry.log(job.dataset), job.importId);
  return entry !== null && isOwnEntry(job, entry);
}

/**
 * The active import that is the same as this one (bytes, table, mapping, rules), or null. Throws
 * `imports.duplicate_superseded` when it is in the log but another file stands in its place: then "already imported"
 * would be a lie, because none of its rows count.
 */
export async function findDuplicate(
  { registry, dataset }: Pick<Pipeline, 'registry' | 'dataset'>,
  job: JobRecord,
  importId: string,
): Promise<JobRecord['duplicateOf']> {
  const log = await registry.log(dataset);
  const entry = activeEntry(log, importId);
  if (!entry || isOwnEntry(job, entry)) return null;
  const record = await registry.findImport(importId);
  const later = log.find(
    (other) =>
      other.undoneAt === null && other.sequence > entry.sequence && other.supersedes.includes(importId),
  );
  if (later) {
    const by = await registry.findImport(later.importId);
    throw new AppError('imports.duplicate_superseded', 'conflict', {
      fileName: job.fileName,
      byFileName: by?.fileName ?? later.importId,
      acceptedAt: entry.activatedAt,
    });
  }
  return { importId, fileName: record?.fileName ?? job.fileName, acceptedAt: entry.activatedAt };
}
