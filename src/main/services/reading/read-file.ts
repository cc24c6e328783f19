import { appendFileSync, closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Finding } from '#shared/domain/findings';
import type { ReadReport, ReadRequest } from '../imports/ports.ts';
import type { ParserRun } from '../imports/ports.ts';
import { CsvBuffer } from './csv-buffer.ts';
import type { CellBatch, OpenedFile, TableSource } from './ports.ts';
import { breathe } from './validate-file.ts';

const MAX_PENDING_FINDINGS = 1_000;

/** Findings as `mauzo read` lists them, one JSON object a line. */
class FindingLines {
  readonly #path: string | null;
  readonly #file: string;
  #pending: string[] = [];
  count = 0;
  errors = 0;

  constructor(path: string | null, file: string) {
    this.#path = path;
    this.#file = file;
  }

  add({ sheet, row, column, code, message, severity }: Finding): void {
    this.count++;
    if (severity === 'error') this.errors++;
    if (this.#path === null) return;
    const place = sheet === '' ? {} : { sheet };
    this.#pending.push(`${JSON.stringify({ file: this.#file, ...place, row, column, code, message })}\n`);
    if (this.#pending.length >= MAX_PENDING_FINDINGS) this.flush();
  }

  flush(): void {
    if (this.#path !== null && this.#pending.length > 0) appendFileSync(this.#path, this.#pending.join(''));
    this.#pending = [];
  }
}

interface Pending {
  readonly row: number;
  readonly cells: readonly string[];
}

/** Writes one table; broken records are written as their cells were found, at their place, padded or cut. */
async function writeTable(
  source: TableSource,
  path: string,
  findings: FindingLines,
  sizeBytes: number,
  run: ParserRun,
) {
  const temporary = `${path}.tmp`;
  const descriptor = openSync(temporary, 'w');
  const out = new CsvBuffer((bytes) => {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  });
  let rows = 0;
  const broken: Pending[] = [];
  let written = 0;
  const writeBroken = (before: number) => {
    for (let next = broken[written]; next !== undefined && next.row < before; next = broken[written]) {
      const { cells } = next;
      out.record(Array.from({ length: source.columns }, (_, index) => cells[index] ?? ''));
      rows++;
      written++;
    }
    if (written === broken.length) written = broken.length = 0;
  };
  const writeBatch = (batch: CellBatch) => {
    for (let record = 0; record < batch.records; record++) {
      const row = batch.rows[record] ?? 0;
      if (broken.length > 0) writeBroken(row);
      out.spans(batch, record);
      rows++;
    }
  };
  try {
    out.record(
      Array.from({ length: source.columns }, (_, index) => source.header[index] || `column_${index + 1}`),
    );
    for await (const event of source.events(run.signal)) {
      run.signal.throwIfAborted();
      if (event.kind === 'batch') {
        for (const finding of event.batch.findings) findings.add(finding);
        writeBatch(event.batch);
        run.onProgress?.({ bytesDone: event.batch.bytesDone, bytesTotal: sizeBytes, rows });
      } else if (event.kind === 'broken') {
        for (const { row, cells, finding } of event.records) {
          findings.add(finding);
          broken.push({ row, cells });
        }
      }
      await breathe();
    }
    writeBroken(Number.POSITIVE_INFINITY);
    out.flush();
  } catch (thrown) {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw thrown;
  }
  closeSync(descriptor);
  renameSync(temporary, path);
  return rows;
}

/** The text that a header without names gets. */
const noHeader = (source: TableSource): Finding => ({
  code: 'reading.no_header',
  severity: 'warning',
  sheet: source.sheet,
  row: source.firstDataRow,
  column: null,
  value: null,
  message: 'The table has no header; its columns were named column_1, column_2 and so on.',
});

/**
 * Writes every table of a file as an import understands it: UTF-8, comma, RFC 4180, header first. A file with one
 * table becomes `<name>_converted.csv`, a workbook `<name>.<sheet index>.csv`.
 */
export async function readFile(request: ReadRequest, file: OpenedFile, run: ParserRun): Promise<ReadReport> {
  const { fileName } = request.file;
  const findings = new FindingLines(request.findingsPath, fileName);
  for (const note of file.notes) findings.add(note);
  const outputs: { sheet: string; path: string; rows: number }[] = [];
  const name = basename(fileName.replaceAll('\\', '/'));
  const single = file.format === 'csv' || file.format === 'parquet';
  for (const [index, source] of file.tables.entries()) {
    const named = source.header.some((name) => name !== '');
    const told = file.notes.some(({ code, sheet }) => code === 'reading.no_header' && sheet === source.sheet);
    if (!named && !told) findings.add(noHeader(source));
    const path = join(request.outDir, single ? `${name}_converted.csv` : `${name}.${index}.csv`);
    const rows = await writeTable(source, path, findings, file.sizeBytes, run);
    outputs.push({ sheet: source.sheet, path, rows });
    if (single) break;
  }
  findings.flush();
  return { outputs, findings: findings.count, errors: findings.errors };
}
