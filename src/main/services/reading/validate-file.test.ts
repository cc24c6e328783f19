import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Mapping } from '#shared/domain/mapping';
import { NO_RULES, type ResolvedRules } from '#shared/domain/rules/rule-set';
import { formatE4 } from '#shared/domain/values/numbers';
import { compilePattern } from '../../adapters/patterns/compile-pattern.ts';
import { openPolarsWriter } from '../../adapters/polars/canonical-parquet.ts';
import { loadPolars } from '../../adapters/polars/load-polars.ts';
import type { OpenCanonicalWriter, WrittenRows } from './canonical-port.ts';
import type { TableEvent } from './ports.ts';
import {
  batchOf,
  columnOf,
  dateColumn,
  numberColumn,
  sourceOf,
  tableOf,
  type FixtureCell,
} from './table-source.fixture.ts';
import { Validation } from './validate-file.ts';

const HEADER = ['Date', 'Branch', 'Item', 'Sales', 'Returns', 'Cost', 'Lines'];
const TABLE = tableOf([
  columnOf(0, 'Date', dateColumn),
  columnOf(1, 'Branch'),
  columnOf(2, 'Item'),
  columnOf(3, 'Sales', { type: 'number', numberStyle: { decimal: '.', grouping: ',' } }),
  columnOf(4, 'Returns', numberColumn),
  columnOf(5, 'Cost', numberColumn),
  columnOf(6, 'Lines', numberColumn),
]);
const column = (index: number) =>
  ({ kind: 'column', column: index, header: HEADER[index] ?? '', blankAs: 'null' }) as const;
