import type { MoveReport } from '#shared/contract/moving';
import { AppError } from '#shared/errors/app-error';
import type { ObjectStore } from '../imports/ports.ts';
import type { JobStore } from '../imports/index.ts';
import { differingColumn, showAmount, TotalsSum } from '../publishing/index.ts';
import { copyObjects, objectsOf, type CopiedObjects } from './copy-objects.ts';
import { planMove } from './plan-move.ts';
import type { RegistryAddition, RegistryArchive, RegistryContent } from './ports.ts';

export interface MovingOptions {
  /** The registry of this data folder. */
  readonly source: RegistryArchive;
  /** The one to move into; null when none is set. */
  readonly target: RegistryArchive | null;
  /** Jobs of this data folder: they learn where their imports are now. */
  readonly jobs: JobStore;
  /** Null when both registries use the same objects. */
  readonly objects: { readonly from: ObjectStore; readonly to: ObjectStore } | null;
}

export interface MovingService {
  /** Copies what counts here into the target; may be repeated. `moving.*`, and what the target answers with. */
  move(signal?: AbortSignal): Promise<MoveReport>;
}

const NOTHING: CopiedObjects = { copied: 0, kept: 0, missing: [] };
const NEVER = new AbortController().signal;

export function createMovingService({ source, target, jobs, objects }: MovingOptions): MovingService {
  return {
    async move(signal = NEVER) {
      if (!target) throw new AppError('moving.no_database', 'notFound');
      const content = await source.read();
      const before = await target.read();
      // Looked at before anything is copied: a target that is refused stays as it is.
      const addition = planMove(content, before);
      // Objects first: an import in the registry never points to what is not there.
      const copied = objects
        ? await copyObjects(objects.from, objects.to, objectsOf(content.imports), signal)
        : NOTHING;
      if (addition) await target.add(addition, (importId) => source.footprint(importId));
      const after = await target.read();
      await verify(content, after, addition, target);
      await moveJobs(jobs, content, after);
      return reportOf(after, addition, copied);
    },
  };
}

const reportOf = (
  after: RegistryContent,
  addition: RegistryAddition | null,
  { copied, kept, missing }: CopiedObjects,
): MoveReport => ({
  imports: after.imports.length,
  importsCopied: addition?.imports.length ?? 0,
  entriesCopied: addition?.log.length ?? 0,
  undoneCopied: addition?.undone.length ?? 0,
  mappingsCopied: addition?.mappings.length ?? 0,
  settingsCopied: addition?.settings.length ?? 0,
  objectsCopied: copied,
  objectsKept: kept,
  objectsMissing: [...missing],
});

const differs = (what: string, expected: string | number, actual: string | number) =>
  new AppError('moving.not_verified', 'bug', { what, expected: String(expected), actual: String(actual) });

/** Reads back what the target holds: everything of the source is there, and each import adds up to what was accepted. */
async function verify(
  source: RegistryContent,
  after: RegistryContent,
  addition: RegistryAddition | null,
  target: RegistryArchive,
): Promise<void> {
  const left = planMove(source, after);
  if (left)
    throw differs('what is left to copy', 0, left.imports.length + left.log.length + left.undone.length);
  const there = new Map(after.imports.map((record) => [record.importId, record]));
  for (const record of source.imports) {
    const copy = there.get(record.importId);
    if (JSON.stringify(copy) !== JSON.stringify(record))
      throw differs(`import ${record.importId}`, 'the same record', copy ? 'another' : 'none');
  }
  for (const record of addition?.imports ?? []) {
    const sum = new TotalsSum();
    for (const row of await target.footprint(record.importId)) sum.add(row);
    if (sum.rows !== record.rowsAccepted)
      throw differs(`rows of import ${record.importId}`, record.rowsAccepted, sum.rows);
    const totals = sum.totals();
    const column = differingColumn(record.totals, totals);
    if (column)
      throw differs(
        `${column} of import ${record.importId}`,
        showAmount(record.totals[column]),
        showAmount(totals[column]),
      );
  }
}

/** Jobs of this computer whose import has moved belong to the target from now on. */
async function moveJobs(jobs: JobStore, source: RegistryContent, after: RegistryContent): Promise<void> {
  const moved = new Set(after.imports.map(({ importId }) => importId));
  for (const job of await jobs.list({ includeDismissed: true }))
    if (job.acceptedIn === source.storeId && job.importId !== null && moved.has(job.importId))
      await jobs.update(job.jobId, { acceptedIn: after.storeId });
}
