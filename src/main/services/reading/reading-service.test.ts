import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '#shared/domain/findings';
import { suggestMapping } from '#shared/domain/mapping-suggestion';
import { NO_RULES } from '#shared/domain/rules/rule-set';
import { compilePattern } from '../../adapters/patterns/compile-pattern.ts';
import { openPolarsWriter } from '../../adapters/polars/canonical-parquet.ts';
import { createReadingService } from './reading-service.ts';
import type { OpenedFile, OpenFile } from './ports.ts';
import { batchOf, openedOf, sourceOf } from './table-source.fixture.ts';

const HEADER = ['Date', 'Branch', 'Amount'];
const noteOn = (sheet: string, row: number): Finding => ({
  code: 'reading.mixed_line_ends',
  severity: 'warning',
  sheet,
  row,
  column: null,
  value: null,
  message: 'noted',
});
const broken = (row: number): Finding => ({
  ...noteOn('', row),
  code: 'reading.row_too_long',
  severity: 'error',
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mauzo-reading-'));
  writeFileSync(join(folder, 'x.csv'), 'Date,Branch,Amount\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function serviceOf(opened: OpenedFile) {
  const state = { closed: 0 };
  const open: OpenFile = async () => ({ ...opened, close: async () => void state.closed++ });
  const openers = { csv: open, xlsx: open, xls: open, xlsb: open, ods: open, parquet: open };
  return { service: createReadingService({ openers, openWriter: openPolarsWriter, compilePattern }), state };
}
const run = { signal: new AbortController().signal };
const opened = (): OpenedFile => ({
  ...openedOf(
    sourceOf(HEADER, [
      { kind: 'broken', records: [{ row: 3, cells: ['a', 'b, "c"', 'd', 'too many'], finding: broken(3) }] },
      {
        kind: 'batch',
        batch: batchOf(
          [
            ['2026-01-31', 'Kisumu', '1,5'],
            ['', 'x\ny', ''],
          ],
          [2, 4],
        ),
      },
    ]),
  ),
  notes: [noteOn('', 1), noteOn('Other sheet', 1)],
});
const request = async (service: ReturnType<typeof serviceOf>['service']) => {
  const file = { path: join(folder, 'x.csv'), fileName: '../x.csv' };
  const inspection = await service.inspect(file, run);
  const [table] = inspection.tables;
  if (!table) throw new Error('no table');
  mkdirSync(join(folder, 'out'));
  const mapping = suggestMapping(table, null).mapping;
  return {
    file,
    table: 0,
    inspection,
    mapping,
    rules: NO_RULES,
    importId: 'i',
    outDir: join(folder, 'out'),
    today: '2026-11-23',
  };
};

describe('the reading service', () => {
  it('reports what was noted about the file, not about its other sheets, and closes it', async () => {
    const { service, state } = serviceOf(opened());
    const report = await service.validate(await request(service), run);
    expect(report).toMatchObject({ rowsRead: 3, rowsAccepted: 1, rowsRejected: 1, rowsSkipped: 1 });
    expect(report.findings.find(({ code }) => code === 'reading.mixed_line_ends')).toMatchObject({
      count: 1,
    });
    expect(state.closed).toBe(2);
  });

  it('names the other visible sheets with rows, as a warning where they hold sales', async () => {
    const { service } = serviceOf(opened());
    const asked = await request(service);
    const [table] = asked.inspection.tables;
    if (!table) throw new Error('no table');
    const text = table.columns.map((column) => ({ ...column, type: 'text' as const, name: 'Note' }));
    const tables = [
      table,
      { ...table, index: 1, sheet: 'February' },
      { ...table, index: 2, sheet: 'Notes', columns: text },
      { ...table, index: 3, sheet: 'Old', hidden: true },
      { ...table, index: 4, sheet: 'Empty', estimatedRows: 0 },
    ];
    const report = await service.validate({ ...asked, inspection: { ...asked.inspection, tables } }, run);
    const found = report.findings.filter(({ code }) => code === 'reading.other_sheet');
    expect(found.map(({ severity, count }) => [severity, count])).toEqual([['warning', 2]]);
    expect(found[0]?.sample.map(({ severity, value }) => [severity, value])).toEqual([
      ['warning', 'February'],
      ['info', 'Notes'],
    ]);
  });

  it('refuses a table that is not the one that was mapped', async () => {
    const asked = await request(serviceOf(opened()).service);
    const { service, state } = serviceOf(openedOf(sourceOf(['one'], [])));
    await expect(service.validate(asked, run)).rejects.toMatchObject({ code: 'reading.table_changed' });
    expect(state.closed).toBe(1);
  });

  it('tells once that a header is missing, and not of a format that has names without a header row', async () => {
    const codes = async (header: string[], notes: Finding[]) => {
      const source = { ...sourceOf(header, []), columns: 2, headerRows: [] };
      const { service } = serviceOf({ ...openedOf(source), notes });
      const findingsPath = join(folder, 'codes.jsonl');
      writeFileSync(findingsPath, '');
      const file = { path: join(folder, 'x.csv'), fileName: 'x.csv' };
      return (await service.read({ file, outDir: folder, findingsPath }, run)).findings;
    };
    expect(await codes(['Date', 'Branch'], [])).toBe(0);
    expect(await codes([], [])).toBe(1);
    expect(await codes([], [{ ...noteOn('', 1), code: 'reading.no_header' }])).toBe(1);
  });

  it('writes broken records at their place, as found, cut to the width of the header, inside the folder', async () => {
    const { service } = serviceOf(opened());
    const file = { path: join(folder, 'x.csv'), fileName: '../x.csv' };
    const findingsPath = join(folder, 'f.jsonl');
    const report = await service.read({ file, outDir: folder, findingsPath }, run);
    expect(report).toMatchObject({ errors: 1, findings: 3, outputs: [{ rows: 3 }] });
    expect(report.outputs[0]?.path).toBe(join(folder, 'x.csv_converted.csv'));
    expect(readFileSync(join(folder, 'x.csv_converted.csv'), 'utf8')).toBe(
      'Date,Branch,Amount\n2026-01-31,Kisumu,"1,5"\na,"b, ""c""",d\n,"x\ny",\n',
    );
    expect(readFileSync(findingsPath, 'utf8').trim().split('\n')).toHaveLength(3);
  });
});