const MAPPING: Mapping = {
  version: 1,
  fields: {
    __time: column(0),
    Branch: column(1),
    ItemName: column(2),
    grossRevenue: column(3),
    returnsValue: column(4),
    totalCost: column(5),
    lineItemCount: column(6),
  },
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function validate(
  events: readonly TableEvent[],
  mapping = MAPPING,
  openWriter: OpenCanonicalWriter = openPolarsWriter,
  rules: ResolvedRules = NO_RULES,
) {
  const outDir = mkdtempSync(join(tmpdir(), 'mauzo [1] what?-'));
  folders.push(outDir);
  const request = {
    file: { path: 'x', fileName: 'x.csv' },
    table: 0,
    inspection: { format: 'csv', dialect: null, tables: [TABLE], suggestedTable: 0 } as const,
    mapping,
    rules,
    importId: 'a'.repeat(64),
    outDir,
    today: '2026-11-23',
  };
  const run = { signal: new AbortController().signal };
  const report = await new Validation(
    { ...request, inspection: { ...request.inspection, tables: [TABLE] } },
    TABLE,
    { openWriter, compilePattern },
  ).run(sourceOf(HEADER, events), 1000, run);
  const lines = (path: string): unknown[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  return {
    report,
    outDir,
    findings: lines(report.findingsPath),
    rejects: lines(report.rejectsPath),
    skipped: lines(report.skippedPath),
  };
}

const good = (day: string, sales = '100.50', over: readonly FixtureCell[] = []): FixtureCell[] => [
  day, 'Kisumu', 'Nails, 2 "inch"\nbox', sales, '', '60', '1', ...over,
].slice(0, 7); // prettier-ignore
const batch = (...records: FixtureCell[][]): TableEvent => ({ kind: 'batch', batch: batchOf(records) });

describe('validation of a table', () => {
  it('reads a blank as zero only where the mapping says so, and counts each one as an info', async () => {
    const returns = { ...column(4), blankAs: 'zero' as const };
    const mapping: Mapping = { ...MAPPING, fields: { ...MAPPING.fields, returnsValue: returns } };
    const rows = ['01', '02', '03', '04', '05', '06', '07'].map((day) => good(`2024-03-${day}`));
    const { report, findings } = await validate([batch(...rows, good('not a date'))], mapping);
    expect(report.totals.returnsValue).toBe('0');
    expect(report.findings.find(({ code }) => code === 'value.blank_as_zero')).toMatchObject({
      severity: 'info',
      column: 'Returns',
      count: 7,
    });
    expect(findings).toHaveLength(1);
    const unknown = await validate([batch(...rows)]);
    expect(unknown.report.totals.returnsValue).toBeNull();
    expect(unknown.report.findings).toEqual([]);
  });

  it('never takes a dated total, a percentage or another currency for a sale in silence', async () => {
    const named = (branch: string, item: string, sales = '5'): FixtureCell[] => [
      '2024-03-31', branch, item, sales, '', '', '1',
    ]; // prettier-ignore
    const { report } = await validate([
      batch(
        named('Grand Total', ''),
        named('Nakuru total', 'Oil'),
        named('Nakuru', 'Total'),
        named('Totally', 'Summit'),
        named('Nakuru', 'Oil', '12%'),
        named('Nakuru', 'Oil', 'USD 7'),
      ),
    ]);
    expect(report.findings.map(({ code, count }) => `${count} ${code}`).sort()).toEqual([
      '1 row.maybe_total',
      '1 row.maybe_total',
      '1 row.total',
      '1 value.other_currency',
      '1 value.share',
    ]);
    expect(report).toMatchObject({ rowsAccepted: 3, rowsRejected: 3 });
  });

  it('writes accepted rows as one Parquet file per month, exact and in file order', async () => {
    const { report, outDir } = await validate([
      batch(
        good('2024-03-01', '1,234.5678'),
        good('2024-02-29', '-0.0001'),
        good('2024-03-31T23:59:59', '99999999999999.9999'),
      ),
    ]);
    expect(report).toMatchObject({
      rowsRead: 3,
      rowsAccepted: 3,
      rowsRejected: 0,
      rowsSkipped: 0,
      findings: [],
    });
    expect(report.totals).toEqual({
      grossRevenue: '100000000001234.5676',
      returnsValue: null,
      totalCost: '180',
      unitsSold: null,
      unitsReturned: null,
    });
    expect(report.chunks.map(({ chunk, rows }) => [chunk, rows])).toEqual([
      ['2024-02', 1],
      ['2024-03', 2],
    ]);
    expect(readdirSync(join(outDir, 'canonical')).sort()).toEqual(['2024-02.parquet', '2024-03.parquet']);
    const polars = await loadPolars();
    const frame = await polars
      .scanParquet(report.chunks[1]?.path ?? '', { glob: false })
      .select(
        polars.col('grossRevenue').cast(polars.Utf8),
        'ItemName',
        'row',
        'CardName',
        'importId',
        polars.col('__time').dt.strftime('%F %T').alias('at'),
      )
      .collect();
    expect(frame.toRecords()).toEqual([
      {
        grossRevenue: '1234.5678',
        ItemName: 'Nails, 2 "inch"\nbox',
        row: 2,
        CardName: null,
        importId: 'a'.repeat(64),
        at: '2024-03-01 00:00:00',
      },
      {
        grossRevenue: '99999999999999.9999',
        ItemName: 'Nails, 2 "inch"\nbox',
        row: 4,
        CardName: null,
        importId: 'a'.repeat(64),
        at: '2024-03-31 23:59:59',
      },
    ]);
  });

  it('gives the same bytes for the same request', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) =>
      good(`2024-0${(index % 3) + 1}-10`, String(index)),
    );
    const first = await validate([batch(...rows)]);
    const second = await validate([batch(...rows)]);
    expect(first.report.chunks.map((chunk) => chunk.sha256)).toEqual(
      second.report.chunks.map((chunk) => chunk.sha256),
    );
    expect(first.report.chunks).toHaveLength(3);
  });

  it('rejects what it cannot read, with the reason, and never takes it as 0', async () => {
    const { report, findings, rejects } = await validate([
      batch(
        good('2026-09-31'),
        good('2026-09-30', 'twelve'),
        good('2026-09-30', '#REF!'),
        good('2031-01-01'),
        good('1999-12-31'),
        ['2026-09-30', ' ', 'x', '1', '', '', ''],
        good('2026-09-30', ''),
        good('2026-09-30', '1e309'),
        ['2026-09-30', 'A', 'x', { kind: 'uncomputed', text: '' }, '', '', ''],
        ['2026-09-30', 'A', 'x', '5', '', '', '1.5'],
        ['2026-09-30', 'A', 'x', '5', '', '', '0'],
      ),
    ]);
    expect(report).toMatchObject({ rowsRead: 11, rowsAccepted: 0, rowsRejected: 11, chunks: [] });
    expect(findings.map((finding) => (finding as { code: string }).code)).toEqual([
      'value.no_such_day', 'value.not_a_number', 'value.error_value', 'value.future_date', 'value.too_old',
      'value.missing', 'value.missing', 'value.out_of_range', 'value.uncomputed', 'value.not_whole', 'value.too_few_lines',
    ]); // prettier-ignore
    expect(findings[0]).toMatchObject({
      row: 2,
      column: 'Date',
      value: '2026-09-31',
      message: '“2026-09-31” is not a date: September has 30 days.',
    });
    expect(rejects).toHaveLength(11);
    expect(rejects[1]).toMatchObject({ row: 3, cells: good('2026-09-30', 'twelve') });
  });

  it('keeps odd rows with a warning: positive returns, high cost, equal rows, five decimals', async () => {
    const { report, findings } = await validate([
      batch(
        ['2026-09-30', 'A', 'x', '100', '5', '10', '1'],
        ['2026-09-30', 'A', 'y', '100', '', '151', '1'],
        ['2026-09-30', 'A', 'y', '100', '', '151', '1'],
        ['2026-09-30', 'A', 'z', '1.00005', '', '', ''],
        ['2026-09-30', 'A', 'z', { kind: 'number', text: '0.30000000000000004' }, '', '', ''],
      ),
    ]);
    expect(report).toMatchObject({ rowsAccepted: 5, rowsRejected: 0 });
    expect(report.totals).toMatchObject({ grossRevenue: '301.3001', returnsValue: '-5' });
    expect(findings.map((finding) => (finding as { code: string }).code)).toEqual([
      'value.returns_positive', 'row.cost_above_revenue', 'row.cost_above_revenue', 'row.duplicate', 'value.rounded',
    ]); // prettier-ignore
    expect(report.findings.find((summary) => summary.code === 'row.cost_above_revenue')).toMatchObject({
      count: 2,
      severity: 'warning',
    });
  });

  it('skips totals, footers, blank lines and repeated headers, and says where they are', async () => {
    const { report, skipped } = await validate([
      { kind: 'skipped', lines: [{ row: 1, kind: 'title', text: 'Sales report' }] },
      batch(
        good('2026-09-30'),
        ['', '', '', '', '', '', ''],
        ['Grand total:', '', '', '100.50', '', '60', ''],
        ['', 'Kisumu Total', '', '100.50', '', '', ''],
        HEADER,
        ['Printed by Jane', '', '', '', '', '', ''],
        ['', 'Total Energies', 'Oil', '5', '', '', ''],
      ),
    ]);
    expect(report).toMatchObject({ rowsRead: 8, rowsAccepted: 1, rowsRejected: 1, rowsSkipped: 6 });
    expect(skipped.map((line) => [(line as { row: number }).row, (line as { kind: string }).kind])).toEqual([
      [1, 'title'], [3, 'blank'], [4, 'total'], [5, 'total'], [6, 'title'], [7, 'footer'],
    ]); // prettier-ignore
  });

  it('counts broken records and repairs of the reader in row order', async () => {
    const at = (row: number, severity: 'error' | 'warning') =>
      ({
        code: severity === 'error' ? 'reading.row_too_short' : 'reading.row_padded',
        severity,
        sheet: '',
        row,
        column: null,
        value: null,
        message: '',
      }) as const;
    const { report, findings, rejects } = await validate([
      { kind: 'batch', batch: batchOf([good('2026-09-30'), good('bad')], [2, 6], [at(2, 'warning')]) },
      { kind: 'broken', records: [{ row: 4, cells: ['x'], finding: at(4, 'error') }] },
    ]);
    expect(report).toMatchObject({ rowsRead: 3, rowsAccepted: 1, rowsRejected: 2 });
    expect(findings.map((finding) => (finding as { row: number }).row)).toEqual([2, 4, 6]);
    expect(rejects.map((reject) => (reject as { row: number }).row)).toEqual([4, 6]);
  });

  it('applies constants and exact computations', async () => {
    const { report } = await validate([batch(['2026-09-30', 'A', 'x', '0.3', '', '0.1', '3'])], {
      version: 1,
      fields: {
        __time: column(0),
        Branch: { kind: 'constant', value: 'Kisumu' },
        grossRevenue: { kind: 'computed', expression: 'Sales * Lines + 0.0001' },
        totalCost: { kind: 'computed', expression: 'Sales - Cost' },
        unitsSold: { kind: 'constant', value: '2.5' },
      },
    });
    expect(report.totals).toMatchObject({ grossRevenue: '0.9001', totalCost: '0.2', unitsSold: '2.5' });
  });

  it('refuses a mapping that is not complete', async () => {
    const incomplete: Mapping = { version: 1, fields: { __time: column(0), Branch: column(1) } };
    await expect(validate([], incomplete)).rejects.toMatchObject({ code: 'mapping.incomplete' });
  });

  it.each<[string, (written: WrittenRows) => WrittenRows]>([
    ['a row less', (written) => ({ ...written, rows: written.rows - 1 })],
    ['another sum', (written) => ({ ...written, totals: { ...written.totals, totalCost: '59.9999' } })],
    ['a sum of nothing', (written) => ({ ...written, totals: { ...written.totals, unitsSold: '0' } })],
  ])('fails when the written files hold %s', async (_, change) => {
    const openWriter: OpenCanonicalWriter = (options) => {
      const writer = openPolarsWriter(options);
      return {
        append: (month, row) => writer.append(month, row),
        discard: () => writer.discard(),
        finish: async (signal) => change(await writer.finish(signal)),
      };
    };
    await expect(validate([batch(good('2026-09-30'))], MAPPING, openWriter)).rejects.toMatchObject({
      code: 'reading.totals_differ',
      kind: 'bug',
    });
  });

  it('agrees with an independent sum over any rows in any months, and keeps the order of the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 4_000 }), fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })),
          {
            minLength: 1,
            maxLength: 60,
          },
        ),
        async (rows) => {
          const records = rows.map(([day, e4]) =>
            good(new Date(Date.UTC(2010, 0, 1 + day)).toISOString().slice(0, 10), formatE4(e4)),
          );
          const { report } = await validate([batch(...records)]);
          const sum = rows.reduce((total, [, e4]) => total + e4, 0n);
          expect(report.totals.grossRevenue).toBe(formatE4(sum));
          expect(report.rowsAccepted).toBe(rows.length);
          const polars = await loadPolars();
          for (const { path } of report.chunks) {
            const frame = polars
              .readParquet(path)
              .select('row', polars.col('grossRevenue').cast(polars.Utf8));
            const found = frame.toRecords() as { row: number; grossRevenue: string }[];
            expect(found.map(({ row }) => row)).toEqual(found.map(({ row }) => row).sort((a, b) => a - b));
            for (const { row, grossRevenue } of found) {
              expect(BigInt(grossRevenue.replace('.', ''))).toBe(rows[row - 2]?.[1]);
            }
          }
        },
      ),
      { numRuns: 6 },
    );
  });
});
