import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import { readAll } from './collect.fixture.ts';
import { FILL_BYTES } from './text-source.ts';

/** Physical rows of everything that a text was read as; null when the file as a whole was refused. */
async function rowsOf(text: string, dialect?: Dialect): Promise<{ all: number[]; inOrder: boolean } | null> {
  try {
    const { file, rows, broken, skipped } = await readAll(text, dialect);
    const brokenRows = broken.map(({ row }) => row);
    const skippedRows = skipped.map(({ row }) => row);
    const ascending = (list: readonly number[]): boolean =>
      list.every((row, i) => i === 0 || row > (list[i - 1] ?? 0));
    return {
      all: [...(file.tables[0]?.headerRows ?? []), ...rows, ...brokenRows, ...skippedRows].sort(
        (a, b) => a - b,
      ),
      inOrder: [rows, brokenRows, skippedRows].every((list) => ascending(list)),
    };
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code.startsWith('reading.')) return null;
    throw thrown;
  }
}

const commas = (recordDelimiter: Dialect['recordDelimiter']): Dialect => ({
  encoding: 'utf-8',
  bom: false,
  delimiter: ',',
  quote: '"',
  escape: '"',
  recordDelimiter,
  comment: '',
});

/** Lines of a text by any line end; a line end at its end begins no further line. */
function countLines(content: string): number {
  const lines = content.split(/\r\n|\r|\n/);
  return lines.length - (lines.at(-1) === '' ? 1 : 0);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const text = (alphabet: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('2024-03-01,Nairobi,12.50', 'Date,Branch,Amount', 'a,b', '"x",y,1'),
        },
        { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength: 30 }) },
      ),
      { minLength: 1, maxLength: 25 },
    )
    .map((lines) => lines.join('\n'));

describe('every line is accounted for', () => {
  it('once, as header, record, broken or skipped, where no quotes join lines', async () => {
    await fc.assert(
      fc.asyncProperty(text('ab1 ,;|#.-\t'), async (content) => {
        const read = await rowsOf(content.replaceAll('"', ''));
        if (read === null) return;
        const lines =
          content.split('\n').length - (content.endsWith('\n') || content.split('\n').at(-1) === '' ? 1 : 0);
        expect(read.all).toEqual(upTo(lines));
        expect(read.inOrder).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never twice, and nothing crashes, whatever the quotes do', async () => {
    await fc.assert(
      fc.asyncProperty(text('a1,"\'\\\r\0;#'), async (content) => {
        const read = await rowsOf(content);
        if (read === null) return;
        expect(new Set(read.all).size).toBe(read.all.length);
        expect(read.inOrder).toBe(true);
        expect(read.all.length === 0 || read.all[0] === 1).toBe(true);
        expect(read.all.at(-1) ?? 0).toBeLessThanOrEqual(countLines(content));
      }),
      // CR by what stands above the quote, and a CRLF below it.
      { numRuns: 400, examples: [['\r"\na\r\n'], ['\r"\na\r\n\n']] },
    );
  });

  it('once, where CR ends lines and so do LF and CRLF', async () => {
    const line = fc.constantFrom(
      '2024-03-01,Nairobi,12.50',
      'a,b',
      'a',
      '',
      '"x",y,1',
      ' ',
      'a,b,'.padEnd(60, 'c'),
    );
    const lineEnd = fc.constantFrom('\r', '\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(line, lineEnd).map((pair) => pair.join('')),
          { minLength: 1, maxLength: 25 },
        ),
        line,
        fc.constantFrom('\r' as const, 'mixed' as const),
        async (lines, last, recordDelimiter) => {
          const content = lines.join('') + last;
          const read = await rowsOf(content, commas(recordDelimiter));
          if (read === null) return;
          expect(read.all).toEqual(upTo(countLines(content)));
          expect(read.inOrder).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['\r', 'mixed'] as const)('once, wherever a CRLF stands in a block, ended by %j', async (end) => {
    for (let length = 50; length < 130; length += 1) {
      const content = `a,b\r1,${'x'.repeat(length)}\r\n2,"p\r\nq"\r3,y\r`;
      const { rows, records, broken, skipped } = await readAll(content, commas(end));
      expect(rows).toEqual([2, 3, 5]);
      expect(records).toEqual([
        ['1', 'x'.repeat(length)],
        ['2', 'p\r\nq'],
        ['3', 'y'],
      ]);
      expect([...broken, ...skipped]).toEqual([]);
    }
  });

  it.each(['1,y', ''])('once, where a CRLF is cut by the end of a fill, behind the line %j', async (last) => {
    const row = `1,${'x'.repeat(4_000)}\r`;
    const before = `a,b\r${row.repeat(Math.floor(FILL_BYTES / row.length) - 1)}`;
    const padding = `1,${'x'.repeat(FILL_BYTES - before.length - last.length - 4)}\r`;
    const head = `${before}${padding}${last}\r`;
    expect(head.length).toBe(FILL_BYTES);
    for (const end of ['\r', 'mixed'] as const) {
      // With a backslash as escape the tolerant parser reads alone.
      for (const escape of ['"', '\\'] as const) {
        const read = await rowsOf(`${head}\n2,z\r`, { ...commas(end), escape });
        expect(read?.all).toEqual(upTo(countLines(head) + 1));
      }
    }
  });

  it.each(['\n', '\r\n'])(
    'without a line that is not there, behind the line end %j of a text of CR',
    async (end) => {
      const { rows, skipped } = await readAll(`a,b\r1,x\r2,y${end}`, commas('\r'));
      expect({ rows, skipped }).toEqual({ rows: [2, 3], skipped: [] });
    },
  );
});
