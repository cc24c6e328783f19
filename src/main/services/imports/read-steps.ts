import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mapping } from '#shared/domain/mapping';
import { suggestMapping } from '#shared/domain/mapping-suggestion';
import { NO_RULES, type ResolvedRules } from '#shared/domain/rules/rule-set';
import type { InspectedTable, Inspection } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import { removeFolder } from './canonical-files.ts';
import { findDuplicate } from './duplicates.ts';
import { reportFolder } from './folders.ts';
import { importIdOf } from './import-id.ts';
import { required, stagedFile, StepFailure, type Pipeline, type Step } from './pipeline.ts';
import { requireComplete } from './require-mapping.ts';
import type { JobRecord } from './store-ports.ts';

/** Copies the file into staging, named by its hash. Uploads are there before their job is. */
export const stage: Step = async ({ staging, jobs, keeper }, job, run) => {
  if (job.sourcePath === null) {
    const staged = job.rawSha256 === null ? null : await staging.find(job.rawSha256);
    if (!staged) throw new AppError('imports.staged_missing', 'notFound', { fileName: job.fileName });
    return { patch: { state: 'staged', sizeBytes: staged.sizeBytes }, bytes: staged.sizeBytes, rows: 0 };
  }
  const { sourcePath } = job;
  return keeper.whileStaging(async () => {
    const staged = await staging.stageFile(sourcePath, {
      signal: run.signal,
      onProgress: (bytesDone, bytesTotal) => run.progress({ bytesDone, bytesTotal }),
    });
    // Known to the store before anybody may remove equal bytes of a job that is just done.
    await jobs.update(job.jobId, { rawSha256: staged.sha256, sizeBytes: staged.sizeBytes });
    return { patch: { state: 'staged' }, bytes: staged.sizeBytes, rows: 0 };
  });
};

/** Finds out what the file is and which of its tables is meant. */
export const inspect: Step = async (pipeline, job, run) => {
  const staged = await stagedFile(pipeline, job);
  const inspection = await pipeline.parser.inspect(
    { path: staged.path, fileName: job.fileName },
    { signal: run.signal, onProgress: (progress) => run.progress(progress) },
  );
  const table = chooseTable(inspection, job);
  // Before columns are asked: no answer would bring a row.
  if (inspection.tables.every(({ estimatedRows }) => estimatedRows === 0))
    throw new AppError('imports.only_a_header', 'input', { fileName: job.fileName });
  return {
    patch: { state: 'inspected', inspection, table: table.index, mapping: null, importId: null },
    bytes: staged.sizeBytes,
    rows: 0,
  };
};

function chooseTable(inspection: Inspection, job: JobRecord): { table: InspectedTable; index: number } {
  const { sheet } = job.options;
  const index =
    sheet === undefined
      ? inspection.suggestedTable
      : inspection.tables.findIndex((table) => table.sheet === sheet);
  const table = inspection.tables[index];
  if (table) return { table, index };
  const sheets = inspection.tables.map((item) => item.sheet);
  if (sheet !== undefined)
    throw new AppError('imports.sheet_unknown', 'input', { fileName: job.fileName, sheet, sheets });
  throw new AppError('imports.no_table', 'input', { fileName: job.fileName });
}

/** The inspected table that a job reads. */
export function tableOf(job: JobRecord): { inspection: Inspection; table: InspectedTable; index: number } {
  const inspection = required(job.inspection, 'inspection');
  const index = required(job.table, 'table');
  return { inspection, index, table: required(inspection.tables[index], 'table in its inspection') };
}

/** What the map step writes, also when a person mapped. */
export function mappedPatch(
  job: JobRecord,
  index: number,
  mapping: Mapping,
  rules: ResolvedRules,
): Partial<JobRecord> {
  const table = required(required(job.inspection, 'inspection').tables[index], 'table in its inspection');
  const rawSha256 = required(job.rawSha256, 'hash');
  return {
    state: 'inspected',
    table: index,
    mapping,
    rules,
    importId: importIdOf({
      dataset: job.dataset,
      rawSha256,
      table: index,
      sheet: table.sheet,
      mapping,
      rules,
    }),
    report: null,
    review: [],
    decision: null,
    error: null,
  };
}

