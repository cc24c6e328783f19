import type { ChangePreview, HistoryEntry } from '#shared/contract/imports';
import type { OverlapPolicy } from '#shared/domain/job';
import { AppError, toAppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import { resolveLog } from '../publishing/index.ts';
import { touchedChunks } from './accept-step.ts';
import { activeEntry } from './duplicates.ts';
import type { JobEvents } from './job-events.ts';
import type { Pipeline } from './pipeline.ts';
import type { ActivationEntry, ImportRecord } from './store-ports.ts';

export interface ImportCounts {
  readonly rowsRead: number | null;
  readonly rowsRejected: number | null;
  readonly activeImports: number | null;
}

/** The history of accepted imports: what counts of each, undo in any order, and counting again. */
export class HistoryService {
  readonly #pipeline: Pipeline;
  readonly #events: JobEvents;

  constructor(pipeline: Pipeline, events: JobEvents) {
    this.#pipeline = pipeline;
    this.#events = events;
  }

  /** Newest first; an import that was undone and activated again has an entry for each time. */
  async list(): Promise<{ entries: HistoryEntry[] }> {
    const { registry, dataset } = this.#pipeline;
    const log = await registry.log(dataset);
    const imports = new Map((await registry.listImports(dataset)).map((record) => [record.importId, record]));
    const resolved = await this.#resolve(log);
    const entries = log.flatMap((entry): HistoryEntry[] => {
      const record = imports.get(entry.importId);
      if (!record) return [];
      const active = entry.undoneAt === null;
      return [
        {
          sequence: entry.sequence,
          importId: entry.importId,
          jobId: record.jobId,
          fileName: record.fileName,
          sheet: record.sheet,
          policy: entry.policy,
          acceptedAt: entry.activatedAt,
          undoneAt: entry.undoneAt,
          rowsAccepted: record.rowsAccepted,
          rowsRejected: record.rowsRejected,
          rowsInEffect: active ? (resolved.contributions.get(entry.importId)?.rows ?? 0) : 0,
          totals: record.totals,
          chunks: record.chunks.map((chunk) => chunk.chunk),
        },
      ];
    });
    return { entries: entries.reverse() };
  }

  /** Rows read and rejected of the imports that count, for the trust badge; unknown while the registry is away. */
  async counts(): Promise<ImportCounts> {
    const { registry, dataset } = this.#pipeline;
    try {
      const log = await registry.log(dataset);
      const active = new Set(log.filter((entry) => entry.undoneAt === null).map((entry) => entry.importId));
      const records = (await registry.listImports(dataset)).filter((record) => active.has(record.importId));
      return {
        rowsRead: records.reduce((sum, record) => sum + record.rowsRead, 0),
        rowsRejected: records.reduce((sum, record) => sum + record.rowsRejected, 0),
        activeImports: records.length,
      };
    } catch (error) {
      if (connectionOf(toAppError(error)) === null) throw error;
      return { rowsRead: null, rowsRejected: null, activeImports: null };
    }
  }

  async previewUndo(importId: string): Promise<ChangePreview> {
    const { record, log, entry } = await this.#active(importId);
    return this.#preview(record, log, withoutEntry(log, entry), entry.supersedes);
  }

  /** Takes the import out of the figures; resolves when the engine serves the result. */
  async undo(importId: string): Promise<ChangePreview> {
    const { registry, logLock, publisher, now } = this.#pipeline;
    const preview = await logLock.run(async () => {
      const { record, log, entry } = await this.#active(importId);
      const change = await this.#preview(record, log, withoutEntry(log, entry), entry.supersedes);
      await registry.undo({ importId, touchedChunks: change.chunks, undoneAt: now().toISOString() });
      publisher.markDirty();
      await this.#setJobs(importId, 'done', 'undone');
      return change;
    });
    await publisher.publish();
    return preview;
  }

  /** Appends an entry for an undone import; resolves when the engine serves the result. */
  async reactivate(importId: string, policy: OverlapPolicy): Promise<ChangePreview> {
    const { registry, logLock, publisher, dataset, now } = this.#pipeline;
    const preview = await logLock.run(async () => {
      const record = await this.#known(importId);
      const log = await registry.log(dataset);
      if (activeEntry(log, importId))
        throw new AppError('history.already_active', 'conflict', { fileName: record.fileName });
      const sequence = Math.max(0, ...log.map((entry) => entry.sequence));
      const activatedAt = now().toISOString();
      // What stood in the place of another file stands there again: both together would count twice.
      const supersedes = log.findLast((entry) => entry.importId === importId)?.supersedes ?? [];
      const entry = {
        sequence: sequence + 1,
        dataset,
        importId,
        policy,
        supersedes,
        activatedAt,
        undoneAt: null,
      };
      const change = await this.#preview(record, log, [...log, entry], supersedes);
      const footprint = (await registry.footprint([importId])).get(importId);
      if (!footprint) throw new AppError('publishing.footprint_missing', 'bug', { importId });
      await registry.activate({
        record,
        footprint,
        policy,
        supersedes,
        touchedChunks: change.chunks,
        expectedSequence: sequence,
        activatedAt,
      });
      publisher.markDirty();
      await this.#setJobs(importId, 'undone', 'done');
      return change;
    });
    await publisher.publish();
    return preview;
  }

  async #known(importId: string): Promise<ImportRecord> {
    const record = await this.#pipeline.registry.findImport(importId);
    if (!record) throw new AppError('history.unknown_import', 'notFound', { importId });
    return record;
  }

  async #active(importId: string) {
    const record = await this.#known(importId);
    const log = await this.#pipeline.registry.log(this.#pipeline.dataset);
    const entry = activeEntry(log, importId);
    if (!entry) throw new AppError('history.not_active', 'conflict', { fileName: record.fileName });
    return { record, log, entry };
  }

  async #resolve(log: readonly ActivationEntry[]) {
    const active = log.filter((entry) => entry.undoneAt === null).map((entry) => entry.importId);
    return resolveLog(log, await this.#pipeline.registry.footprint(active));
  }

  async #preview(
    record: ImportRecord,
    before: readonly ActivationEntry[],
    after: readonly ActivationEntry[],
    supersedes: readonly string[],
  ): Promise<ChangePreview> {
    const chunks = await touchedChunks(
      this.#pipeline,
      record.chunks.map((chunk) => chunk.chunk),
      supersedes,
    );
    const [left, right] = [await this.#resolve(before), await this.#resolve(after)];
    return {
      importId: record.importId,
      fileName: record.fileName,
      chunks,
      rowsBefore: left.all.rows,
      rowsAfter: right.all.rows,
      before: left.all.totals,
      after: right.all.totals,
    };
  }

  /** Jobs tell whether their import counts. The log decides; a crash in between is put right at the next start. */
  async #setJobs(importId: string, from: 'done' | 'undone', to: 'done' | 'undone'): Promise<void> {
    const { jobs, now } = this.#pipeline;
    for (const job of await jobs.list({ includeDismissed: true })) {
      if (job.importId !== importId || job.state !== from || job.duplicateOf !== null) continue;
      await jobs.update(job.jobId, { state: to, updatedAt: now().toISOString() });
      if (!job.dismissed) this.#events.changed(job.jobId);
    }
  }
}

const withoutEntry = (log: readonly ActivationEntry[], entry: ActivationEntry) =>
  log.filter((item) => item !== entry);
