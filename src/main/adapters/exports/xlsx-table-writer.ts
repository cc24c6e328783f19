import type { TableWriter } from '../../services/imports/ports.ts';
import { writeAtomically } from './atomic-file.ts';
import { ZipWriter } from './zip-writer.ts';

/** Of a worksheet (ECMA-376: 1,048,576); what is more goes to further sheets. */
const ROWS_PER_SHEET = 1_000_000;
/** Of a cell; Excel refuses to open a workbook with a longer one. */
const MAX_CELL_CHARACTERS = 32_767;
const PIECE_CHARACTERS = 64 * 1024;
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** XML 1.0 cannot hold these at all, not even escaped (section 2.2, Char): controls, lone surrogates, non-characters. */
function isXmlText(codePoint: number): boolean {
  if (codePoint < 0x20) return codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d;
  return codePoint < 0xd800 || (codePoint > 0xdfff && codePoint !== 0xfffe && codePoint !== 0xffff);
}

function escapeXml(text: string): string {
  return Array.from(text.slice(0, MAX_CELL_CHARACTERS), (character) =>
    isXmlText(character.codePointAt(0) ?? 0) ? character : '\uFFFD',
  )
    .join('')
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

/** Every cell is typed as a string: nothing in it is ever run as a formula. */
const rowXml = (cells: readonly string[]) =>
  `<row>${cells.map((cell) => `<c t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`).join('')}</row>`;

/** A workbook of strings (ECMA-376 transitional), written as a stream in bounded memory. */
export function createXlsxTableWriter(): TableWriter {
  return {
    async write(path, table) {
      let rows = 0;
      await writeAtomically(path, async (file) => {
        const zip = new ZipWriter(file);
        const iterator = table.rows[Symbol.asyncIterator]();
        let next = await iterator.next();
        let sheets = 0;
        do {
          sheets += 1;
          await zip.add(
            `xl/worksheets/sheet${sheets}.xml`,
            (async function* sheet() {
              let piece = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rowXml(table.header)}`;
              for (let count = 0; count < ROWS_PER_SHEET && next.done !== true; count += 1) {
                piece += rowXml(next.value);
                rows += 1;
                if (piece.length >= PIECE_CHARACTERS) {
                  yield piece;
                  piece = '';
                }
                next = await iterator.next();
              }
              yield `${piece}</sheetData></worksheet>`;
            })(),
          );
        } while (next.done !== true);
        await addWorkbook(zip, table.sheet, sheets);
        await zip.finish();
      });
      return { rows };
    },
  };
}

async function addWorkbook(zip: ZipWriter, title: string, sheets: number): Promise<void> {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
  const nameOf = (number: number) => escapeXml(number === 1 ? title : `${title} ${number}`);
  await zip.add('xl/workbook.xml', [
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>`,
    ...numbers.map((number) => `<sheet name="${nameOf(number)}" sheetId="${number}" r:id="rId${number}"/>`),
    '</sheets></workbook>',
  ]);
  await zip.add('xl/_rels/workbook.xml.rels', [
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">`,
    ...numbers.map(
      (number) =>
        `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
    ),
    '</Relationships>',
  ]);
  await zip.add('_rels/.rels', [
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">`,
    `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ]);
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  await zip.add('[Content_Types].xml', [
    `${XML}<Types xmlns="${PACKAGE}/content-types">`,
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
    `<Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>`,
    ...numbers.map(
      (number) =>
        `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${type}.worksheet+xml"/>`,
    ),
    '</Types>',
  ]);
}
