import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRow } from '../../src/main/adapters/duckdb/canonical-rows.fixture.ts';
import type { IngestObjects } from '../../src/main/services/publishing/ports.ts';
import { openPublishing, type RealPublishing } from './druid-publishing.fixture.ts';
import { s3ConnectionOf } from './stack-servers.fixture.ts';

const never = new AbortController().signal;
const LARGEST = '99999999999999.9999';
const nasty = 'a\nb\r\n"c",\'d\'\\n\t\u0000 👩🏾‍🌾 é ‮x';

const january: readonly TestRow[] = [
  { time: '2024-01-01T00:00:00', Branch: 'Thika', grossRevenue: '100.25', totalCost: '60', unitsSold: '2' },
  { time: '2024-01-31T23:59:59', Branch: nasty, CardName: '', ItemName: nasty, grossRevenue: '0.0001' },
  { time: '2024-01-15T12:00:00', Branch: '', AcctName: '12345678901234567890', grossRevenue: '-0.0001' },
  { time: '2024-01-15T12:00:00', Branch: '-0', CardName: '00123', grossRevenue: '0', returnsValue: '-12.5' },
  // Equal rows are two sales.
  { time: '2024-01-15T12:00:00', Branch: '-0', CardName: '00123', grossRevenue: '0', returnsValue: '-12.5' },
  // Together more than a LONG holds.
  ...Array.from({ length: 12 }, () => ({
    time: '2024-01-20T08:00:00',
    Branch: 'Embu',
    grossRevenue: LARGEST,
  })),
];
const february: readonly TestRow[] = [
  { time: '2024-02-01T00:00:00', Branch: 'Thika', grossRevenue: '7' },
  { time: '2024-02-29T23:59:59', Branch: 'Thika', grossRevenue: '8' },
];

