import { CFB } from '@e965/xlsx';
import { afterAll, describe, expect, it } from 'vitest';
import {
  buildZip,
  codeOf,
  inlineRows,
  readTable,
  workbookFolder,
  workbookParts,
} from './workbook.fixture.ts';

const folder = workbookFolder();
afterAll(() => folder.remove());

const SHEET = inlineRows([
  ['Branch', 'Sales'],
  ['Kisumu', 5],
]);
const parts = (sheet = SHEET) => workbookParts({ sheets: { S: sheet } });
/** Opens and reads everything; the code of what goes wrong. */
const failure = (bytes: Buffer, fileName?: string) =>
  codeOf(async () => {
    const file = await folder.openBytes(bytes, fileName);
    for (const table of file.tables) await readTable(table);
  });

describe('zips', () => {
  it('reads the sound one, also as zip64', async () => {
    expect(await failure(buildZip(parts()))).toBe('no error');
    expect(await failure(buildZip(parts(), { zip64: true }))).toBe('no error');
  });

  it('refuses more than 1,000 entries', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`x/${index}`, 'x']));
    expect(await failure(buildZip({ ...parts(), ...many }))).toBe('reading.zip_bomb');
  });

  it('refuses a part packed more than 250 : 1', async () => {
    const bomb = Buffer.alloc(64 * 1024 * 1024, ' ');
    expect(await failure(buildZip({ ...parts(), 'xl/sharedStrings.xml': bomb }))).toBe('reading.zip_bomb');
  });

  it('stops a part that is larger than the directory says', async () => {
    const strings = `<sst>${Array.from({ length: 100_000 }, (_, index) => `<si><t>${index * 7919}</t></si>`).join('')}</sst>`;
    const zip = buildZip(
      { ...parts(), 'xl/sharedStrings.xml': strings },
      {
        lie: (name, entry) => {
          if (name.endsWith('sharedStrings.xml')) entry.size = 1_000;
        },
      },
    );
    expect(await failure(zip)).toBe('reading.zip_bomb');
  });

  it('stops a part that goes on inflating far beyond what its packed bytes can honestly hold', async () => {
    const zip = buildZip(
      { ...parts(), 'xl/sharedStrings.xml': Buffer.alloc(64 * 1024 * 1024, ' ') },
      {
        zip64: true,
        lie: (name, entry) => {
          if (name.endsWith('sharedStrings.xml')) entry.size = 20_000_000;
        },
      },
    );
    expect(await failure(zip)).toBe('reading.zip_bomb');
  });

  it('refuses a part that says it holds terabytes, also when its packed size fits', async () => {
    const zip = buildZip(parts(), {
      zip64: true,
      lie: (name, entry) => {
        if (!name.endsWith('sheet1.xml')) return;
        entry.size = 2 ** 42;
        entry.packed = 2 ** 36;
      },
    });
    expect(await failure(zip)).toBe('reading.zip_bomb');
  });

  it('refuses entries that overlap', async () => {
    let first = 0;
    const zip = buildZip(parts(), {
      lie: (name, entry) => {
        if (name.endsWith('styles.xml')) first = entry.offset;
        if (name.endsWith('sharedStrings.xml')) entry.offset = first;
      },
    });
    expect(await failure(zip)).toBe('reading.zip_bomb');
  });

  it('refuses a part whose checksum is wrong', async () => {
    const zip = buildZip(parts(), {
      lie: (name, entry) => {
        if (name.endsWith('sheet1.xml')) entry.crc = (entry.crc + 1) % 2 ** 32;
      },
    });
    expect(await failure(zip)).toBe('reading.workbook_damaged');
  });

  it('names every cut as damage', async () => {
    const zip = buildZip(parts());
    for (let length = 10; length < zip.length; length += 97) {
      expect(await failure(zip.subarray(0, length))).toBe('reading.workbook_damaged');
    }
  });
});

