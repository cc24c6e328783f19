import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CellKind } from '../../services/reading/ports.ts';
import { formatMeaning, builtInMeaning } from './number-formats.ts';
import { plainDecimal, plainNumber } from './plain-decimal.ts';
import { serialToIso } from './serial-dates.ts';
import { inlineRows, workbookFolder } from './workbook.fixture.ts';

const folder = workbookFolder();
afterAll(() => folder.remove());

const HEADER =
  '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Value</t></is></c></row>';

/** Reads one cell in column B of a row whose column A is a text. */
async function readCell(
  xml: string,
  options: { formats?: (number | string)[]; strings?: string; date1904?: boolean } = {},
) {
  const rows = `${HEADER}<row r="2"><c r="A2" t="inlineStr"><is><t>k</t></is></c>${xml}</row>`;
  const { rows: read } = await folder.readFirst({
    sheets: { S: `<sheetData>${rows}</sheetData>` },
    ...options,
  });
  return [read[0]?.cells[1], read[0]?.kinds[1]];
}

describe('cells of a sheet', () => {
  it.each([
    ['<c r="B2"><v>1234.5</v></c>', '1234.5', CellKind.number],
    ['<c r="B2" t="n"><v>-0.25</v></c>', '-0.25', CellKind.number],
    ['<c r="B2"><v>1234.5000000000002</v></c>', '1234.5', CellKind.number],
    ['<c r="B2"><v>0.30000000000000004</v></c>', '0.3', CellKind.number],
    ['<c r="B2"><v>1E-7</v></c>', '0.0000001', CellKind.number],
    ['<c r="B2"><v>1.5E+20</v></c>', '150000000000000000000', CellKind.number],
    ['<c r="B2"><v>12345678901234567890</v></c>', '12345678901234567890', CellKind.number],
    ['<c r="B2"><v>1E309</v></c>', '1E309', CellKind.text],
    ['<c r="B2"><v>NaN</v></c>', 'NaN', CellKind.text],
    ['<c r="B2" t="b"><v>1</v></c>', 'TRUE', CellKind.boolean],
    ['<c r="B2" t="b"><v>0</v></c>', 'FALSE', CellKind.boolean],
    ['<c r="B2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', '#DIV/0!', CellKind.error],
    ['<c r="B2"><f>SUM(A1:A3)&amp;"x"</f></c>', '=SUM(A1:A3)&"x"', CellKind.uncomputed],
    ['<c r="B2"><f>SUM(A1:A3)</f><v></v></c>', '=SUM(A1:A3)', CellKind.uncomputed],
    ['<c r="B2"><f>1+1</f><v>2</v></c>', '2', CellKind.number],
    ['<c r="B2" t="str"><f>"a"</f><v>a &lt;b&gt;</v></c>', 'a <b>', CellKind.text],
    [
      '<c r="B2" t="inlineStr"><is><r><rPr/><t>00</t></r><r><t>123</t></r><rPh><t>no</t></rPh></is></c>',
      '00123',
      CellKind.text,
    ],
    ['<c r="B2" t="inlineStr"><is><t>a<![CDATA[<&]]>b<!-- c -->d</t></is></c>', 'a<&bd', CellKind.text],
    ['<c r="B2" t="str"><v>tab_x0009_and _x005F_x</v></c>', 'tab\tand _x', CellKind.text],
    [
      '<c r="B2" t="inlineStr"><is><t>&#x20AC;&#8364;&amp;&unknown;</t></is></c>',
      '€€&&unknown;',
      CellKind.text,
    ],
    ['<c r="B2" t="d"><v>2024-03-01T00:00:00.000Z</v></c>', '2024-03-01', CellKind.date],
    ['<c r="B2" t="d"><v>2024-03-01T08:30:05.250</v></c>', '2024-03-01T08:30:05.25', CellKind.date],
    ["<c s='0' t = 's' r='B2'><v>7</v></c>", '#MISSING_TEXT!', CellKind.error],
  ])('reads %s', async (xml, text, kind) => {
    expect(await readCell(xml)).toEqual([text, kind]);
  });

  it('reads shared texts, plain and rich, whatever their counts say', async () => {
    const strings =
      '<si><t>zero</t></si><si><r><t xml:space="preserve">o_x0009_n </t></r><r><t>e</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si><si/>';
    expect(await readCell('<c r="B2" t="s"><v>1</v></c>', { strings })).toEqual(['o\tn e', CellKind.text]);
    expect(await readCell('<c r="B2" t="s"><v>2</v></c>', { strings })).toEqual(['', CellKind.text]);
    expect(await readCell('<c r="B2" t="s"><v>3</v></c>', { strings })).toEqual([
      '#MISSING_TEXT!',
      CellKind.error,
    ]);
  });

  it.each([
    [14, '45352', '2024-03-01', CellKind.date],
    [22, '45352.5', '2024-03-01T12:00:00', CellKind.date],
    ['dd/mm/yyyy hh:mm', '45352.354224537034', '2024-03-01T08:30:05', CellKind.date],
    ['[$-409]d\\-mmm\\-yy;@', '45352', '2024-03-01', CellKind.date],
    ['yyyy"d"', '45352', '2024-03-01', CellKind.date],
    ['0.00"day"', '45352', '45352', CellKind.number],
    ['[h]:mm', '1.5', '1.5', CellKind.number],
    ['h:mm AM/PM', '0.5', '12:00:00', CellKind.text],
    ['[Red]#,##0', '45352', '45352', CellKind.number],
    [14, '1', '1900-01-01', CellKind.date],
    [14, '59', '1900-02-28', CellKind.date],
    [14, '60', '1900-02-29', CellKind.text],
    [14, '61', '1900-03-01', CellKind.date],
    [14, '0', '1900-01-00', CellKind.text],
    [14, '-3', '-3', CellKind.number],
    [14, '2958465', '9999-12-31', CellKind.date],
    [14, '2958466', '2958466', CellKind.number],
  ])('format %s shows %s as %s', async (format, value, text, kind) => {
    expect(await readCell(`<c r="B2" s="1"><v>${value}</v></c>`, { formats: [0, format] })).toEqual([
      text,
      kind,
    ]);
  });

  it('counts days from 1904 when the workbook says so', async () => {
    const options = { formats: [0, 14], date1904: true };
    expect(await readCell('<c r="B2" s="1"><v>0</v></c>', options)).toEqual(['1904-01-01', CellKind.date]);
    expect(await readCell('<c r="B2" s="1"><v>43890.25</v></c>', options)).toEqual([
      '2024-03-01T06:00:00',
      CellKind.date,
    ]);
  });
});

