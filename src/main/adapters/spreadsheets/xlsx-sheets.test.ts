import { afterAll, describe, expect, it } from 'vitest';
import { CellKind } from '../../services/reading/ports.ts';
import type { RowSink } from './row-sink.ts';
import { SharedStrings } from './shared-strings.ts';
import { SheetScanner } from './sheet-scanner.ts';
import { codeOf, inlineRows, readTable, workbookFolder } from './workbook.fixture.ts';

const folder = workbookFolder();
afterAll(() => folder.remove());

const SALES = [
  ['Mauzo Ltd'],
  ['Sales detail', 'Nakuru'],
  [],
  ['Posting Date', 'Branch', 'Customer', 'Qty', 'Sales Amount'],
  ['2026-09-01', 'Nakuru', 'Total Kenya Ltd', 1, 100.5],
  ['2026-09-02', 'Nakuru', 'B', 2, 200],
  ['Nakuru total', null, null, 3, 300.5],
  ['2026-09-03', 'Thika', 'C', 4, 50],
  [],
  ['2026-09-04', 'Thika', 'D', 4, 50],
  ['Total', null, null, 11, 400.5],
  [],
  ['Printed by finance'],
  [],
];

describe('tables in sheets', () => {
  it('tells title, blank, total and footer lines from records', async () => {
    const { table, rows, skipped, findings } = await folder.readFirst({ sheets: { S: inlineRows(SALES) } });
    expect(table).toMatchObject({
      header: ['Posting Date', 'Branch', 'Customer', 'Qty', 'Sales Amount'],
      headerRows: [4],
      firstDataRow: 5,
      columns: 5,
      serialDates: 'excel-1900',
    });
    expect(rows.map(({ row }) => row)).toEqual([5, 6, 8, 10]);
    expect(rows[0]?.cells).toEqual(['2026-09-01', 'Nakuru', 'Total Kenya Ltd', '1', '100.5']);
    expect(skipped.map(({ row, kind }) => `${row} ${kind}`)).toEqual([
      '1 title',
      '2 title',
      '3 blank',
      '7 total',
      '9 blank',
      '11 total',
      '12 blank',
      '13 footer',
    ]);
    expect(findings).toEqual([]);
  });

  it('keeps a row of one word as a record when the table goes on after it', async () => {
    const rows = [...SALES.slice(3, 6), ['Thika'], ['Section two'], ...SALES.slice(7, 8)];
    const read = await folder.readFirst({ sheets: { S: inlineRows(rows) } });
    expect(read.rows.map(({ row, cells }) => [row, cells[0], cells[4]])).toEqual([
      [2, '2026-09-01', '100.5'],
      [3, '2026-09-02', '200'],
      [4, 'Thika', ''],
      [5, 'Section two', ''],
      [6, '2026-09-03', '50'],
    ]);
    expect(read.skipped).toEqual([]);
  });

  it('reads a table that starts in another column, and says what stands beside it', async () => {
    const shifted = SALES.slice(3, 6).map((row) => [null, null, ...row]);
    const note = [...(shifted[2] ?? []), null, 'see Jane'];
    const read = await folder.readFirst({
      sheets: { S: inlineRows([['Report'], ...shifted.slice(0, 2), note]) },
    });
    expect(read.table.header).toEqual(['Posting Date', 'Branch', 'Customer', 'Qty', 'Sales Amount']);
    expect(read.rows.map(({ cells }) => cells[4])).toEqual(['100.5', '200']);
    expect(read.findings).toEqual(['reading.cells_outside_table@4']);
    expect(read.skipped).toEqual([{ row: 1, kind: 'title', text: 'A1: Report' }]);
  });

  it('reads a cell in the last corner of a sheet without making every row as wide', async () => {
    const body = inlineRows(SALES.slice(3, 6)).replace(
      '</sheetData>',
      '<row r="1048576"><c r="XFD1048576"><v>9</v></c></row></sheetData>',
    );
    const read = await folder.readFirst({ sheets: { S: body } });
    expect(read.table.columns).toBe(5);
    expect(read.rows).toHaveLength(2);
    expect(read.skipped).toEqual([
      { row: 4, kind: 'blank', text: 'Rows 4 to 1048575 are blank' },
      { row: 1_048_576, kind: 'comment', text: 'XFD1048576: 9' },
    ]);
  });

  it('passes over a million empty styled rows in bounded memory', async () => {
    const empty = Array.from(
      { length: 1_000_000 },
      (_, index) => `<row r="${index + 4}" s="1"><c s="1"/></row>`,
    );
    const body = inlineRows(SALES.slice(3, 6)).replace('</sheetData>', `${empty.join('')}</sheetData>`);
    const before = process.memoryUsage().arrayBuffers;
    const read = await folder.readFirst({ sheets: { S: body } });
    expect(read.rows).toHaveLength(2);
    expect(read.skipped).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(120 * 1024 * 1024);
  }, 90_000);

  it('counts on when rows and cells have no references, and takes the references when they have', async () => {
    const body =
      '<sheetData><row><c t="str"><v>Name</v></c><c t="str"><v>Qty</v></c><c t="str"><v>Worth</v></c></row>' +
      '<row r="5"><c r="C5"><v>3</v></c><c r="A5" t="str"><v>out of order</v></c></row><row><c t="str"><v>x</v></c><c><v>1</v></c></row></sheetData>';
    const read = await folder.readFirst({ sheets: { S: body } });
    expect(read.rows.map(({ row, cells }) => [row, ...cells])).toEqual([
      [5, 'out of order', '', '3'],
      [6, 'x', '1', ''],
    ]);
  });

  it('reads prefixed tags and the strict namespace', async () => {
    const strict = 'http://purl.oclc.org/ooxml/officeDocument/relationships';
    const sheet = `<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>Branch</x:t></x:is></x:c><x:c r="B1" t="str"><x:v>Sales</x:v></x:c></x:row><x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="B2"><x:f>1</x:f><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
    const read = await folder.readFirst({
      sheets: { S: '' },
      extraParts: {
        '_rels/.rels': `<p:Relationships xmlns:p="urn:p"><p:Relationship Id="a" Type="${strict}/officeDocument" Target="xl/book.xml"/></p:Relationships>`,
        'xl/book.xml':
          '<w:workbook xmlns:w="urn:w" xmlns:rel="urn:r"><w:sheets><w:sheet name="A &amp; B" sheetId="7" rel:id="z"/></w:sheets></w:workbook>',
        'xl/_rels/book.xml.rels': `<Relationships><Relationship Id="z" Type="${strict}/worksheet" Target="../xl/./ws.xml"/><Relationship Id="y" Type="${strict}/sharedStrings" Target="/XL/ss.xml"/></Relationships>`,
        'xl/ws.xml': sheet,
        'xl/ss.xml': '<x:sst xmlns:x="urn:x"><x:si><x:t>Kisumu</x:t></x:si></x:sst>',
      },
    });
    expect(read.table.sheet).toBe('A & B');
    expect(read.rows[0]?.cells).toEqual(['Kisumu', '5']);
  });

  it('notes hidden and empty sheets, charts, macros, external links and merged cells, and follows none', async () => {
    const merged = `${inlineRows(SALES.slice(3, 6))}<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="B2:B3"/></mergeCells>`;
    const file = await folder.open({
      sheets: {
        Visible: merged,
        Secret: inlineRows([
          ['A', 'B'],
          ['x', 1],
        ]),
        Empty: '<sheetData/>',
      },
      hidden: ['Secret'],
      extraParts: { 'xl/vbaProject.bin': 'x', 'xl/externalLinks/externalLink1.xml': '<externalLink/>' },
    });
    expect(file.tables.map(({ sheet, hidden }) => [sheet, hidden])).toEqual([
      ['Visible', false],
      ['Secret', true],
    ]);
    expect(file.notes.map(({ code, value }) => [code, value])).toEqual([
      ['reading.macros', null],
      ['reading.external_links', null],
      ['reading.hidden_sheet', 'Secret'],
      ['reading.empty_sheet', 'Empty'],
    ]);
    const [table] = file.tables;
    expect(table && (await readTable(table)).findings).toEqual(['reading.merged_cells@2']);
  });

  it('hands over many batches of bounded size, also when a few bytes of XML stand for long texts', async () => {
    const long = 'x'.repeat(32_000);
    const rows = Array.from(
      { length: 2_000 },
      (_, index) => `<row><c t="s"><v>0</v></c><c><v>${index}</v></c></row>`,
    );
    const file = await folder.open({
      sheets: { S: `<sheetData>${inlineRows([['Text', 'No']]).slice(11, -12)}${rows.join('')}</sheetData>` },
      strings: `<si><t>${long}</t></si>`,
    });
    let records = 0;
    let largest = 0;
    for await (const event of file.tables[0]?.events(new AbortController().signal) ?? []) {
      if (event.kind !== 'batch') continue;
      records += event.batch.records;
      largest = Math.max(largest, event.batch.bytes.length);
    }
    expect(records).toBe(2_000);
    expect(largest).toBeLessThan(5 * 1024 * 1024);
  });

  it('stops when it is cancelled', async () => {
    const file = await folder.open({ sheets: { S: inlineRows(SALES) } });
    const events = file.tables[0]?.events(AbortSignal.abort());
    const readAll = async () => {
      for await (const event of events ?? []) expect(event).toBeUndefined();
    };
    expect(await codeOf(readAll)).toBe('app.cancelled');
  });
});

describe('SheetScanner', () => {
  it('reads the same whatever the chunks in which the XML arrives', () => {
    const strings = new SharedStrings('f');
    const text = Buffer.from('Ünï');
    strings.add(text, 0, text.length);
    const xml = Buffer.from(
      `<?xml version="1.0"?><worksheet><!-- > <row> --><sheetData><row r="2" spans='1:2'><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><r><t>a&amp;</t></r><r><t>b<![CDATA[]]>]]></t></r></is></c></row><row><c><f>A2</f></c><c t="b"><v>1</v></c><c/></row></sheetData><x a=">"/></worksheet>`,
    );
    const scan = (size: number) => {
      const log: string[] = [];
      const sink: RowSink = {
        startRow: (row) => log.push(`row ${row}`),
        cell: (column, kind, bytes, start, end) =>
          log.push(`${column} ${kind} ${Buffer.from(bytes.subarray(start, end)).toString('utf8')}`),
        endRow: () => false,
      };
      const context = {
        fileName: 'f',
        sheet: 'S',
        strings,
        styles: new Uint8Array(0),
        dateSystem: 'excel-1900' as const,
      };
      const scanner = new SheetScanner(context, sink);
      for (let at = 0; at < xml.length; at += size) {
        scanner.push(xml.subarray(at, at + size));
        scanner.run();
      }
      scanner.finish();
      return log;
    };
    const whole = scan(xml.length);
    expect(whole).toEqual(
      [
        'row 2',
        `0 ${CellKind.text} Ünï`,
        `1 ${CellKind.text} a&b]]>`.replace(']]>', ''),
        'row 3',
        `0 ${CellKind.uncomputed} =A2`,
        `1 ${CellKind.boolean} TRUE`,
      ].map((line) => (line.endsWith('a&b') ? `${line}]]>` : line)),
    );
    for (const size of [1, 2, 3, 7, 64]) expect(scan(size)).toEqual(whole);
  });
});
