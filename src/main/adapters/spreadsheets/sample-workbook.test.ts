import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleRows } from '../../../../scripts/sample/independent-figures.mts';
import { SAMPLE_FILES } from '../../../../scripts/sample/plan.mts';
import { centsText } from '../../../../scripts/sample/text-files.mts';
import { readTable, workbookFolder } from './workbook.fixture.ts';

const folder = workbookFolder();
afterAll(() => folder.remove());
const sampleFile = (name: string) =>
  readFileSync(new URL(`../../../../resources/sample/${name}`, import.meta.url));

describe('the sample', () => {
  it('holds a workbook whose rows are those that the generator knows', async () => {
    const file = await folder.openBytes(sampleFile(SAMPLE_FILES.workbook));
    const [table] = file.tables;
    if (!table) throw new Error('no table');
    const { rows, skipped } = await readTable(table);
    const at = (name: string) => table.header.indexOf(name);
    const of = (cells: readonly string[], name: string) => cells[at(name)] ?? '';
    expect(table.headerRows).toEqual([5]);
    expect(skipped.map(({ kind }) => kind)).toEqual(['title', 'title', 'title', 'blank', 'total']);
    expect(
      rows.map(({ cells }) => [
        of(cells, 'Posting Date'),
        of(cells, 'Branch'),
        of(cells, 'BP Name'),
        of(cells, 'Sales Amount'),
        of(cells, 'Credit Notes'),
        of(cells, 'Cost of Sales'),
        of(cells, 'Qty'),
      ]),
    ).toEqual(
      sampleRows('workbook').map((row) => [
        row.time.replace(' ', 'T'),
        row.branch,
        row.customer,
        centsText(row.revenueCents),
        row.returnsCents === 0 ? '' : centsText(row.returnsCents),
        centsText(row.costCents),
        String(row.unitsSold),
      ]),
    );
  });

  it('holds targets by month, scope and branch', async () => {
    const file = await folder.openBytes(sampleFile(SAMPLE_FILES.targets));
    const [table] = file.tables;
    const read = table ? await readTable(table) : null;
    expect(table?.header).toEqual(['Month', 'Scope', 'Branch', 'Metric', 'Amount']);
    expect(read?.rows).toHaveLength(12 * 13);
    expect(read?.rows[0]?.cells.slice(0, 4)).toEqual(['2026-01-01', 'company', '', 'netSales']);
    expect(read?.rows.every(({ cells }) => Number(cells[4]) > 0)).toBe(true);
  });
});
