import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decimalText } from '#shared/domain/metrics/exact';
import { LEDGER_COLUMNS } from '#shared/domain/sales-schema';
import { writeCanonical, type TestRow } from './canonical-rows.fixture.ts';
import { createChunkBuilder } from './chunk-builder.ts';

let root: string;
let builder: Awaited<ReturnType<typeof createChunkBuilder>>;
let files = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mauzo-chunks-'));
  const tempDirectory = join(root, 'spill');
  builder = await createChunkBuilder({
    allowedDirectories: [root],
    memoryLimit: '256MB',
    threads: 2,
    tempDirectory,
  });
});
afterAll(async () => {
  await builder.close();
  await rm(root, { recursive: true, force: true });
});

const path = () => join(root, `${(files += 1)}.parquet`);

const branch = fc.constantFrom('Thika', 'thika', '__proto__', "O'Brien", 'a\nb', '', '😀');
const day = fc.constantFrom('2024-02-01', '2024-02-28', '2024-02-29');
const amount = fc.option(fc.bigInt(-(10n ** 17n), 10n ** 17n), { nil: null });
interface Row {
  readonly branch: string;
  readonly day: string;
  readonly clock: string;
  readonly customer: string | null;
  readonly amounts: readonly (bigint | null)[];
}
const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  branch,
  day,
  clock: fc.constantFrom('00:00:00', '23:59:59'),
  customer: fc.constantFrom(null, '', 'A'),
  amounts: fc.tuple(amount, amount, amount, amount, amount),
});

const testRow = (row: Row, importId: string): TestRow => ({
  time: `${row.day}T${row.clock}`,
  Branch: row.branch,
  CardName: row.customer,
  importId,
  ...Object.fromEntries(
    LEDGER_COLUMNS.map((column, index) => {
      const value = row.amounts[index] ?? null;
      return [column, value === null ? null : decimalText(value)];
    }),
  ),
});

const totals = (rows: readonly Row[]) =>
  Object.fromEntries(
    LEDGER_COLUMNS.map((column, index) => {
      const known = rows.flatMap((row) => row.amounts[index] ?? []);
      return [column, known.length === 0 ? null : decimalText(known.reduce((sum, value) => sum + value, 0n))];
    }),
  );

test(
  'no row is lost, doubled or kept that was excluded, and sums are exact',
  { timeout: 60_000 },
  async () => {
    const partArbitrary = fc.record({
      rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 15 }),
      excluded: fc.array(fc.record({ branch, day }), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(partArbitrary, { minLength: 1, maxLength: 3 }), async (parts) => {
        const inputs = [];
        for (const [index, { rows, excluded }] of parts.entries()) {
          const importId = `import ${index}`;
          const file = await writeCanonical(
            path(),
            rows.map((row) => testRow(row, importId)),
          );
          inputs.push({ importId, path: file, excluded });
        }
        const built = await builder.build(inputs, path());
        const expected = parts.map(({ rows, excluded }, index) => {
          const kept = rows.filter(
            (row) => !excluded.some((entry) => entry.branch === row.branch && entry.day === row.day),
          );
          return { importId: `import ${index}`, rows: kept.length, totals: totals(kept) };
        });
        expect(built.byImport).toEqual(expected);
        expect(built.rows).toBe(expected.reduce((sum, part) => sum + part.rows, 0));
        expect(built.path === null).toBe(built.rows === 0);
        const footprint = await builder.footprint(
          inputs.map((input) => ({ chunk: '2024-02', path: input.path })),
        );
        expect(footprint.reduce((sum, entry) => sum + entry.rows, 0)).toBe(
          parts.reduce((sum, part) => sum + part.rows.length, 0),
        );
        for (const entry of footprint) {
          const same = parts.map(({ rows }) =>
            rows.filter((row) => row.branch === entry.branch && row.day === entry.day),
          );
          expect(same.map((rows) => ({ rows: rows.length, totals: totals(rows) }))).toContainEqual({
            rows: entry.rows,
            totals: entry.totals,
          });
        }
      }),
      { numRuns: 30 },
    );
  },
);

test('equal rows are the intersection of two bags of rows', { timeout: 60_000 }, async () => {
  const few = fc.constantFrom(null, 0n, 1n);
  const small: fc.Arbitrary<Row> = fc.record({
    branch: fc.constantFrom('A', 'B'),
    day: fc.constant('2024-02-01'),
    clock: fc.constantFrom('00:00:00', '23:59:59'),
    customer: fc.constantFrom(null, ''),
    amounts: fc.tuple(few, few, fc.constant(null), fc.constant(null), fc.constant(null)),
  });
  const bag = fc.array(small, { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(bag, bag, async (mine, theirs) => {
      const left = theirs.map((row) => JSON.stringify(testRow(row, '')));
      let equal = 0;
      for (const row of mine) {
        const at = left.indexOf(JSON.stringify(testRow(row, '')));
        if (at < 0) continue;
        left.splice(at, 1);
        equal += 1;
      }
      const write = (rows: readonly Row[], id: string) =>
        writeCanonical(
          path(),
          rows.map((row) => testRow(row, id)),
        );
      expect(await builder.equalRows([await write(mine, 'x')], [await write(theirs, 'y')])).toBe(equal);
    }),
    { numRuns: 40 },
  );
});
