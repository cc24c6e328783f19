import { describe, expect, it } from 'vitest';
import { checkMapping } from '#shared/domain/mapping-check';
import type { ColumnSource, Mapping } from '#shared/domain/mapping';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import {
  columnSource,
  dateQuestion,
  fieldOf,
  FIELD_GROUPS,
  numberQuestion,
  previewCell,
  sharedWith,
  sourceOfChoice,
  unusedColumns,
  withSource,
} from './mapping-draft.ts';

const column = (index: number, name: string, change: Partial<InspectedColumn> = {}): InspectedColumn => ({
  index,
  name,
  invented: false,
  type: 'text',
  fit: 1,
  blankShare: 0,
  numberStyle: null,
  dateOrder: null,
  ambiguous: false,
  samples: [],
  ...change,
});
const number = { type: 'number', numberStyle: { decimal: '.', grouping: ',' } } as const;
const table: InspectedTable = {
  sheet: '',
  index: 0,
  hidden: false,
  headerRows: [1],
  firstDataRow: 2,
  columns: [
    column(0, 'Order Date', { type: 'date', ambiguous: true, samples: ['03/04/2024', '05/04/2024'] }),
    column(1, 'Region', { samples: ['West'] }),
    column(2, 'Sales', { ...number, samples: ['1,234.50', '10'] }),
    column(3, 'Profit', { ...number, samples: ['34.50', '-2'] }),
    column(4, 'Weight', { type: 'number', ambiguous: true, samples: ['1.234'] }),
    column(5, 'Returns', { ...number, samples: ['12'] }),
  ],
  sampleRows: [],
  estimatedRows: 2,
  fingerprint: 'f',
};
const empty: Mapping = { version: 1, fields: {} };
const at = (index: number): InspectedColumn => {
  const found = table.columns[index];
  if (!found) throw new Error(`no column ${index}`);
  return found;
};
const byColumn = (field: Parameters<typeof fieldOf>[0], index: number) =>
  columnSource(fieldOf(field), at(index));

describe('choosing a source', () => {
  it('takes over what the data proved and leaves open what they did not', () => {
    expect(byColumn('grossRevenue', 2).numberStyle).toEqual({ decimal: '.', grouping: ',' });
    expect(byColumn('__time', 0).dateOrder).toBeUndefined();
    expect(byColumn('Branch', 1)).not.toHaveProperty('numberStyle');
  });

  it('keeps what was decided when the same column is chosen again, and not for another one', () => {
    const decided: ColumnSource = { ...byColumn('__time', 0), dateOrder: 'day-first' };
    const field = fieldOf('__time');
    expect(sourceOfChoice({ kind: 'column', column: 0 }, field, table, decided)).toBe(decided);
    expect(sourceOfChoice({ kind: 'column', column: 1 }, field, table, decided)).toMatchObject({ column: 1 });
  });

  it('starts a computation with the column that was chosen before', () => {
    const before = byColumn('totalCost', 2);
    expect(sourceOfChoice({ kind: 'computed' }, fieldOf('totalCost'), table, before)).toEqual({
      kind: 'computed',
      expression: '[Sales]',
    });
  });

  it('blank takes the field out of the mapping', () => {
    const mapping = withSource(empty, 'Branch', byColumn('Branch', 1));
    expect(withSource(mapping, 'Branch', null)).toEqual(empty);
    expect(mapping.fields.Branch).toBeDefined();
  });

  it('a new-shape file becomes importable: region as branch, cost computed, day order said', () => {
    let mapping = withSource(empty, '__time', byColumn('__time', 0));
    mapping = withSource(mapping, 'Branch', byColumn('Branch', 1));
    mapping = withSource(mapping, 'grossRevenue', byColumn('grossRevenue', 2));
    mapping = withSource(mapping, 'totalCost', { kind: 'computed', expression: 'Sales - Profit' });
    expect(checkMapping(mapping, table).missing).toEqual(['__time']);
    const time = mapping.fields.__time;
    if (time?.kind !== 'column') throw new Error('not a column');
    mapping = withSource(mapping, '__time', { ...time, dateOrder: 'month-first' });
    expect(checkMapping(mapping, table)).toEqual({ missing: [], problems: [] });
  });
});

