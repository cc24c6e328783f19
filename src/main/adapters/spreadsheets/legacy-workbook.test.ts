import { utils, write, type BookType, type WorkSheet } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellKind } from '../../services/reading/ports.ts';
import { buildZip, codeOf, readTable, workbookFolder } from './workbook.fixture.ts';

const folder = workbookFolder();
const zone = process.env['TZ'];
// A zone west of Greenwich with summer time: dates must not pass through it.
beforeAll(() => {
  process.env['TZ'] = 'America/New_York';
});
afterAll(async () => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  await folder.remove();
});

const sheet = (): WorkSheet => {
  const made = utils.aoa_to_sheet([
    ['Sales of Kisumu'],
    [],
    ['Date', 'Branch', 'Code', 'Amount', 'Flag', 'Bad', 'Sum'],
  ]);
  const row = (at: number, serial: number, amount: number) => {
    made[`A${at}`] = { t: 'n', v: serial, z: 'dd/mm/yyyy hh:mm' };
    made[`B${at}`] = { t: 's', v: 'Señor Café' };
    made[`C${at}`] = { t: 's', v: '00123' };
    made[`D${at}`] = { t: 'n', v: amount, z: '#,##0.00' };
    made[`E${at}`] = { t: 'b', v: true };
    made[`F${at}`] = { t: 'e', v: 0x17 };
    made[`G${at}`] = { t: 'n', v: 3, f: '1+2' };
  };
  row(4, 45352, 1234.5000000000002);
  row(5, 45352.354224537034, 0.1 + 0.2);
  row(6, 59, -7);
  made['!ref'] = 'A1:G6';
  return made;
};

const book = (bookType: BookType, date1904 = false) => {
  const workbook = utils.book_new();
  utils.book_append_sheet(workbook, sheet(), 'Sales');
  utils.book_append_sheet(
    workbook,
    utils.aoa_to_sheet([
      ['A', 'B'],
      ['x', 1],
    ]),
    'Hidden',
  );
  workbook.Workbook = { WBProps: { date1904 }, Sheets: [{ Hidden: 0 }, { Hidden: 1 }] };
  return write(workbook, { type: 'buffer', bookType }) as Buffer;
};

describe.each(['biff8', 'xlsb', 'ods', 'xlsx'] as const)('%s', (bookType) => {
  it('reads texts, numbers, dates, flags and errors as they are shown', async () => {
    const file = await folder.openBytes(book(bookType));
    expect(file.format).toBe(bookType === 'biff8' ? 'xls' : bookType);
    const [table] = file.tables;
    expect(table).toMatchObject({ sheet: 'Sales', headerRows: [3], firstDataRow: 4, columns: 7 });
    const read = table ? await readTable(table) : null;
    expect(read?.rows.map(({ row, cells }) => [row, ...cells.slice(0, 5)])).toEqual([
      [4, '2024-03-01', 'Señor Café', '00123', '1234.5', 'TRUE'],
      [5, '2024-03-01T08:30:05', 'Señor Café', '00123', '0.3', 'TRUE'],
      [6, '1900-02-28', 'Señor Café', '00123', '-7', 'TRUE'],
    ]);
    expect(read?.rows[0]?.kinds.slice(0, 5)).toEqual([
      CellKind.date,
      CellKind.text,
      CellKind.text,
      CellKind.number,
      CellKind.boolean,
    ]);
    expect(read?.rows[0]?.cells[6]).toBe('3');
    expect(read?.skipped.map(({ kind }) => kind)).toEqual(['title', 'blank']);
  });
});

