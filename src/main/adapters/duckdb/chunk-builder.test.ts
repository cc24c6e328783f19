import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CANONICAL_COLUMNS } from './canonical-columns.ts';
import { writeCanonical, type TestRow } from './canonical-rows.fixture.ts';
import { createChunkBuilder } from './chunk-builder.ts';

let root: string;
let folder: string;
let builder: Awaited<ReturnType<typeof createChunkBuilder>>;
let files = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mauzo-chunks-'));
  // A folder name that is hostile to quoting, globbing and hive partitions.
  folder = join(root, "Branch=x o'[b]*");
  await mkdir(folder);
  await mkdir(join(root, "Branch=x o'bEvil"));
  builder = await createChunkBuilder({
    allowedDirectories: [folder],
    memoryLimit: '256MB',
    threads: 2,
    tempDirectory: join(root, 'spill'),
  });
});
afterAll(async () => {
  await builder.close();
  await rm(root, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);
const canonical = (rows: readonly TestRow[], types?: Record<string, string | null>) =>
  writeCanonical(path(`c${(files += 1)}.parquet`), rows, types);
const target = () => path(`t${(files += 1)}.parquet`);

const march: readonly TestRow[] = [
  { time: '2024-03-31T23:59:59', Branch: 'Thika', grossRevenue: '0.0001', row: 9 },
  { time: '2024-03-01T00:00:00', Branch: 'Thika', grossRevenue: '99999999999999.9999', totalCost: '-1.5' },
  {
    time: '2024-03-01T12:00:00',
    Branch: "Embu'); DROP TABLE x; --",
    grossRevenue: '10',
    returnsValue: '-2.50',
  },
  { time: '2024-03-01T12:00:00', Branch: '__proto__', grossRevenue: '10', unitsSold: '3' },
];

async function readBack(file: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll('SELECT * FROM read_parquet($1, hive_partitioning = false)', [
    file,
  ]);
  const types = reader
    .columnNames()
    .map((name, index) => ({ name, type: reader.columnType(index).toString() }));
  const rows = reader.getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
  connection.closeSync();
  instance.closeSync();
  return { types, rows };
}

describe('footprint', () => {
  test('groups by branch and day with exact sums as text', async () => {
    const rows = await builder.footprint([{ chunk: '2024-03', path: await canonical(march) }]);
    const none = {
      grossRevenue: null,
      returnsValue: null,
      totalCost: null,
      unitsSold: null,
      unitsReturned: null,
    };
    expect(rows).toEqual([
      {
        chunk: '2024-03',
        branch: "Embu'); DROP TABLE x; --",
        day: '2024-03-01',
        rows: 1,
        totals: { ...none, grossRevenue: '10', returnsValue: '-2.5' },
      },
      {
        chunk: '2024-03',
        branch: 'Thika',
        day: '2024-03-01',
        rows: 1,
        totals: { ...none, grossRevenue: '99999999999999.9999', totalCost: '-1.5' },
      },
      {
        chunk: '2024-03',
        branch: '__proto__',
        day: '2024-03-01',
        rows: 1,
        totals: { ...none, grossRevenue: '10', unitsSold: '3' },
      },
      {
        chunk: '2024-03',
        branch: 'Thika',
        day: '2024-03-31',
        rows: 1,
        totals: { ...none, grossRevenue: '0.0001' },
      },
    ]);
  });

  test('sums beyond what a double or a 64-bit integer holds stay exact', async () => {
    const rows = Array.from({ length: 30 }, () => ({
      time: '2024-03-01T00:00:00',
      Branch: 'A',
      grossRevenue: '99999999999999.9999',
    }));
    const [row] = await builder.footprint([{ chunk: '2024-03', path: await canonical(rows) }]);
    expect(row?.totals.grossRevenue).toBe('2999999999999999.997');
  });

  test('a row of another month, without a branch or without line items is refused', async () => {
    const refused = (rows: readonly TestRow[], types?: Record<string, string>) =>
      expect(
        canonical(rows, types).then((file) => builder.footprint([{ chunk: '2024-03', path: file }])),
      ).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
    await refused([{ time: '2024-04-01T00:00:00', Branch: 'A' }]);
    await refused([{ time: '2024-03-01T00:00:00', Branch: null }]);
    await refused([{ time: '2024-03-01T00:00:00', Branch: 'A', lineItemCount: null }]);
  });
});

describe('build', () => {
  test('sorts by branch, time and row into the one schema, and measures by import', async () => {
    const a = await canonical(march);
    const b = await canonical([
      { time: '2024-03-01T00:00:00', Branch: 'Thika', grossRevenue: '5', importId: 'b', row: 1 },
    ]);
    const out = target();
    const built = await builder.build(
      [
        { importId: 'a', path: a, excluded: [] },
        { importId: 'b', path: b, excluded: [] },
      ],
      out,
    );
    expect(built).toMatchObject({ path: out, rows: 5 });
    expect(built.sizeBytes).toBeGreaterThan(100);
    expect(built.byImport.map((part) => [part.importId, part.rows, part.totals.grossRevenue])).toEqual([
      ['a', 4, '100000000000020'],
      ['b', 1, '5'],
    ]);
    expect(await builder.measure(out)).toEqual(built.byImport);
    const { types, rows } = await readBack(out);
    expect(types).toEqual(CANONICAL_COLUMNS.map(({ name, type }) => ({ name, type })));
    expect(rows.map((row) => [row[1], row[0], row[16]])).toEqual([
      ["Embu'); DROP TABLE x; --", '2024-03-01 12:00:00', '4'],
      ['Thika', '2024-03-01 00:00:00', '1'],
      ['Thika', '2024-03-01 00:00:00', '3'],
      ['Thika', '2024-03-31 23:59:59', '9'],
      ['__proto__', '2024-03-01 12:00:00', '5'],
    ]);
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('leaves out exactly the excluded branch-days of each part', async () => {
    const a = await canonical(march);
    const b = await canonical(march.map((row) => ({ ...row, importId: 'b' })));
    const built = await builder.build(
      [
        {
          importId: 'a',
          path: a,
          excluded: [
            { branch: "Embu'); DROP TABLE x; --", day: '2024-03-01' },
            { branch: 'Thika', day: '2024-03-31' },
            { branch: 'thika', day: '2024-03-01' },
          ],
        },
        { importId: 'b', path: b, excluded: [{ branch: 'Thika', day: '2024-03-01' }] },
      ],
      target(),
    );
    expect(built.byImport.map((part) => part.rows)).toEqual([2, 3]);
    expect(built.byImport.map((part) => part.totals.grossRevenue)).toEqual([
      '100000000000009.9999',
      '20.0001',
    ]);
  });

  test('no rows: no file', async () => {
    const only = await canonical([{ time: '2024-03-01T00:00:00', Branch: 'A', grossRevenue: '1' }]);
    const out = target();
    const built = await builder.build(
      [{ importId: 'a', path: only, excluded: [{ branch: 'A', day: '2024-03-01' }] }],
      out,
    );
    expect(built).toMatchObject({
      path: null,
      rows: 0,
      sizeBytes: 0,
      byImport: [{ importId: 'a', rows: 0 }],
    });
    expect(await builder.build([], out)).toMatchObject({ path: null, rows: 0, byImport: [] });
    expect((await readdir(folder)).filter((name) => out.endsWith(name) || name.includes('.tmp'))).toEqual([]);
  });

  test('columns without values may come in any type; doubles as money are refused', async () => {
    const rows = [{ time: '2024-03-01T00:00:00', Branch: 'A', grossRevenue: '1' }];
    const odd = await canonical(rows, {
      CardName: 'INTEGER',
      totalCost: 'DOUBLE',
      row: 'UINTEGER',
      __time: 'TIMESTAMP_NS',
      lineItemCount: 'INTEGER',
      grossRevenue: 'DECIMAL(9,2)',
    });
    const built = await builder.build([{ importId: 'a', path: odd, excluded: [] }], target());
    expect(built.rows).toBe(1);
    const doubles = await canonical(rows, { grossRevenue: 'DOUBLE' });
    await expect(
      builder.build([{ importId: 'a', path: doubles, excluded: [] }], target()),
    ).rejects.toMatchObject({
      code: 'analytics.chunk_unreadable',
      details: { path: doubles, problem: 'the column grossRevenue is DOUBLE instead of DECIMAL(18,4)' },
    });
    const finer = await canonical(rows, { grossRevenue: 'DECIMAL(18,6)' });
    await expect(
      builder.build([{ importId: 'a', path: finer, excluded: [] }], target()),
    ).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
    const zoned = await canonical(rows, { __time: 'TIMESTAMPTZ' });
    await expect(
      builder.build([{ importId: 'a', path: zoned, excluded: [] }], target()),
    ).rejects.toMatchObject({
      code: 'analytics.chunk_unreadable',
    });
    const short = await canonical(rows, { CardName: null });
    await expect(
      builder.build([{ importId: 'a', path: short, excluded: [] }], target()),
    ).rejects.toMatchObject({
      details: { problem: 'the column CardName is missing' },
    });
  });

  test('a foreign import, a damaged or missing file and a folder outside are refused, and leave nothing', async () => {
    const a = await canonical(march);
    const build = (file: string, importId = 'a', out = target()) =>
      builder.build([{ importId, path: file, excluded: [] }], out);
    await expect(build(a, 'b')).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
    await writeFile(path('junk.parquet'), 'PAR1 not really PAR1');
    await expect(build(path('junk.parquet'))).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
    await expect(build(path('none.parquet'))).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
    const outside = await writeCanonical(join(root, 'outside.parquet'), march);
    await expect(build(outside)).rejects.toMatchObject({ code: 'analytics.chunk_unreadable' });
    await expect(build(a, 'a', join(root, 'outside-target.parquet'))).rejects.toMatchObject({
      code: 'analytics.chunk_not_written',
    });
    expect((await readdir(root)).filter((name) => name.includes('outside-target'))).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });
});

describe('equalRows', () => {
  test('matches each row once, blanks equal blanks, provenance aside', async () => {
    const row = { time: '2024-03-01T10:00:00', Branch: 'A', grossRevenue: '1' };
    const mine = await canonical([row, row, row, { ...row, totalCost: '1' }, { ...row, grossRevenue: '2' }]);
    const theirs = await canonical(
      [row, row, { ...row, CardName: '' }, { ...row, grossRevenue: '2.0001' }].map((entry) => ({
        ...entry,
        importId: 'z',
        row: 77,
      })),
    );
    expect(await builder.equalRows([mine], [theirs])).toBe(2);
    expect(await builder.equalRows([theirs], [mine])).toBe(2);
    expect(await builder.equalRows([mine], [theirs, theirs])).toBe(3);
    expect(await builder.equalRows([mine], [mine])).toBe(5);
    expect(await builder.equalRows([mine], [])).toBe(0);
  });
});

test('after close everything is refused by name', async () => {
  const other = await createChunkBuilder({
    allowedDirectories: [folder],
    memoryLimit: '128MB',
    threads: 1,
    tempDirectory: join(root, 'spill'),
  });
  await other.close();
  await expect(other.equalRows(['a'], ['b'])).rejects.toMatchObject({ code: 'analytics.engine_closed' });
});