describe('questions about style', () => {
  it('shows the two readings of an ambiguous date', () => {
    const asked = dateQuestion(fieldOf('__time'), at(0), byColumn('__time', 0));
    expect(asked?.example).toBe('03/04/2024');
    expect(asked?.mustAnswer).toBe(true);
    expect(asked?.options.map((option) => `${option.value} ${option.reading.text ?? ''}`)).toEqual([
      'day-first 2024-04-03',
      'month-first 2024-03-04',
    ]);
  });

  it('still asks when every sample reads alike in both orders', () => {
    const alike = column(0, 'D', { type: 'date', ambiguous: true, samples: ['01/01/2024', '02/02/2024'] });
    const asked = dateQuestion(fieldOf('__time'), alike, columnSource(fieldOf('__time'), alike));
    expect(asked?.options.map((option) => option.value)).toEqual(['day-first', 'month-first']);
  });

  it('shows the two readings of an ambiguous number', () => {
    const asked = numberQuestion(fieldOf('unitsSold'), at(4), byColumn('unitsSold', 4));
    expect(asked?.mustAnswer).toBe(true);
    expect(asked?.options.map((option) => option.reading.text)).toEqual(['1.234', '1234']);
  });

  it('asks nothing where other rows than the samples proved the order or style', () => {
    const dates = column(0, 'D', { type: 'date', dateOrder: 'month-first', samples: ['03/04/2024'] });
    expect(dateQuestion(fieldOf('__time'), dates, columnSource(fieldOf('__time'), dates))).toBeNull();
    const numbers = column(0, 'N', { type: 'number', numberStyle: number.numberStyle, samples: ['1,234'] });
    expect(
      numberQuestion(fieldOf('totalCost'), numbers, columnSource(fieldOf('totalCost'), numbers)),
    ).toBeNull();
    // Another choice than the proved one stays open to be taken back.
    const other = { ...columnSource(fieldOf('__time'), dates), dateOrder: 'day-first' as const };
    expect(dateQuestion(fieldOf('__time'), dates, other)?.options).toHaveLength(2);
  });

  it('asks nothing where only one reading fits, and nothing about text', () => {
    const proved = column(0, 'D', {
      type: 'date',
      dateOrder: 'day-first',
      samples: ['31/04x', '24/10/2026'],
    });
    expect(dateQuestion(fieldOf('__time'), proved, columnSource(fieldOf('__time'), proved))).toBeNull();
    expect(dateQuestion(fieldOf('Branch'), at(0), byColumn('Branch', 0))).toBeNull();
    expect(numberQuestion(fieldOf('Branch'), at(4), byColumn('Branch', 4))).toBeNull();
  });
});

describe('the preview', () => {
  const row = ['03/04/2024', 'West', '1,234.50', '34.50', '1.234', '12'];
  const cell = (field: Parameters<typeof fieldOf>[0], source: ColumnSource | undefined) =>
    previewCell(fieldOf(field), source, table, row);

  it('reads columns, constants and computations as the import would', () => {
    expect(cell('__time', { ...byColumn('__time', 0), dateOrder: 'day-first' }).text).toBe('2024-04-03');
    expect(cell('grossRevenue', byColumn('grossRevenue', 2)).text).toBe('1234.5');
    expect(cell('Branch', { kind: 'constant', value: 'Kisumu' }).text).toBe('Kisumu');
    expect(cell('totalCost', { kind: 'computed', expression: 'Sales - Profit' }).text).toBe('1200');
    expect(cell('CardName', undefined).text).toBeNull();
  });

  it('turns positive returns negative', () => {
    expect(cell('returnsValue', byColumn('returnsValue', 5)).text).toBe('-12');
  });

  it('shows an undecided date as not read, never as one of the two', () => {
    expect(cell('__time', byColumn('__time', 0))).toMatchObject({ text: '03/04/2024', fits: false });
  });

  it('a blank is blank, or zero only when the person said so', () => {
    const source = byColumn('totalCost', 2);
    const read = (as: ColumnSource) => previewCell(fieldOf('totalCost'), as, table, ['', '', '']).text;
    expect(read(source)).toBeNull();
    expect(read({ ...source, blankAs: 'zero' })).toBe('0');
  });

  it('names a computation that meets text', () => {
    const odd = ['', '', 'n.v.', '1'];
    expect(
      previewCell(fieldOf('totalCost'), { kind: 'computed', expression: 'Sales - Profit' }, table, odd),
    ).toMatchObject({
      fits: false,
      text: 'n.v.',
    });
  });
});

describe('the whole mapping', () => {
  it('shows every field in exactly one group', () => {
    const ids = FIELD_GROUPS.flatMap((group) => group.fields.map((field) => field.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(14);
  });

  it('tells columns that feed two fields, and those that feed none', () => {
    let mapping = withSource(empty, 'grossRevenue', byColumn('grossRevenue', 2));
    mapping = withSource(mapping, 'totalCost', byColumn('totalCost', 2));
    expect(sharedWith(mapping, 'totalCost')).toEqual(['grossRevenue']);
    mapping = withSource(mapping, 'totalCost', { kind: 'computed', expression: 'Sales - Profit' });
    expect(sharedWith(mapping, 'totalCost')).toEqual([]);
    expect(unusedColumns(mapping, table).map((entry) => entry.name)).toEqual([
      'Order Date',
      'Region',
      'Weight',
      'Returns',
    ]);
  });
});
