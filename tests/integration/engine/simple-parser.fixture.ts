import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindingSummary, RejectedRow } from '../../../src/shared/domain/findings.ts';
import type { InspectedTable, Inspection } from '../../../src/shared/domain/tables.ts';
import { AppError } from '../../../src/shared/errors/app-error.ts';
import { writeCanonical, type TestRow } from '../../../src/main/adapters/duckdb/canonical-rows.fixture.ts';
import type { FileParser, ValidationReport } from '../../../src/main/services/imports/ports.ts';
import { TotalsSum } from '../../../src/main/services/publishing/index.ts';

const HEADER = ['Date', 'Branch', 'Gross revenue', 'Total cost'];

/** Lets a test stand between a call of the engine and its answer. */
export interface ParserHooks {
  beforeValidate?: (fileName: string, signal: AbortSignal) => Promise<void>;
  changeReport?: (report: ValidationReport) => ValidationReport;
}

/**
 * Stands in for the parser processes where a test is about the pipeline behind them: reads
 * `date,branch,revenue,cost` lines; a revenue that is no number is rejected, a line that begins with "Total" skipped.
 */
export function createSimpleParser(hooks: ParserHooks = {}): FileParser {
  return {
    async inspect(file) {
      const lines = await linesOf(file.path);
      const columns = HEADER.map((name, index) => ({
        index,
        name,
        invented: false,
        type: index === 0 ? ('date' as const) : index === 1 ? ('text' as const) : ('number' as const),
        fit: 1,
        blankShare: 0,
        numberStyle: index > 1 ? { decimal: '.' as const, grouping: '' as const } : null,
        dateOrder: index === 0 ? ('iso' as const) : null,
        ambiguous: lines[0]?.startsWith('Ambiguous') === true && index === 0,
        samples: [],
      }));
      const table: InspectedTable = {
        sheet: '',
        index: 0,
        hidden: false,
        headerRows: [1],
        firstDataRow: 2,
        columns,
        sampleRows: [],
        estimatedRows: lines.length - 1,
        fingerprint: createHash('sha256').update(HEADER.join()).digest('hex'),
      };
      const inspection: Inspection = { format: 'csv', dialect: null, tables: [table], suggestedTable: 0 };
      return inspection;
    },

    async validate(request, run) {
      await hooks.beforeValidate?.(request.file.fileName, run.signal);
      if (run.signal.aborted) throw new AppError('app.cancelled', 'cancelled');
      const lines = await linesOf(request.file.path);
      const months = new Map<string, TestRow[]>();
      const rejected: RejectedRow[] = [];
      const skipped: string[] = [];
      const sum = new TotalsSum();
      for (const [index, line] of lines.entries()) {
        if (index === 0) continue;
        const cells = line.split(',');
        const [day = '', branch = '', revenue = '', cost = ''] = cells;
        if (day.startsWith('Total')) {
          skipped.push(JSON.stringify({ sheet: '', row: index + 1, kind: 'total', text: line }));
          continue;
        }
        if (!/^-?\d+(\.\d+)?$/.test(revenue)) {
          const problem = {
            code: 'value.not_a_number',
            severity: 'error' as const,
            sheet: '',
            row: index + 1,
            column: 'Gross revenue',
            value: revenue,
            message: 'This is not a number.',
          };
          rejected.push({ sheet: '', row: index + 1, cells, problems: [problem] });
          continue;
        }
        const rows = months.get(day.slice(0, 7)) ?? [];
        months.set(day.slice(0, 7), rows);
        rows.push({
          time: `${day}T00:00:00`,
          Branch: branch,
          grossRevenue: revenue,
          totalCost: cost === '' ? null : cost,
          importId: request.importId,
          row: index + 1,
        });
        sum.add({
          rows: 1,
          totals: {
            grossRevenue: revenue,
            returnsValue: null,
            totalCost: cost === '' ? null : cost,
            unitsSold: null,
            unitsReturned: null,
          },
        });
      }
      await mkdir(request.outDir, { recursive: true });
      const chunks = [];
      for (const [chunk, rows] of [...months].sort(([left], [right]) => (left < right ? -1 : 1))) {
        const path = join(request.outDir, `${chunk}.parquet`);
        await writeCanonical(path, rows);
        const sha256 = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        chunks.push({ chunk, path, rows: rows.length, sizeBytes: (await stat(path)).size, sha256 });
      }
      const findings = rejected.flatMap((row) => row.problems);
      const paths = {
        findingsPath: join(request.outDir, 'findings.jsonl'),
        rejectsPath: join(request.outDir, 'rejects.jsonl'),
        skippedPath: join(request.outDir, 'skipped.jsonl'),
      };
      const text = (values: readonly unknown[]) =>
        values.map((value) => `${JSON.stringify(value)}\n`).join('');
      await writeFile(paths.findingsPath, text(findings));
      await writeFile(paths.rejectsPath, text(rejected));
      await writeFile(paths.skippedPath, skipped.map((line) => `${line}\n`).join(''));
      const summary: FindingSummary[] =
        findings.length === 0
          ? []
          : [
              {
                code: 'value.not_a_number',
                severity: 'error',
                column: 'Gross revenue',
                count: findings.length,
                title: 'Not a number',
                explanation: '',
                sample: findings.slice(0, 5),
              },
            ];
      const report: ValidationReport = {
        header: HEADER,
        rowsRead: lines.length - 1,
        rowsAccepted: sum.rows,
        rowsRejected: rejected.length,
        rowsSkipped: skipped.length,
        findings: summary,
        totals: sum.totals(),
        chunks,
        ...paths,
        findingsListed: findings.length,
        similarValues: [],
      };
      return hooks.changeReport?.(report) ?? report;
    },

    read: () => Promise.reject(new Error('not used by these tests')),
  };
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
}
