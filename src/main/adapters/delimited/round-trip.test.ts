import { open, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '#shared/domain/tables';
import { collect, readAll, type Collected } from './collect.fixture.ts';
import { delimitedTable } from './delimited-table.ts';
import { TextSource } from './text-source.ts';

const dialects: fc.Arbitrary<Dialect> = fc
  .record({
    encoding: fc.constantFrom('utf-8' as const, 'utf-16le' as const, 'utf-16be' as const),
    bom: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t', '|', ':', '^', ' ', ', ', '||', '\u00a6', '\u001f'),
    quote: fc.constantFrom('"' as const, "'" as const),
    backslash: fc.boolean(),
    recordDelimiter: fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const),
    comment: fc.constantFrom('', '#'),
  })
  .map(({ backslash, ...rest }) => ({ ...rest, escape: backslash ? ('\\' as const) : rest.quote }));

const cells = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc.constantFrom(...'ab1 \t,;|:^\'"\\\n\r#.é€\u00a6'.split('')),
      maxLength: 8,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', ' ', '""', "'", '\r\n', '\n', '"', '12.5', 'Nairobi', '#', ',', '\\'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 70 }) },
);
const tables = fc
  .integer({ min: 1, max: 5 })
  .chain((columns) =>
    fc.array(fc.array(cells, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 12 }),
  )
  .filter((rows) => !rows.flat().some((cell) => cell.includes('\0')));

/** Writes a cell; `plain` leaves out quotes where they are not needed. */
function writeCell(cell: string, dialect: Dialect, plain: boolean, alone: boolean): string {
  const { delimiter, quote, escape } = dialect;
  const special = [...new Set([...delimiter.split(''), quote, '\n', '\r', '\\', '#'])];
  const needs = special.some((char) => cell.includes(char)) || (alone && cell.trim() === '');
  if (plain && !needs) return cell;
  const escaped =
    escape === '\\'
      ? cell.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
      : cell.replaceAll(quote, quote + quote);
  return `${quote}${escaped}${quote}`;
}

/** Physical lines by the line ends that the dialect knows. */
function lineCount(text: string, dialect: Dialect): number {
  return text.split(dialect.recordDelimiter === '\r' ? /\r\n|\r|\n/ : /\n/).length - 1;
}

function toBytes(text: string, { encoding, bom }: Dialect): Buffer {
  return encode(text, encoding, { addBOM: bom });
}

async function readRaw(bytes: Uint8Array, dialect: Dialect, columns: number): Promise<Collected> {
  const folder = await mkdtemp(join(tmpdir(), 'mauzo-round-trip-'));
  const path = join(folder, 'table.csv');
  await writeFile(path, bytes);
  const handle = await open(path, 'r');
  try {
    const structure = {
      columns,
      header: [],
      headerRows: [],
      firstDataRow: 1,
      dataOffset: 0,
      kinds: [],
      above: [],
    };
    const openText = (): TextSource => new TextSource(handle, 'table.csv', bytes.length, dialect);
    return await collect(delimitedTable({ fileName: 'table.csv', dialect, structure, openText }));
  } finally {
    await handle.close();
    await rm(folder, { recursive: true });
  }
}

describe('round trips', () => {
  it('reads any table of any strings in any dialect exactly, with physical lines', async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        dialects,
        fc.boolean(),
        fc.boolean(),
        async (rows, dialect, plain, lastEnd) => {
          const width = rows[0]?.length ?? 1;
          const lines = rows.map((row) =>
            row
              .map((cell, i) =>
                writeCell(cell, dialect, plain, width === 1 || (i === 0 && row.join('').trim() === '')),
              )
              .join(dialect.delimiter),
          );
          const ends = lines.map((_, i) => (i < lines.length - 1 || lastEnd ? dialect.recordDelimiter : ''));
          const text = lines.map((line, i) => line + (ends[i] ?? '')).join('');
          const read = await readRaw(toBytes(text, dialect), dialect, width);
          expect(read.records).toEqual(rows);
          let line = 1;
          const expected = lines.map((written, i) => {
            const at = line;
            line += lineCount(written + (ends[i] ?? ''), dialect);
            return at;
          });
          expect(read.rows).toEqual(expected);
          expect(read.broken).toEqual([]);
          expect(read.skipped).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds dialect and header of ordinary tables by itself', async () => {
    const words = fc.constantFrom(
      'Nairobi',
      'Mombasa',
      'Soap, bar',
      'He said "no"',
      "O'Brien",
      'Two\nlines',
      'Tea; black',
      'x|y',
    );
    const row = fc.tuple(
      fc.integer({ min: 1, max: 28 }),
      words,
      words,
      fc.integer({ min: -9999, max: 99_999 }),
    );
    const written = dialects.filter(
      ({ delimiter, comment, encoding, bom, quote, escape }) =>
        [',', ';', '\t', '|', '\u001f'].includes(delimiter) &&
        comment === '' &&
        (encoding === 'utf-8' || bom) &&
        quote === '"' &&
        escape === '"',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 5, maxLength: 40 }), written, async (rows, dialect) => {
        const table = rows.map(([day, branch, item, cents]) => [
          `2024-03-${String(day).padStart(2, '0')}`,
          branch,
          item,
          (cents / 100).toFixed(2),
        ]);
        const text = [['Date', 'Branch', 'Item', 'Amount'], ...table]
          .map((cells) => cells.map((cell) => writeCell(cell, dialect, true, false)).join(dialect.delimiter))
          .join(dialect.recordDelimiter);
        const read = await readAll(toBytes(text, dialect));
        expect(read.header).toEqual(['Date', 'Branch', 'Item', 'Amount']);
        expect(read.records).toEqual(table);
        expect(read.file.dialect?.delimiter).toBe(dialect.delimiter);
      }),
      { numRuns: 150 },
    );
  });
});