/** Takes the mapping that was given, remembered or suggested; asks when something required is missing or ambiguous. */
export const map: Step = async (pipeline, job) => {
  const { table, index } = tableOf(job);
  if (job.options.mapping) {
    requireComplete(table, job.options.mapping);
    const rules = await pipeline.ruleBook.resolve();
    return { patch: mappedPatch(job, index, job.options.mapping, rules), bytes: 0, rows: 0 };
  }
  const remembered = await pipeline.mappings.find(table.fingerprint);
  const advice = suggestMapping(table, remembered);
  if (advice.missing.length > 0)
    return { patch: { state: 'mapping-needed' }, bytes: 0, rows: 0, state: 'waiting' };
  const rules = await pipeline.ruleBook.resolve();
  return { patch: mappedPatch(job, index, advice.mapping, rules), bytes: 0, rows: 0 };
};

/** Reads and checks every row. The same job gives the same report and the same files, whenever it runs again. */
export const validate: Step = async (pipeline, job, run) => {
  const importId = required(job.importId, 'import id');
  const duplicateOf = await knownDuplicate(pipeline, job, importId);
  if (duplicateOf) return { patch: { state: 'done', duplicateOf }, bytes: 0, rows: 0, state: 'skipped' };

  const staged = await stagedFile(pipeline, job);
  const { inspection, index } = tableOf(job);
  const { timeZone } = await pipeline.settings.read();
  const folder = reportFolder(pipeline.folders, job.jobId);
  await removeFolder(folder);
  // A folder of its own for each run: a parser that outlives a killed engine for a moment writes into no other's.
  const outDir = join(folder, randomUUID().slice(0, 8));
  await mkdir(outDir, { recursive: true });
  const report = await pipeline.parser.validate(
    {
      file: { path: staged.path, fileName: job.fileName },
      table: index,
      inspection,
      mapping: required(job.mapping, 'mapping'),
      rules: job.rules ?? NO_RULES,
      importId,
      outDir,
      // Of the job, not of the clock: a rerun on another day gives the same report.
      today: dayIn(timeZone, new Date(job.createdAt)),
    },
    { signal: run.signal, onProgress: (progress) => run.progress(progress) },
  );
  const done = { bytes: staged.sizeBytes, rows: report.rowsRead };
  const { rowsRead, rowsAccepted, rowsRejected, rowsSkipped, chunks } = report;
  const inChunks = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  if (rowsRead !== rowsAccepted + rowsRejected + rowsSkipped || inChunks !== rowsAccepted)
    throw new StepFailure(
      new AppError('imports.counts_differ', 'bug', {
        fileName: job.fileName,
        rowsRead,
        rowsAccepted,
        rowsRejected,
        rowsSkipped,
        rowsWritten: inChunks,
      }),
      { report },
    );
  if (rowsAccepted === 0)
    throw new StepFailure(
      new AppError('imports.no_good_rows', 'input', {
        fileName: job.fileName,
        rowsRead,
        rowsRejected,
        rowsSkipped,
      }),
      { report },
    );
  return { patch: { state: 'validated', report, review: [], decision: null }, ...done };
};

/** Only to spare the work: acceptance looks again, so that a file can be checked while the registry is away. */
async function knownDuplicate(pipeline: Pipeline, job: JobRecord, importId: string) {
  try {
    return await findDuplicate(pipeline, job, importId);
  } catch (error) {
    if (error instanceof AppError && connectionOf(error) !== null) return null;
    throw error;
  }
}

/** Calendar day `yyyy-mm-dd` at an instant in a time zone. */
export function dayIn(timeZone: string, instant: Date): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(instant);
}