describe('publishing to a real Druid', () => {
  let real: RealPublishing;
  beforeAll(async () => {
    real = await openPublishing();
  });
  afterAll(() => real.close());

  it('every row arrives as it was accepted, and the ledger agrees also beyond the range of a LONG', async () => {
    await real.accept('one', [...january, ...february]);
    await real.open().publish(never);
    const wanted = [...january, ...february].map((row) => ({
      __time: `${row.time}.000Z`,
      Branch: row.Branch,
      ItemName: row.ItemName ?? null,
      AcctName: row.AcctName ?? null,
      CardName: row.CardName ?? null,
      importId: 'one',
      grossRevenue: Number(row.grossRevenue),
      grossRevenue_e4: e4(row.grossRevenue),
      returnsValue_e4: e4(row.returnsValue),
      totalCost_e4: e4(row.totalCost),
      unitsSold_e4: e4(row.unitsSold),
      lineItemCount: 1,
    }));
    const found = (await real.rows()).map((row) =>
      Object.fromEntries(Object.keys(wanted[0] ?? {}).map((name) => [name, row[name]])),
    );
    expect(sorted(found)).toEqual(sorted(wanted));
    expect(await real.cluster.measure('2024-01', never)).toEqual([
      {
        importId: 'one',
        rows: january.length,
        totals: {
          grossRevenue: '1200000000000100.2488',
          returnsValue: '-25',
          totalCost: '60',
          unitsSold: '2',
          unitsReturned: null,
        },
      },
    ]);
    expect(await real.cluster.measure('2024-03', never)).toEqual([]);
  });

  it('a correction replaces its month and leaves the others alone', async () => {
    const before = await real.version('2024-02');
    real.registry.undo('one');
    await real.accept('two', [
      { time: '2024-01-01T00:00:00', Branch: 'Thika', grossRevenue: '101' },
      ...february,
    ]);
    // February's rows are the same but of another import; March is new.
    await real.accept('three', [{ time: '2024-03-01T00:00:00', Branch: 'Embu', grossRevenue: '3' }]);
    const publisher = real.open();
    await publisher.publish(never);
    expect((await real.rows()).map((row) => [row['importId'], row['grossRevenue']])).toEqual([
      ['two', 101],
      ['two', 7],
      ['two', 8],
      ['three', 3],
    ]);
    expect(publisher.current().chunks.map(({ chunk }) => chunk)).toEqual(['2024-01', '2024-02', '2024-03']);
    const after = await real.version('2024-02');
    expect(after !== before).toBe(true);
    await real.accept('four', [{ time: '2024-01-02T00:00:00', Branch: 'Thika', grossRevenue: '1' }]);
    await publisher.publish(never);
    expect(await real.version('2024-02')).toBe(after);
  });

  it('a month without rows is gone, the others stay, and it comes back from its files', async () => {
    real.registry.undo('two');
    real.registry.undo('four');
    await real.open().publish(never);
    expect((await real.rows()).map((row) => row['importId'])).toEqual(['three']);
    await real.accept('five', january);
    await real.open().publish(never);
    expect(await real.rows()).toHaveLength(january.length + 1);
  });

  it('a datasource without any month is no error', async () => {
    const all = new Map(real.registry.entries.map((entry) => [entry.importId, entry.undoneAt]));
    for (const [importId, undoneAt] of all) if (undoneAt === null) real.registry.undo(importId);
    await real.open().publish(never);
    for (const chunk of ['2024-01', '2024-03']) expect(await real.cluster.measure(chunk, never)).toEqual([]);
    await real.cluster.refuseForeignRows(() => Promise.resolve(new Set()), never);
    await real.accept('back', [{ time: '2024-03-01T00:00:00', Branch: 'Embu', grossRevenue: '3' }]);
    await real.open().publish(never);
    expect(await real.cluster.measure('2024-03', never)).toMatchObject([{ importId: 'back', rows: 1 }]);
  });

  it('a task whose submit was not seen is taken up, and runs once', async () => {
    await real.accept('six', [{ time: '2024-05-01T00:00:00', Branch: 'Embu', grossRevenue: '5' }]);
    const publisher = real.open({
      async submit(load, signal) {
        await real.cluster.submit(load, signal);
        throw new Error('killed');
      },
    });
    await expect(publisher.publish(never)).rejects.toMatchObject({ code: 'app.bug' });
    const ids = await real.taskIds();
    await real.open().publish(never);
    expect(await real.taskIds()).toEqual(ids);
    expect(real.publication.adopted.get('2024-05')).toMatchObject({ generation: 1, rows: 1 });
  });

  it('a part that somebody changes in the bucket, its hash left in place, is not loaded', async () => {
    await real.accept('altered', [{ time: '2024-07-01T00:00:00', Branch: 'Embu', grossRevenue: '5' }]);
    const { s3, objects, servers } = real;
    const parts: IngestObjects = {
      verify: (key, sha256, signal) => objects.verify(key, sha256, signal),
      async putFile(key, path, options) {
        await objects.putFile(key, path, options);
        await s3.send(
          new PutObjectCommand({
            Bucket: servers.s3.bucket,
            Key: `${s3ConnectionOf(servers).prefix}/${key}`,
            Body: gzipSync(
              '{"__time":1719792000000,"Branch":"Nobody","importId":"altered","grossRevenue_e4":50000}',
            ),
            Metadata: { sha256: options.sha256 },
          }),
        );
      },
    };
    const before = await real.taskIds();
    await expect(real.open({}, parts).publish(never)).rejects.toMatchObject({ code: 's3.object_altered' });
    expect(await real.taskIds()).toEqual(before);
    expect(await real.cluster.measure('2024-07', never)).toEqual([]);
    // So that the month does not wait for it.
    real.registry.undo('altered');
    await real.open().publish(never);
  });

  it('the same load given twice is one task; another generation, or one of another registry, is another', async () => {
    const attempt = [...real.publication.attemptsByKey.values()].find(({ chunk }) => chunk === '2024-05');
    if (!attempt) throw new Error('no attempt of the test before');
    const load = { ...attempt, registryId: real.registry.id };
    const ids = await real.taskIds();
    await real.cluster.submit(load, never);
    expect(await real.taskIds()).toEqual(ids);
    expect(real.cluster.taskId({ ...load, generation: 2 })).not.toBe(attempt.taskId);
    expect(real.cluster.taskId({ ...load, attempt: 2 })).not.toBe(attempt.taskId);
    expect(
      real.cluster.taskId({ ...load, inputs: attempt.inputs.map((part) => ({ ...part, sha256: 'x' })) }),
    ).not.toBe(attempt.taskId);
    // A registry that was moved counts the same generations anew.
    expect(real.cluster.taskId({ ...load, registryId: 'other' })).not.toBe(attempt.taskId);
    expect(attempt.taskId).toMatch(/^mauzo_mauzo_test_\w+_2024-05_g1_a1_[0-9a-f]{16}$/);
  });

  it('rows of another month are counted as lost, though the task succeeds', async () => {
    const may = [...real.publication.attemptsByKey.values()].find(({ chunk }) => chunk === '2024-05');
    if (!may) throw new Error('no attempt of the test before');
    const load = { ...may, registryId: real.registry.id, chunk: '2024-06', generation: 1, attempt: 1 };
    await real.cluster.submit(load, never);
    await expect
      .poll(() => real.cluster.task(real.cluster.taskId(load), never), { timeout: 300_000, interval: 500 })
      .toMatchObject({ state: 'succeeded', counts: { processed: 0, lost: 1 } });
  });

  it('a datasource with rows of unknown imports is refused', async () => {
    const refuse = (...known: string[]) =>
      real.cluster.refuseForeignRows(() => Promise.resolve(new Set(known)), never);
    await refuse('back', 'six', 'more');
    await expect(refuse('back')).rejects.toMatchObject({
      code: 'druid.foreign_rows',
      details: { datasource: real.datasource, problem: expect.stringContaining('1 of its rows') },
    });
  });
});

const e4 = (text: string | null | undefined) => {
  if (text === null || text === undefined) return null;
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(4, '0')) * (text.startsWith('-') ? -1n : 1n);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? value : Number(value);
};

const sorted = (rows: readonly object[]) => {
  const text = (row: object) =>
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return rows.toSorted((left, right) => (text(left) < text(right) ? -1 : 1));
};
