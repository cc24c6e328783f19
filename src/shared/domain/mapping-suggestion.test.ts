import { describe, expect, it } from 'vitest';
import type { Mapping } from './mapping.ts';
import { assertMapping, checkMapping, suggestMapping } from './mapping-suggestion.ts';
import type { InspectedColumn, InspectedTable } from './tables.ts';

const PLAIN = { decimal: '.', grouping: '' } as const;
type Kind = 'text' | 'number' | 'date' | 'empty';

function table(columns: Record<string, Kind | Partial<InspectedColumn>>): InspectedTable {
  const described = Object.entries(columns).map(([name, kind], index): InspectedColumn => {
    const type = typeof kind === 'string' ? kind : (kind.type ?? 'text');
    return {
      index,
      name,
      invented: false,
      type,
      fit: 1,
      blankShare: 0,
      numberStyle: type === 'number' ? PLAIN : null,
      dateOrder: type === 'date' ? 'day-first' : null,
      ambiguous: false,
      samples: ['1,234'],
      ...(typeof kind === 'string' ? {} : kind),
    };
  });
  return {
    sheet: '',
    index: 0,
    hidden: false,
    headerRows: [1],
    firstDataRow: 2,
    columns: described,
    sampleRows: [],
    estimatedRows: 1,
    fingerprint: 'x',
  };
}

const ERP = table({
  'Posting Date': 'date',
  'WHS Name': 'text',
  'Sales Amount (KES)': 'number',
  'BP Name': 'text',
});
const ORDERS = table({
  'Row ID': 'number',
  'Order ID': 'text',
  'Order Date': 'date',
  'Ship Date': 'date',
  'Customer Name': 'text',
  Segment: 'text',
  Region: 'text',
  Category: 'text',
  'Sub-Category': 'text',
  'Product Name': 'text',
  Sales: 'number',
  Quantity: 'number',
  Discount: 'number',
  Profit: 'number',
});
const header = (mapping: Mapping, field: keyof Mapping['fields']) => {
  const source = mapping.fields[field];
  return source?.kind === 'column' ? source.header : source;
};
const of = (suggested: ReturnType<typeof suggestMapping>, field: string) =>
  suggested.suggestions.find((suggestion) => suggestion.field === field);

