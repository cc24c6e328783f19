import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { readAll } from './collect.fixture.ts';

/** Physical rows of everything that a text was read as; null when the file as a whole was refused. */
async function rowsOf(text: string): Promise<{ all: number[]; inOrder: boolean } | null> {
  try {
    const { file, rows, broken, skipped } = await readAll(text);
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
        expect(read.all).toEqual(Array.from({ length: lines }, (_, i) => i + 1));
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
      }),
      { numRuns: 400 },
    );
  });
});
