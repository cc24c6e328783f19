import { createZipWriter } from './zip-writer.mts';

/** Text, an exact number as decimal text, or a wall-clock `yyyy-mm-dd[ hh:mm:ss]` written as an Excel serial. */
export type XlsxCell =
  string | null | { readonly number: string; readonly bold?: boolean } | { readonly date: string };

export interface XlsxSheet {
  readonly name: string;
  readonly rows: Iterable<readonly XlsxCell[]>;
  /** In characters, by column. */
  readonly widths?: readonly number[];
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const DOC = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Cell formats: 0 general, 1 money, 2 date and time, 3 bold, 4 bold money, 5 date. */
const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="mmm\\ yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0"/><xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" applyFont="1"/><xf numFmtId="4" fontId="1" applyFont="1" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`;

export const escapeXml = (text: string) =>
  text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '',
  );

export function columnName(index: number): string {
  let name = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** Days since 30 December 1899, with the time as a fraction, as Excel stores a date after February 1900. */
export function serialOf(date: string): number {
  const [day = '', time] = date.split(' ');
  const days = Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 25_569;
  if (time === undefined) return days;
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return days + (hours * 3600 + minutes * 60 + seconds) / 86_400;
}

/** Streams a workbook to `path` as Excel writes one (shared strings, styled dates); memory grows with distinct texts only. */
export async function writeXlsx(path: string, sheets: readonly XlsxSheet[], level = 6): Promise<void> {
  const zip = await createZipWriter(path, level);
  const strings = new Map<string, number>();
  let stringUses = 0;
  const shared = (text: string) => {
    stringUses += 1;
    let index = strings.get(text);
    if (index === undefined) {
      index = strings.size;
      strings.set(text, index);
    }
    return index;
  };

  function* sheetXml(sheet: XlsxSheet): Generator<string> {
    const cols = (sheet.widths ?? [])
      .map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`)
      .join('');
    yield `${HEAD}<worksheet xmlns="${MAIN}">${cols === '' ? '' : `<cols>${cols}</cols>`}<sheetData>`;
    let text = '';
    let row = 0;
    for (const cells of sheet.rows) {
      row += 1;
      if (cells.length === 0) continue;
      text += `<row r="${row}">`;
      for (let column = 0; column < cells.length; column += 1) {
        const cell = cells[column];
        if (cell === null || cell === undefined) continue;
        const at = `${columnName(column)}${row}`;
        if (typeof cell === 'string') text += `<c r="${at}" t="s"><v>${shared(cell)}</v></c>`;
        else if ('number' in cell)
          text += `<c r="${at}" s="${cell.bold === true ? 4 : 1}"><v>${cell.number}</v></c>`;
        else text += `<c r="${at}" s="${cell.date.includes(' ') ? 2 : 5}"><v>${serialOf(cell.date)}</v></c>`;
      }
      text += '</row>';
      if (text.length > 128 * 1024) {
        yield text;
        text = '';
      }
    }
    yield `${text}</sheetData></worksheet>`;
  }
  function* stringsXml(): Generator<string> {
    yield `${HEAD}<sst xmlns="${MAIN}" count="${stringUses}" uniqueCount="${strings.size}">`;
    for (const text of strings.keys()) {
      yield `<si><t${/^\s|\s$/.test(text) ? ' xml:space="preserve"' : ''}>${escapeXml(text)}</t></si>`;
    }
    yield '</sst>';
  }
  const numbers = sheets.map((_, index) => index + 1);
  await zip.add('[Content_Types].xml', [
    `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>${numbers.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`).join('')}<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${TYPE}.sharedStrings+xml"/></Types>`,
  ]);
  await zip.add('_rels/.rels', [
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ]);
  await zip.add('xl/workbook.xml', [
    `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${DOC}"><sheets>${sheets.map((sheet, index) => `<sheet name="${escapeXml(sheet.name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
  ]);
  const last = sheets.length;
  await zip.add('xl/_rels/workbook.xml.rels', [
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((n) => `<Relationship Id="rId${n}" Type="${DOC}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}<Relationship Id="rId${last + 1}" Type="${DOC}/styles" Target="styles.xml"/><Relationship Id="rId${last + 2}" Type="${DOC}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  ]);
  await zip.add('xl/styles.xml', [STYLES]);
  for (const [index, sheet] of sheets.entries())
    await zip.add(`xl/worksheets/sheet${index + 1}.xml`, sheetXml(sheet));
  await zip.add('xl/sharedStrings.xml', stringsXml());
  await zip.finish();
}