describe('old formats', () => {
  // The library writes no errors into ODS; reading them is tested below.
  it.each(['biff8', 'xlsb', 'xlsx'] as const)('keeps error values apart: %s', async (bookType) => {
    const file = await folder.openBytes(book(bookType));
    const [table] = file.tables;
    const read = table ? await readTable(table) : null;
    expect([read?.rows[0]?.cells[5], read?.rows[0]?.kinds[5]]).toEqual(['#REF!', CellKind.error]);
  });

  it('says which sheets are hidden', async () => {
    const file = await folder.openBytes(book('biff8'));
    expect(file.tables.map(({ sheet: name, hidden }) => [name, hidden])).toEqual([
      ['Sales', false],
      ['Hidden', true],
    ]);
  });

  it('counts from 1904 when the workbook says so', async () => {
    for (const bookType of ['biff8', 'xlsb'] as const) {
      const file = await folder.openBytes(book(bookType, true));
      const [table] = file.tables;
      expect(table?.serialDates).toBe('excel-1904');
      const read = table ? await readTable(table) : null;
      expect(read?.rows[0]?.cells[0]).toBe('2028-03-02');
    }
  });

  it('reads errors, formulas without value (blank, never 0) and repeated blanks of an ODS', async () => {
    const cell = (type: string, value: string, shown = value) =>
      `<table:table-cell office:value-type="${type}" ${value}><text:p>${shown}</text:p></table:table-cell>`;
    const text = (value: string) => cell('string', '', value);
    const row = (cells: string) => `<table:table-row>${cells}</table:table-row>`;
    const content = `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:calcext="c"><office:body><office:spreadsheet><table:table table:name="S">${row(
      text('Branch') + text('Date') + text('Sales') + text('Cost'),
    )}${row(
      text('Kisumu') +
        cell('date', 'office:date-value="2024-03-10T02:30:00"', '10/03/24') +
        cell('float', 'office:value="5.5"', '5.5') +
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
    )}${row(
      text('Thika') +
        cell('date', 'office:date-value="1899-12-31"', '31/12/99') +
        '<table:table-cell table:formula="of:=A1" office:value-type="float"/>' +
        cell('float', 'office:value="1"', '1'),
    )}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`;
    const bytes = buildZip({
      'META-INF/manifest.xml': '<manifest/>',
      'styles.xml': '<office:document-styles/>',
      mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
      'content.xml': content,
    });
    const file = await folder.openBytes(bytes);
    const [table] = file.tables;
    const read = table ? await readTable(table) : null;
    expect(read?.rows.map(({ cells }) => cells)).toEqual([
      ['Kisumu', '2024-03-10T02:30:00', '5.5', '#DIV/0!'],
      ['Thika', '00:00:00', '', '1'],
    ]);
    expect(read?.rows.map(({ kinds }) => kinds.slice(2))).toEqual([
      [CellKind.number, CellKind.error],
      [CellKind.text, CellKind.number],
    ]);
  });

  it('reads a bare stream of Excel 2 in its code page', async () => {
    const record = (type: number, ...data: (number | string)[]) => {
      const body = Buffer.concat(
        data.map((one) => (typeof one === 'string' ? Buffer.from(one, 'hex') : Buffer.from([one]))),
      );
      const head = Buffer.alloc(4);
      head.writeUInt16LE(type, 0);
      head.writeUInt16LE(body.length, 2);
      return Buffer.concat([head, body]);
    };
    const label = (row: number, column: number, hex: string) =>
      record(0x04, row, 0, column, 0, '000000', hex.length / 2, hex);
    const price = Buffer.alloc(8);
    price.writeDoubleLE(5.25);
    const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
    const bytes = Buffer.concat([
      record(0x09, '02001000'),
      record(0x42, 'e404'),
      label(0, 0, hex('Item')),
      label(0, 1, hex('Price')),
      // Café – “best” €
      label(1, 0, `${hex('Café ')}96${hex(' ')}93${hex('best')}94${hex(' ')}80`),
      record(0x03, 1, 0, 1, 0, '000000', price.toString('hex')),
      record(0x0a),
    ]);
    const file = await folder.openBytes(bytes);
    const [table] = file.tables;
    expect(table && (await readTable(table)).rows[0]?.cells).toEqual(['Café – “best” €', '5.25']);
  });

  it('names damage', async () => {
    const bytes = book('biff8');
    expect(await codeOf(() => folder.openBytes(bytes.subarray(0, 700)))).toBe('reading.workbook_damaged');
    expect(
      await codeOf(() => folder.openBytes(Buffer.concat([bytes.subarray(0, 512), Buffer.alloc(6_000, 7)]))),
    ).toMatch(/^reading\.(?:workbook_damaged|not_a_table|no_rows)$/);
  });
});