describe('suggested mappings', () => {
  it('finds columns under the names that people use, whatever case, punctuation and unit', () => {
    const { mapping, missing } = suggestMapping(ERP, null);
    expect(missing).toEqual([]);
    expect(header(mapping, '__time')).toBe('Posting Date');
    expect(header(mapping, 'Branch')).toBe('WHS Name');
    expect(header(mapping, 'grossRevenue')).toBe('Sales Amount (KES)');
    expect(header(mapping, 'CardName')).toBe('BP Name');
    expect(mapping.fields.grossRevenue).toMatchObject({ numberStyle: PLAIN });
    expect(mapping.fields.__time).toMatchObject({ dateOrder: 'day-first' });
  });

  it('takes a blank return as no return, and any other blank as unknown', () => {
    const { mapping } = suggestMapping(
      table({
        Date: 'date',
        Branch: 'text',
        Sales: 'number',
        Returns: 'number',
        'Qty Returned': 'number',
        Cost: 'number',
      }),
      null,
    );
    const blanks = Object.entries(mapping.fields).map(([field, source]) => [
      field,
      source?.kind === 'column' && source.blankAs,
    ]);
    expect(Object.fromEntries(blanks)).toMatchObject({
      returnsValue: 'zero',
      unitsReturned: 'zero',
      totalCost: 'null',
      grossRevenue: 'null',
    });
  });

  it('asks about an order export: no branch, cost offered as sales less profit', () => {
    const suggested = suggestMapping(ORDERS, null);
    expect(suggested.missing).toEqual(['Branch']);
    expect(of(suggested, 'Branch')).toMatchObject({ source: { header: 'Region' }, confidence: 0.45 });
    expect(suggested.mapping.fields.Branch).toBeUndefined();
    expect(of(suggested, 'totalCost')).toMatchObject({
      source: { expression: '[Sales] - [Profit]' },
      confidence: 0.7,
    });
    expect(suggested.mapping.fields.totalCost).toBeUndefined();
    // Nobody but the sender knows whether nothing was returned: offered, never applied.
    expect(of(suggested, 'returnsValue')).toMatchObject({ source: { kind: 'constant', value: '0' } });
    expect(suggested.mapping.fields.returnsValue).toBeUndefined();
    expect(header(suggested.mapping, '__time')).toBe('Order Date');
    expect(header(suggested.mapping, 'ItemGroup')).toBe('Sub-Category');
    expect(header(suggested.mapping, 'unitsSold')).toBe('Quantity');
  });

  it('never maps a column in silence that can be read in two ways', () => {
    const unclear = table({
      Date: { type: 'date', dateOrder: 'day-first', ambiguous: true },
      Branch: 'text',
      Revenue: 'number',
      Cost: { type: 'number', ambiguous: true },
    });
    const suggested = suggestMapping(unclear, null);
    expect(suggested.missing).toEqual(['__time', 'totalCost']);
    expect(suggested.mapping.fields.__time).toBeUndefined();
    expect(of(suggested, '__time')?.reason).toContain('day or with the month');
    expect(of(suggested, 'totalCost')?.reason).toContain('1,234');
  });

  it('asks when two columns suit a field equally, or the values do not fit', () => {
    const twice = suggestMapping(
      table({ Date: 'date', Branch: 'text', Amount: 'number', 'Total Amount': 'number' }),
      null,
    );
    expect(twice.missing).toEqual(['grossRevenue']);
    expect(of(twice, 'grossRevenue')?.reason).toContain('“Amount” and “Total Amount”');
    expect(suggestMapping(table({ Date: 'text', Branch: 'text', Revenue: 'text' }), null).missing).toEqual([
      '__time',
      'grossRevenue',
    ]);
  });

  it('finds remembered columns again by header, and asks when the data contradict', () => {
    const first = suggestMapping(ERP, null).mapping;
    const moved = table({
      'Sales Amount (KES)': 'number',
      'BP Name': 'text',
      'Posting Date': 'date',
      'WHS Name': 'text',
    });
    const again = suggestMapping(moved, first);
    expect(again).toMatchObject({ missing: [], remembered: true });
    expect(again.mapping.fields.Branch).toMatchObject({ column: 3 });
    const american = table({
      'Posting Date': { type: 'date', dateOrder: 'month-first' },
      'WHS Name': 'text',
      'Sales Amount (KES)': 'number',
      'BP Name': 'text',
    });
    const asked = suggestMapping(american, first);
    expect(asked).toMatchObject({ missing: ['__time'], remembered: false });
    expect(of(asked, '__time')?.reason).toContain('written in another way');
  });

  it('a remembered choice decides what the data leave open', () => {
    const first = suggestMapping(ERP, null).mapping;
    const unclear = table({
      'Posting Date': { type: 'date', dateOrder: 'month-first', ambiguous: true },
      'WHS Name': 'text',
      'Sales Amount (KES)': 'number',
      'BP Name': 'text',
    });
    expect(suggestMapping(unclear, first)).toMatchObject({
      missing: [],
      mapping: { fields: { __time: { dateOrder: 'day-first' } } },
    });
  });

  it('maps an optional column that is blank in the sample, so that late values are not lost', () => {
    const sparse = table({ Date: 'date', Branch: 'text', Revenue: 'number', Returns: 'empty' });
    expect(header(suggestMapping(sparse, null).mapping, 'returnsValue')).toBe('Returns');
    const blank = table({ Date: 'date', Branch: 'empty', Revenue: 'number' });
    expect(suggestMapping(blank, null).missing).toEqual(['Branch']);
  });

  it('checks mappings that come from outside', () => {
    const mapping = suggestMapping(ORDERS, null).mapping;
    const computed = (expression: string): Mapping => ({
      version: 1,
      fields: {
        ...mapping.fields,
        Branch: { kind: 'constant', value: 'Kisumu' },
        totalCost: { kind: 'computed', expression },
      },
    });
    expect(checkMapping(computed('Sales - Profit'), ORDERS)).toEqual({ missing: [], problems: [] });
    expect(() => assertMapping(computed('Sales - Proft'), ORDERS)).toThrow(
      expect.objectContaining({ code: 'mapping.expression_invalid' }),
    );
    expect(() => assertMapping(mapping, ORDERS)).toThrow(
      expect.objectContaining({ code: 'mapping.incomplete' }),
    );
    const late: Mapping = {
      version: 1,
      fields: { ...computed('Sales').fields, __time: { kind: 'constant', value: '2026-02-30' } },
    };
    expect(checkMapping(late, ORDERS).missing).toEqual(['__time']);
  });
});
