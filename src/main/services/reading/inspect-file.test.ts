import { describe, expect, it } from 'vitest';
import { inspectFile } from './inspect-file.ts';
import type { TableSource } from './ports.ts';
import { batchOf, openedOf, sourceOf, type FixtureCell } from './table-source.fixture.ts';

const run = { signal: new AbortController().signal };

async function columns(
  header: readonly string[],
  records: readonly (readonly FixtureCell[])[],
  over: Partial<TableSource> = {},
) {
  const source = { ...sourceOf(header, [{ kind: 'batch', batch: batchOf(records) }]), ...over };
  const inspection = await inspectFile(openedOf(source), run);
  return inspection.tables[0]?.columns ?? [];
}
const column = async (values: readonly FixtureCell[], header = 'x', over: Partial<TableSource> = {}) =>
  (
    await columns(
      [header],
      values.map((value) => [value]),
      over,
    )
  )[0];

describe('inspection of columns', () => {
  it('tells numbers, dates, codes, words and blanks', async () => {
    expect(await column(['1,234.50', '(20.00)', '-', ''])).toMatchObject({
      type: 'number',
      fit: 1,
      blankShare: 0.5,
      numberStyle: { decimal: '.', grouping: ',' },
      ambiguous: false,
    });
    expect(await column(['31/01/2024', '01/02/2024'])).toMatchObject({
      type: 'date',
      dateOrder: 'day-first',
      ambiguous: false,
    });
    expect(await column(['00123', '00124'])).toMatchObject({ type: 'text' });
    expect(await column(['12345678901234567890'])).toMatchObject({ type: 'text' });
    expect(await column(['Kisumu', '7'])).toMatchObject({ type: 'text' });
    expect(await column(['', 'n/a'])).toMatchObject({ type: 'empty' });
    expect(await column(['yes', 'NO'])).toMatchObject({ type: 'boolean' });
  });

  it('goes by cells, not by different values: a report of one day has one date and many other words', async () => {
    const day = ['05/13/2024', '05/13/2024', '05/13/2024', '05/13/2024', '05/13/2024'];
    expect(await column([...day, 'Subtotal', 'Total', 'Printed by Asha'])).toMatchObject({ type: 'date' });
    expect(await column(['100.50', '100.50', '100.50', 'Amount', 'x'])).toMatchObject({ type: 'number' });
    expect(await column(['1', '2', 'a', 'a', 'a'])).toMatchObject({ type: 'text' });
  });

  it('says when a person must decide', async () => {
    expect(await column(['01/02/2024', '03/04/2024'])).toMatchObject({ type: 'date', ambiguous: true });
    expect(await column(['1,234', '5,678'])).toMatchObject({ type: 'number', ambiguous: true });
  });

  it('lets a column that is clear decide one that is not', async () => {
    const [, amount, due] = await columns(
      ['Posted', 'Amount', 'Due', 'Cost'],
      [
        ['31/01/2024', '1.234', '01/02/2024', '12,50'],
        ['30/01/2024', '5.678', '03/04/2024', '1.300,25'],
      ],
    );
    expect(amount).toMatchObject({ numberStyle: { decimal: ',', grouping: '.' }, ambiguous: false });
    expect(due).toMatchObject({ dateOrder: 'day-first', ambiguous: false });
  });

  it('knows typed cells, and serial numbers that may be dates', async () => {
    const native = (kind: 'number' | 'date', text: string) => ({ kind, text }) as const;
    expect(await column([native('date', '2024-01-31'), native('date', '2024-02-01')])).toMatchObject({
      type: 'date',
      dateOrder: 'iso',
      ambiguous: false,
    });
    expect(
      await column([native('number', '45000'), native('number', '45001')], 'Posting', {
        serialDates: 'excel-1904',
      }),
    ).toMatchObject({
      type: 'number',
      dateOrder: 'excel-1904',
      numberStyle: { decimal: '.', grouping: '' },
    });
    expect(await column([native('number', '5')], 'Qty', { serialDates: 'excel-1900' })).toMatchObject({
      dateOrder: null,
    });
  });

  it('follows a column that is unclear at first until its data decide', async () => {
    const early = Array.from({ length: 2_500 }, (_, index) => [`0${(index % 9) + 1}/01/2024`]);
    const later = [['25/01/2024']];
    const source = sourceOf(
      ['Date'],
      [early, later, later].map((records) => ({ kind: 'batch', batch: batchOf(records) })),
    );
    const { tables } = await inspectFile(openedOf(source), run);
    expect(tables[0]?.columns[0]).toMatchObject({ dateOrder: 'day-first', ambiguous: false });
  });
});

it('finds values that come late in a column that is blank at first', async () => {
  const blank = Array.from({ length: 2_100 }, () => ['1,5', '']);
  const source = sourceOf(
    ['Sales', 'Returns'],
    [blank, [['1,5', '-2,5']]].map((records) => ({ kind: 'batch', batch: batchOf(records) })),
  );
  const { tables } = await inspectFile(openedOf(source), run);
  expect(tables[0]?.columns[1]).toMatchObject({ type: 'number', numberStyle: { decimal: ',' } });
});

describe('inspection of tables', () => {
  it('names columns without a header, keeps a fingerprint of the header and suggests the table that fits sales', async () => {
    const notes = sourceOf(['Note', ''], [{ kind: 'batch', batch: batchOf([['a', 'b']]) }]);
    const sales = sourceOf(
      ['Date', 'Branch', 'Amount'],
      [{ kind: 'batch', batch: batchOf([['2024-01-31', 'Kisumu', '5']]) }],
    );
    const same = { ...sales, header: ['DATE ', 'branch', 'Amount'] };
    const { tables, suggestedTable } = await inspectFile(openedOf(notes, sales, same), run);
    expect(tables[0]?.columns[1]).toMatchObject({ name: 'column_2', invented: true });
    expect(suggestedTable).toBe(1);
    expect(tables[1]?.fingerprint).toBe(tables[2]?.fingerprint);
    expect(tables[1]?.fingerprint).not.toBe(tables[0]?.fingerprint);
    expect(tables[1]).toMatchObject({ estimatedRows: 1, sampleRows: [['2024-01-31', 'Kisumu', '5']] });
  });
});
