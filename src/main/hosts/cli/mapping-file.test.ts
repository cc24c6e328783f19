import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InspectedColumn, InspectedTable } from '#shared/domain/tables';
import { readMappingFile } from './mapping-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mauzo-mapping-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const column = (index: number, name: string, changes: Partial<InspectedColumn> = {}): InspectedColumn => ({
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
  ...changes,
});
const style = { decimal: '.', grouping: ',' } as const;
const table: InspectedTable = {
  sheet: '',
  index: 0,
  hidden: false,
  headerRows: [1],
  firstDataRow: 2,
  columns: [
    column(0, 'Order Date', {
      type: 'date',
      dateOrder: 'day-first',
      ambiguous: true,
      samples: ['01/02/2024'],
    }),
    column(1, 'Region'),
    column(2, 'Sales', { type: 'number', numberStyle: style, samples: ['1,234.50'] }),
    column(3, 'Profit', { type: 'number', numberStyle: style }),
    column(4, 'Note'),
    column(5, 'note'),
  ],
  sampleRows: [],
  estimatedRows: 1,
  fingerprint: 'f',
};

function read(content: unknown) {
  const path = join(folder, 'mapping.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readMappingFile(path);
}
const resolve = (content: unknown) => {
  const file = read(content);
  return file.kind === 'short' ? file.resolve(table) : file.mapping;
};
const badFile = (problem: string) =>
  expect.objectContaining({
    code: 'cli.bad_file',
    details: expect.objectContaining({ problem: expect.stringContaining(problem) }),
  });

describe('a mapping in the short form', () => {
  it('names columns, constants and computations, and leaves the rest to what Mauzo finds', () => {
    const { fields } = resolve({
      Branch: 'Region',
      totalCost: { compute: 'Sales - Profit' },
      returnsValue: { constant: '0' },
      __time: { column: 'Order Date', dateOrder: 'month-first' },
    });
    expect(fields).toEqual({
      Branch: { kind: 'column', column: 1, header: 'Region', blankAs: 'null' },
      totalCost: { kind: 'computed', expression: 'Sales - Profit' },
      returnsValue: { kind: 'constant', value: '0' },
      __time: { kind: 'column', column: 0, header: 'Order Date', dateOrder: 'month-first', blankAs: 'null' },
      grossRevenue: { kind: 'column', column: 2, header: 'Sales', numberStyle: style, blankAs: 'null' },
    });
  });

  it('never decides what the data leave open', () => {
    expect(resolve({ __time: 'Order Date' }).fields.__time).not.toHaveProperty('dateOrder');
  });

  it('finds a header but for case and blanks, when only one fits', () => {
    expect(resolve({ Branch: ' region ' }).fields.Branch).toMatchObject({ column: 1 });
    expect(resolve({ CardName: 'Note' }).fields.CardName).toMatchObject({ column: 4 });
    expect(() => resolve({ CardName: 'NOTE' })).toThrow(badFile('several columns'));
  });

  it('leaves out a field that is set to null', () => {
    expect(resolve({ grossRevenue: null }).fields).not.toHaveProperty('grossRevenue');
  });

  it.each([
    [{ Brnch: 'Region' }, 'did you mean “Branch”'],
    [{ Branch: 'Regoin' }, 'the nearest is “Region”'],
    [{ Branch: { column: 'Region', dateOder: 'iso' } }, 'Branch'],
    [{ Branch: 7 }, 'Branch'],
    ['[]', ''],
    ['{', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['{"__proto__": "Region"}', ''],
  ])('refuses %j with the place', (content, problem) => {
    expect(() => resolve(content)).toThrow(badFile(problem));
  });
});

describe('a mapping in the full form', () => {
  const full = { version: 1, fields: { Branch: { kind: 'constant', value: 'Kisumu' } } };

  it('is taken as it is, also with a byte order mark', () => {
    expect(read(full)).toEqual({ kind: 'full', mapping: full });
    expect(read(`\ufeff${JSON.stringify(full)}`)).toEqual({ kind: 'full', mapping: full });
  });

  it('is refused with the place when it does not fit', () => {
    expect(() => read({ version: 2, fields: {} })).toThrow(badFile('version'));
    expect(() => read({ version: 1, fields: { Branch: { kind: 'column' } } })).toThrow(
      badFile('fields.Branch'),
    );
  });

  it('names a file that is missing', () => {
    expect(() => readMappingFile(join(folder, 'none.json'))).toThrow(badFile('ENOENT'));
  });
});
