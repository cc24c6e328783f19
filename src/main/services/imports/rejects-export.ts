import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import type { Output, ParsedInput } from '#shared/contract/index';
import { findingSchema, rejectedRowSchema, type RejectedRow } from '#shared/domain/findings';
import { AppError } from '#shared/errors/app-error';
import { reportFile, type ImportFolders } from './folders.ts';
import { pageOf, readJsonLines } from './json-lines.ts';
import { required } from './pipeline.ts';
import type { TableWriter } from './ports.ts';
import type { JobRecord, JobStore } from './store-ports.ts';

export interface ReportOptions {
  readonly jobs: JobStore;
  readonly folders: ImportFolders;
  /** By lower-case extension. */
  readonly writers: { readonly '.xlsx': TableWriter; readonly '.csv': TableWriter };
  /** Whether a client may name a path of this machine: not when it is a page in a browser. */
  readonly pathsAllowed: boolean;
}

/** Columns behind those of the file. */
const EXTRA_HEADER = ['Row in file', 'Why it was rejected'];

/** Findings and rejected rows of a job, by page and as a file. */
export class ReportService {
  readonly #options: ReportOptions;
  readonly #downloads = new Map<string, { path: string; fileName: string }>();

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  async findings({
    jobId,
    code,
    column,
    offset,
    limit,
  }: ParsedInput<'jobs.findings'>): Promise<Output<'jobs.findings'>> {
    const job = await this.#job(jobId);
    const { report } = job;
    if (!report) return { findings: [], total: 0, listed: 0 };
    const matches = (item: { code: string; column: string | null }) =>
      (code === undefined || item.code === code) && (column === undefined || item.column === column);
    const lines = readJsonLines(reportFile(this.#options.folders, jobId, report.findingsPath), findingSchema);
    return {
      findings: await pageOf(lines, { offset, limit }, matches),
      total: report.findings.filter(matches).reduce((sum, item) => sum + item.count, 0),
      listed: report.findingsListed,
    };
  }

  async rejects({ jobId, offset, limit }: ParsedInput<'jobs.rejects'>): Promise<Output<'jobs.rejects'>> {
    const job = await this.#job(jobId);
    if (!job.report) return { header: [], rows: [], total: 0 };
    const rows = await pageOf(this.#rejected(job), { offset, limit });
    return { header: [...job.report.header], rows, total: job.report.rowsRejected };
  }

  /** A workbook unless the path ends in `.csv`. Without a path it goes to the exports folder, for a download. */
  async exportRejects({
    jobId,
    path,
  }: ParsedInput<'jobs.export-rejects'>): Promise<Output<'jobs.export-rejects'>> {
    const { folders, writers, pathsAllowed } = this.#options;
    const job = await this.#job(jobId);
    if (!job.report || job.report.rowsRejected === 0)
      throw new AppError('jobs.no_rejects', 'notFound', { fileName: job.fileName });
    if (path !== undefined && !pathsAllowed) throw new AppError('imports.export_path_refused', 'permission');
    if (path !== undefined && !isAbsolute(path))
      throw new AppError('imports.export_failed', 'input', { path, reason: 'the path is not absolute' });

    const downloadId = randomUUID();
    const fileName = path === undefined ? `${stemOf(job.fileName)}.rejects.xlsx` : basename(path);
    const target = path ?? join(folders.exports, `${downloadId}.xlsx`);
    const writer = extname(target).toLowerCase() === '.csv' ? writers['.csv'] : writers['.xlsx'];
    const width = job.report.header.length;
    let rows: number;
    try {
      await mkdir(dirname(target), { recursive: true });
      ({ rows } = await writer.write(target, {
        sheet: 'Rejected rows',
        header: [...job.report.header, ...EXTRA_HEADER],
        rows: exportRows(this.#rejected(job), width),
      }));
    } catch (error) {
      if (error instanceof AppError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError('imports.export_failed', 'unavailable', { path: target, reason }, { cause: error });
    }
    if (rows !== job.report.rowsRejected)
      throw new AppError('imports.export_failed', 'bug', {
        path: target,
        reason: `${rows} rows were written instead of ${job.report.rowsRejected}`,
      });
    this.#downloads.set(downloadId, { path: target, fileName });
    return { path: target, downloadId, rows };
  }

  download(downloadId: string): { path: string; fileName: string } | null {
    return this.#downloads.get(downloadId) ?? null;
  }

  #rejected(job: JobRecord): AsyncIterable<RejectedRow> {
    const path = required(job.report, 'report').rejectsPath;
    return readJsonLines(reportFile(this.#options.folders, job.jobId, path), rejectedRowSchema);
  }

  async #job(jobId: string): Promise<JobRecord> {
    const job = await this.#options.jobs.get(jobId);
    if (!job) throw new AppError('jobs.unknown', 'notFound', { jobId });
    return job;
  }
}

async function* exportRows(rows: AsyncIterable<RejectedRow>, width: number): AsyncGenerator<string[]> {
  for await (const row of rows) {
    // A row that is too long keeps its surplus behind the reason, so that nothing is lost.
    const cells = Array.from({ length: width }, (_, index) => row.cells[index] ?? '');
    const reasons = row.problems.map((problem) =>
      problem.column === null ? problem.message : `${problem.column}: ${problem.message}`,
    );
    yield [...cells, String(row.row), reasons.join(' '), ...row.cells.slice(width)];
  }
}

const stemOf = (fileName: string) => basename(fileName, extname(fileName));