describe('damaged and hostile XML', () => {
  it.each([
    ['<sheetData><row r="1"><c r="A1"><v>1</v></c>', 'reading.workbook_damaged'],
    [
      '<sheetData><row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row></sheetData>',
      'reading.workbook_damaged',
    ],
    ['<sheetData><row r="0"><c><v>1</v></c></row></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><row><c r="XFE1"><v>1</v></c></row></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><row><row/></row></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><c><v>1</v></c></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><row><b r="A1"><v>1</v></c></row></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><row><c><v>1</v></c></row></row></sheetData>', 'reading.workbook_damaged'],
    ['<sheetData><row><c><v>1</v></row></sheetData>', 'reading.workbook_damaged'],
    ['<!DOCTYPE x [<!ENTITY a "aaaa">]><sheetData/>', 'reading.workbook_entities'],
    [
      `<sheetData><row><c t="str"><v>${'x'.repeat(9_000_000)}</v></c></row></sheetData>`,
      'reading.workbook_damaged',
    ],
    ['<sheetData/>', 'reading.no_rows'],
  ])('%#: %.60s', async (sheet, code) => {
    expect(await failure(buildZip(parts(sheet)))).toBe(code);
  });

  it('refuses entities in every part', async () => {
    const laughs = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>';
    for (const name of [
      'xl/workbook.xml',
      'xl/styles.xml',
      'xl/sharedStrings.xml',
      'xl/_rels/workbook.xml.rels',
    ]) {
      const sound = parts();
      expect(await failure(buildZip({ ...sound, [name]: `${laughs}${String(sound[name])}` }))).toBe(
        'reading.workbook_entities',
      );
    }
  });

  it('refuses a missing workbook or sheet by name', async () => {
    const { 'xl/workbook.xml': _, ...noBook } = parts();
    expect(await failure(buildZip(noBook))).toBe('reading.workbook_damaged');
    const { 'xl/worksheets/sheet1.xml': __, ...noSheet } = parts();
    expect(await failure(buildZip(noSheet))).toBe('reading.workbook_damaged');
  });

  it('refuses an ODS that repeats a value billions of times', async () => {
    const cell =
      '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000"/>';
    const content = `<o><table:table table:name="S"><table:table-row table:number-rows-repeated="1000000">${cell}</table:table-row></table:table></o>`;
    const ods = buildZip({
      'META-INF/manifest.xml': '<manifest/>',
      'styles.xml': '<s/>',
      'content.xml': content,
    });
    expect(await failure(ods)).toBe('reading.workbook_too_large');
  });

  it('takes __proto__ and constructor for plain names', async () => {
    const file = await folder.open({
      sheets: {
        __proto__x: SHEET,
        constructor: inlineRows([
          ['__proto__', 'constructor'],
          ['a', 1],
        ]),
      },
    });
    expect(file.tables.map(({ header }) => header)).toEqual([
      ['Branch', 'Sales'],
      ['__proto__', 'constructor'],
    ]);
  });
});

describe('other files under a workbook name', () => {
  it.each([
    ['', 'reading.empty_file'],
    ['<html><body><table><tr><td>1</td></tr></table></body></html>', 'reading.not_a_table'],
    [
      '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
      'reading.not_a_table',
    ],
    ['%PDF-1.7', 'reading.not_a_table'],
    ['Branch;Sales\nKisumu;5', 'reading.not_a_table'],
  ])('%#: %.20s', async (content, code) => expect(await failure(Buffer.from(content))).toBe(code));

  it('names a zip, a document and a file that is not there', async () => {
    expect(await failure(buildZip({ 'a.txt': 'x' }))).toBe('reading.not_a_table');
    expect(await failure(buildZip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w/>' }))).toBe(
      'reading.not_a_table',
    );
  });

  it('says that a workbook needs its password', async () => {
    const container = CFB.utils.cfb_new();
    CFB.utils.cfb_add(container, '/EncryptionInfo', Buffer.from('x'));
    CFB.utils.cfb_add(container, '/EncryptedPackage', Buffer.alloc(5_000, 1));
    expect(
      await failure(Buffer.from(CFB.write(container, { type: 'buffer' }) as Buffer), 'secret.xlsx'),
    ).toBe('reading.password_protected');

    const old = CFB.utils.cfb_new();
    // BOF, then FilePass: everything behind it is encrypted.
    CFB.utils.cfb_add(
      old,
      '/Workbook',
      Buffer.concat([
        Buffer.from('0908040000060500', 'hex'),
        Buffer.from('2f0002000100', 'hex'),
        Buffer.alloc(5_000),
      ]),
    );
    expect(await failure(Buffer.from(CFB.write(old, { type: 'buffer' }) as Buffer), 'secret.xls')).toBe(
      'reading.password_protected',
    );
  });

  it('names an old document that is no workbook', async () => {
    const container = CFB.utils.cfb_new();
    CFB.utils.cfb_add(container, '/WordDocument', Buffer.alloc(5_000, 1));
    expect(await failure(Buffer.from(CFB.write(container, { type: 'buffer' }) as Buffer))).toBe(
      'reading.not_a_table',
    );
  });
});