describe('number formats', () => {
  it.each([
    ['m/d/yy', 'date'],
    ['mmm', 'date'],
    ['mm:ss', 'time'],
    ['General', 'number'],
    ['0.00E+00', 'number'],
    ['#,##0.00_);[Red]\\(#,##0.00\\)', 'number'],
    ['"Sh"#,##0', 'number'],
    ['[$KES] #,##0.00', 'number'],
    ['# ?/?', 'number'],
    ['dddd', 'date'],
    ['', 'number'],
    ['@', 'number'],
  ])('%s is a %s', (code, meaning) => expect(formatMeaning(code)).toBe(meaning));

  it('knows the built-in ones', () => {
    expect([0, 4, 9, 14, 17, 18, 21, 22, 46, 47, 49].map(builtInMeaning)).toEqual([
      'number',
      'number',
      'number',
      'date',
      'date',
      'time',
      'time',
      'date',
      'number',
      'time',
      'number',
    ]);
  });
});

describe('properties', () => {
  it('plain decimals have no exponent and at most 15 digits, and keep every number that has no more', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plainNumber(value);
        expect(text).toMatch(/^-?(?:0|[1-9]\d*|0\.\d*[1-9]|[1-9]\d*\.\d*[1-9])$/);
        expect(Number(text)).toBe(Number(value.toPrecision(15)) + 0);
        expect(plainDecimal(text)).toBe(text);
      }),
    );
  });

  it('every second of every day from 1 March 1900 to 9999 comes back from its serial', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 61, max: 2_958_465 }),
        fc.integer({ min: 0, max: 86_399 }),
        (day, second) => {
          const iso = new Date((day - 25_569) * 86_400_000 + second * 1000).toISOString().slice(0, 19);
          expect(serialToIso(day + second / 86_400, 'excel-1900')).toBe(
            second === 0 ? iso.slice(0, 10) : iso,
          );
        },
      ),
    );
  });

  it('a table of any texts and numbers reads back exactly', async () => {
    // Characters that XML cannot hold are escaped by writers as _xHHHH_; lone surrogates cannot be written at all.
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed());
    const escape = (value: string) =>
      value
        .replace(/_x([0-9A-Fa-f]{4})_/g, '_x005F_x$1_')
        .replace(
          /(?![\t\n\r])[\p{Cc}\uFFFE\uFFFF]/gu,
          (c) => `_x${c.charCodeAt(0).toString(16).padStart(4, '0')}_`,
        );
    const amount = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 })).map(([digits, scale]) => {
      const whole = String(Math.abs(digits) % 10 ** 15).padStart(scale + 1, '0');
      const plain = scale === 0 ? whole : `${whole.slice(0, -scale)}.${whole.slice(-scale)}`;
      return digits < 0 && /[1-9]/.test(plain) ? `-${plain}` : plain;
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text, amount), { minLength: 1, maxLength: 30 }),
        async (rows) => {
          const data = inlineRows([['Key', 'First', 'Second', 'Amount']]).replace(
            '</sheetData>',
            `${rows
              .map(([first, second, value], index) => {
                const cells = inlineRows([[`key ${index}`, escape(first), escape(second)]]);
                return cells
                  .replace('<sheetData>', '')
                  .replace('</row></sheetData>', `<c><v>${value}</v></c></row>`);
              })
              .join('')}</sheetData>`,
          );
          const { rows: read, skipped } = await folder.readFirst({ sheets: { S: data } });
          expect(skipped).toEqual([]);
          expect(read.map(({ cells }) => cells)).toEqual(
            rows.map(([first, second, value], index) => [`key ${index}`, first, second, value]),
          );
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);
});
