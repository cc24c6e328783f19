import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLossless } from '../druid/lossless-json.ts';
import { writeCanonical, type TestRow } from './canonical-rows.fixture.ts';
import { createIngestWriter } from './ingest-writer.ts';

let root: string;
let files = 0;
let writer: Awaited<ReturnType<typeof createIngestWriter>>;
const open = (partBytes?: number) =>
  createIngestWriter({
    allowedDirectories: [root],
    memoryLimit: '256MB',
    threads: 2,
    tempDirectory: join(root, 'spill'),
    ...(partBytes === undefined ? {} : { partBytes }),
  });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mauzo-ingest-'x "));
  writer = await open();
});
afterAll(async () => {
  await writer.close();
  await rm(root, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const path = join(root, `parts-${(files += 1)}`);
  await mkdir(path);
  return path;
}
const canonical = (rows: readonly TestRow[]) => writeCanonical(join(root, `c${(files += 1)}.parquet`), rows);
const lines = async (path: string) =>
  gunzipSync(await readFile(path))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);

test('every text, blank and amount comes out as it went in', async () => {
  const nasty = 'a\nb\r\n"c"\\d\t\u0000\u2028👩🏾‍🌾 é \\n';
  const path = await canonical([
    {
      time: '2024-03-31T23:59:59',
      Branch: nasty,
      CardName: '',
      AcctName: '12345678901234567890',
      ItemName: '-0',
      grossRevenue: '99999999999999.9999',
      returnsValue: '-99999999999999.9999',
      totalCost: '0',
      unitsSold: '0.0001',
      lineItemCount: 3,
    },
  ]);
  const [part] = await writer.write({ path, folder: await folder() });
  const [line = ''] = await lines(part?.path ?? '');
  expect(parseLossless(line)).toEqual({
    __time: Date.UTC(2024, 2, 31, 23, 59, 59),
    Branch: nasty,
    ProductLine: null,
    ItemGroup: null,
    ItemName: '-0',
    SalesPerson: null,
    AcctName: '12345678901234567890',
    CardName: '',
    importId: 'a',
    grossRevenue: Number('99999999999999.9999'),
    returnsValue: -Number('99999999999999.9999'),
    totalCost: 0,
    unitsSold: 0.0001,
    unitsReturned: null,
    grossRevenue_e4: 999_999_999_999_999_999n,
    returnsValue_e4: -999_999_999_999_999_999n,
    totalCost_e4: 0,
    unitsSold_e4: 1,
    unitsReturned_e4: null,
    lineItemCount: 3,
  });
  // Druid reads a DOUBLE from the digits: all of them must be there.
  expect(line).toContain('"grossRevenue":99999999999999.9999,');
});

test('any text survives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 20 }),
      async (texts) => {
        const path = await canonical(
          texts.map((text) => ({
            time: '2024-03-01T00:00:00',
            Branch: 'A',
            CardName: text,
            grossRevenue: '1',
          })),
        );
        const [part] = await writer.write({ path, folder: await folder() });
        const names = (await lines(part?.path ?? '')).map((line) => {
          const row = parseLossless(line);
          return row instanceof Object && 'CardName' in row ? row.CardName : undefined;
        });
        expect(names).toEqual(texts);
      },
    ),
    { numRuns: 20 },
  );
});

test('fractions of a millisecond are cut downwards: no time moves into the next month', async () => {
  const path = await canonical([
    { time: '2024-03-31T23:59:59.999999', Branch: 'A', grossRevenue: '1' },
    { time: '1969-12-31T23:59:59.999999', Branch: 'A', grossRevenue: '1' },
  ]);
  const [part] = await writer.write({ path, folder: await folder() });
  const times = (await lines(part?.path ?? '')).map((line) => /"__time":(-?\d+)/.exec(line)?.[1]);
  expect(times).toEqual([String(Date.UTC(2024, 3, 1) - 1), '-1']);
});

test('large files are cut into parts of a bounded size, in order, and the same bytes each time', async () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => ({
    time: '2024-03-01T00:00:00',
    Branch: `B${index}`,
    CardName: index === 7 ? 'x'.repeat(600_000) : null,
    grossRevenue: `${index}.25`,
  }));
  const path = await canonical(rows);
  const small = await open(500_000);
  try {
    const parts = await small.write({ path, folder: await folder() });
    const again = await small.write({ path, folder: await folder() });
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.reduce((sum, part) => sum + part.rows, 0)).toBe(5_000);
    expect(again.map(({ sha256 }) => sha256)).toEqual(parts.map(({ sha256 }) => sha256));
    const all: string[] = [];
    for (const part of parts) {
      const bytes = await readFile(part.path);
      expect(part.sizeBytes).toBe(bytes.byteLength);
      expect(part.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      const own = await lines(part.path);
      expect(own.length).toBe(part.rows);
      all.push(...own);
    }
    expect(all.map((line) => /"Branch":"(B\d+)"/.exec(line)?.[1])).toEqual(rows.map(({ Branch }) => Branch));
    const sizes = await Promise.all(
      parts.map(async (part) => gunzipSync(await readFile(part.path)).byteLength),
    );
    expect(Math.max(...sizes)).toBeLessThan(500_000 + 600_000);
  } finally {
    await small.close();
  }
});

test('a file that cannot be read is named, and an abort stops', async () => {
  await expect(
    writer.write({ path: join(root, 'none.parquet'), folder: await folder() }),
  ).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
  const path = await canonical([{ time: '2024-03-01T00:00:00', Branch: 'A', grossRevenue: '1' }]);
  await expect(writer.write({ path, folder: join(root, 'no-folder') })).rejects.toMatchObject({
    code: 'analytics.chunk_not_written',
  });
  await expect(writer.write({ path, folder: await folder() }, AbortSignal.abort())).rejects.toMatchObject({
    code: 'app.cancelled',
  });
});
