import type { ReviewReason } from '#shared/domain/job';
import { AppError } from '#shared/errors/app-error';
import { differingColumn, showAmount, TotalsSum } from '../publishing/index.ts';
import type { FootprintRow } from '../publishing/ports.ts';
import { existsFile, moveInto } from './canonical-files.ts';
import { activeEntry, findDuplicate, isOwnEntry } from './duplicates.ts';
import { acceptedFile, reportChunks } from './folders.ts';
import { findOverlaps, sameOverlaps } from './overlaps.ts';
import { required, throwIfCancelled, type Pipeline, type Step, type StepResult } from './pipeline.ts';
import { canonicalKey, type ValidationReport } from './ports.ts';
import { reviewReport } from './review.ts';
import { tableOf } from './read-steps.ts';
import type { AcceptDecision, ImportRecord, JobRecord } from './store-ports.ts';

/** A log that moves between reading and writing is read again this often; only other installations move it. */
const MAX_ATTEMPTS = 5;

/**
 * Puts the good rows into the log, or asks a person. Durable in this order: the decision, the canonical files in their
 * final place, the log entry, the job's state; a crash after any of them is taken up where it was.
 */
export const accept: Step = (pipeline, job, run) =>
  pipeline.logLock.run(async () => {
    const importId = required(job.importId, 'import id');
    const report = required(job.report, 'report');
    const registryId = await pipeline.registry.registryId();
    let footprint: readonly FootprintRow[] | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const current = activeEntry(await pipeline.registry.log(pipeline.dataset), importId);
      if (current && isOwnEntry(job, current)) return acceptedIn(registryId, report);
      const duplicateOf = await findDuplicate(pipeline, job, importId);
      if (duplicateOf) return { patch: { state: 'done', duplicateOf }, bytes: 0, rows: 0, state: 'skipped' };
      const files = await canonicalFiles(pipeline, job, report);
      footprint ??= await measure(pipeline, job, report, files);
      throwIfCancelled(run);
      try {
        const decided = await decide(pipeline, job, { files, footprint });
        if ('reasons' in decided)
          return {
            patch: { state: 'review-needed', review: decided.reasons, decision: null },
            bytes: 0,
            rows: 0,
            state: 'waiting',
          };
        await activate(pipeline, job, report, { files, footprint }, decided);
        return acceptedIn(registryId, report);
      } catch (error) {
        if (!isOvertaken(error) || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  });

/** Somebody else changed the log in between: what was decided on it is decided anew. */
const isOvertaken = (error: unknown) =>
  error instanceof AppError && (error.code === 'store.log_moved' || error.code === 'store.already_active');

const acceptedIn = (registryId: string, report: ValidationReport): StepResult => ({
  patch: { state: 'accepted', acceptedIn: registryId, review: [], cancelRequested: false },
  bytes: report.chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0),
  rows: report.rowsAccepted,
});

interface CanonicalFile {
  readonly chunk: string;
  readonly path: string;
  /** It is an object already, and nowhere else. */
  readonly stored: boolean;
}

/** Canonical files of a job and what is in them. */
interface Measured {
  readonly files: readonly CanonicalFile[];
  readonly footprint: readonly FootprintRow[];
}

async function canonicalFiles(
  pipeline: Pipeline,
  job: JobRecord,
  report: ValidationReport,
): Promise<readonly CanonicalFile[]> {
  const files = [];
  for (const chunk of reportChunks(pipeline.folders, job.jobId, report))
    files.push({ chunk: chunk.chunk, ...(await locate(pipeline, job, chunk)) });
  return files;
}

async function measure(
  { builder }: Pipeline,
  job: JobRecord,
  report: ValidationReport,
  files: readonly CanonicalFile[],
): Promise<readonly FootprintRow[]> {
  const footprint = await builder.footprint(files);
  checkFootprint(report, footprint, job.fileName);
  return footprint;
}

/**
 * Where a canonical file is: still with the report, in its final place after a crash, or only an object any more when
 * the registry lost an acceptance that had gone all the way.
 */
async function locate(
  { folders, objects }: Pipeline,
  { dataset }: JobRecord,
  { chunk, sha256, path }: { chunk: string; sha256: string; path: string },
): Promise<{ path: string; stored: boolean }> {
  if (await existsFile(path)) return { path, stored: false };
  const final = acceptedFile(folders, dataset, chunk, sha256);
  if (await existsFile(final)) return { path: final, stored: false };
  return { path: await objects.localPath(canonicalKey(dataset, chunk, sha256)), stored: true };
}

/** Rows per month and every sum, as DuckDB reads them from the Parquet, against what the reader read from the file. */
export function checkFootprint(
  report: Pick<ValidationReport, 'chunks' | 'totals' | 'rowsAccepted'>,
  footprint: readonly FootprintRow[],
  fileName: string,
): void {
  const differs = (check: string, expected: string, actual: string) =>
    new AppError('imports.parquet_differs', 'bug', { fileName, check, expected, actual });
  const byChunk = new Map<string, number>();
  const sum = new TotalsSum();
  for (const row of footprint) {
    sum.add(row);
    byChunk.set(row.chunk, (byChunk.get(row.chunk) ?? 0) + row.rows);
  }
  for (const { chunk, rows } of report.chunks)
    if (byChunk.get(chunk) !== rows)
      throw differs(`rows of ${chunk}`, String(rows), String(byChunk.get(chunk) ?? 0));
  if (sum.rows !== report.rowsAccepted) throw differs('rows', String(report.rowsAccepted), String(sum.rows));
  const totals = sum.totals();
  const column = differingColumn(report.totals, totals);
  if (column) throw differs(column, showAmount(report.totals[column]), showAmount(totals[column]));
}

type Decided =
  { readonly reasons: ReviewReason[] } | { readonly decision: AcceptDecision; readonly sequence: number };

async function decide(pipeline: Pipeline, job: JobRecord, { footprint, files }: Measured): Promise<Decided> {
  const { registry, builder, canonical, dataset } = pipeline;
  const log = await registry.log(dataset);
  const sequence = Math.max(0, ...log.map((entry) => entry.sequence));
  const supersedes = await knownImports(pipeline, job.decision?.supersedes ?? job.options.supersedes ?? []);
  const overlaps = await findOverlaps({ log, registry, builder, canonical, footprint, files, supersedes });

  if (job.decision) {
    const seen = job.review.find((reason) => reason.kind === 'overlap')?.overlaps ?? [];
    // A person decided on what the screen showed. When the log has moved since, those overlaps may be others.
    const holds =
      overlaps.length === 0 ||
      job.options.onOverlap !== undefined ||
      sameOverlaps(seen, overlaps) ||
      (job.decision.supersedes.length > 0 &&
        overlaps.every((item) => seen.some((other) => other.importId === item.importId)));
    if (holds) return { decision: job.decision, sequence };
    return { reasons: [{ kind: 'overlap', overlaps }] };
  }

  const { maxRejectsPercent } = await pipeline.settings.read();
  const reasons = reviewReport(required(job.report, 'report'), job.options, maxRejectsPercent);
  if (overlaps.length > 0 && job.options.onOverlap === undefined) reasons.push({ kind: 'overlap', overlaps });
  if (reasons.length > 0) return { reasons };
  const policy = job.options.onOverlap ?? 'keep';
  return { decision: { policy, supersedes, decidedAt: pipeline.now().toISOString() }, sequence };
}

/** Imports to be taken out must exist: a typing error would count both files. `imports.supersedes_unknown`. */
async function knownImports(pipeline: Pipeline, importIds: readonly string[]): Promise<readonly string[]> {
  for (const importId of importIds)
    if (!(await pipeline.registry.findImport(importId)))
      throw new AppError('imports.supersedes_unknown', 'input', { importId });
  return [...new Set(importIds)];
}

async function activate(
  pipeline: Pipeline,
  job: JobRecord,
  report: ValidationReport,
  { files, footprint }: Measured,
  { decision, sequence }: Extract<Decided, { decision: AcceptDecision }>,
): Promise<void> {
  await pipeline.jobs.update(job.jobId, { decision });
  const stored = new Set(files.filter((file) => file.stored).map((file) => file.chunk));
  for (const chunk of reportChunks(pipeline.folders, job.jobId, report)) {
    if (stored.has(chunk.chunk)) continue;
    await moveInto(chunk.path, acceptedFile(pipeline.folders, job.dataset, chunk.chunk, chunk.sha256));
  }
  await pipeline.registry.activate({
    record: toImport(job, report, decision.decidedAt),
    footprint,
    policy: decision.policy,
    supersedes: decision.supersedes,
    touchedChunks: await touchedChunks(
      pipeline,
      report.chunks.map((chunk) => chunk.chunk),
      decision.supersedes,
    ),
    expectedSequence: sequence,
    activatedAt: decision.decidedAt,
  });
  pipeline.publisher.markDirty();
}

/**
 * Chunks whose rows an entry can change: those it covers, and those of the imports that it takes out as a whole (what
 * these had replaced or skipped lies in their own chunks).
 */
export async function touchedChunks(
  { registry }: Pick<Pipeline, 'registry'>,
  chunks: readonly string[],
  supersedes: readonly string[],
): Promise<string[]> {
  const touched = new Set(chunks);
  for (const importId of supersedes) {
    const record = await registry.findImport(importId);
    for (const chunk of record?.chunks ?? []) touched.add(chunk.chunk);
  }
  return [...touched].sort();
}

function toImport(job: JobRecord, report: ValidationReport, acceptedAt: string): ImportRecord {
  const { rowsRead, rowsAccepted, rowsRejected, rowsSkipped, totals } = report;
  return {
    importId: required(job.importId, 'import id'),
    dataset: job.dataset,
    rawSha256: required(job.rawSha256, 'hash'),
    jobId: job.jobId,
    fileName: job.fileName,
    sheet: tableOf(job).table.sheet,
    mapping: required(job.mapping, 'mapping'),
    rowsRead,
    rowsAccepted,
    rowsRejected,
    rowsSkipped,
    totals,
    chunks: report.chunks.map(({ chunk, sha256, rows, sizeBytes }) => ({
      chunk,
      key: canonicalKey(job.dataset, chunk, sha256),
      sha256,
      rows,
      sizeBytes,
    })),
    acceptedAt,
  };
}
