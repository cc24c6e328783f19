import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTotals, entry, footprintRow } from './log.fixture.ts';
import type { FootprintRow, LogEntry } from './ports.ts';
import { resolveLog } from './resolve-log.ts';

const BRANCHES = ['Nairobi', 'Mombasa', 'Kisumu'];
const DAYS = ['2024-01-31', '2024-02-01', '2024-02-02'];

interface Model {
  readonly entries: readonly LogEntry[];
  readonly footprints: ReadonlyMap<string, readonly FootprintRow[]>;
}

/** Up to six imports over nine branch-days, with any policies and supersedes of any imports. */
const models: fc.Arbitrary<Model> = fc
  .integer({ min: 1, max: 6 })
  .chain((count) =>
    fc.tuple(
      fc.tuple(
        ...Array.from({ length: count }, () =>
          fc.uniqueArray(
            fc.record({
              branch: fc.constantFrom(...BRANCHES),
              day: fc.constantFrom(...DAYS),
              rows: fc.integer({ min: 1, max: 9 }),
              cents: fc.integer({ min: -99_999, max: 9_999_999 }),
              cost: fc.option(fc.integer({ min: 0, max: 9_999 })),
            }),
            { selector: (row) => row.day + row.branch, maxLength: 9 },
          ),
        ),
      ),
      fc.array(
        fc.record({
          policy: fc.constantFrom<LogEntry['policy']>('keep', 'replace', 'skip'),
          supersedes: fc.subarray(
            Array.from({ length: count }, (_, index) => `import-${index}`),
            { maxLength: Math.min(2, count) },
          ),
        }),
        { minLength: count, maxLength: count },
      ),
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, index) => index),
        { minLength: count, maxLength: count },
      ),
    ),
  )
  .map(([rows, choices, order]) => ({
    footprints: new Map(
      rows.map((list, index) => [`import-${index}`, list.map((row) => footprintRow(row))] as const),
    ),
    entries: order.map((index, position) =>
      entry(position + 1, `import-${index}`, choices[index]?.policy, choices[index]?.supersedes),
    ),
  }));

interface ModelRow {
  readonly importId: string;
  readonly row: FootprintRow;
}

/** The same rules over an explicit list of rows, in the plainest way. */
function modelFold({ entries, footprints }: Model): readonly ModelRow[] {
  const active = entries.filter((item) => item.undoneAt === null);
  const standing = active.filter(
    (item, index) => !active.slice(index + 1).some((later) => later.supersedes.includes(item.importId)),
  );
  let table: ModelRow[] = [];
  for (const item of standing) {
    const rows = footprints.get(item.importId) ?? [];
    const same = (left: FootprintRow, right: FootprintRow) =>
      left.branch === right.branch && left.day === right.day;
    if (item.policy === 'replace') table = table.filter((old) => !rows.some((row) => same(old.row, row)));
    const before = [...table];
    for (const row of rows) {
      if (item.policy === 'skip' && before.some((old) => same(old.row, row))) continue;
      table.push({ importId: item.importId, row });
    }
  }
  return table;
}

const cents = (row: FootprintRow) => BigInt(Math.round(Number(row.totals.grossRevenue) * 100));
const sumCents = (rows: readonly ModelRow[]) => rows.reduce((sum, item) => sum + cents(item.row), 0n);

describe('resolveLog', () => {
  it('agrees with a model over explicit rows, by import, chunk and branch-day', () => {
    fc.assert(
      fc.property(models, (model) => {
        const resolved = resolveLog(model.entries, model.footprints);
        const table = modelFold(model);
        expect(resolved.all.rows).toBe(table.reduce((sum, item) => sum + item.row.rows, 0));
        expect(Math.round(Number(resolved.all.totals.grossRevenue ?? 0) * 100)).toBe(Number(sumCents(table)));
        for (const chunk of ['2024-01', '2024-02']) {
          const kept = (resolved.chunks.get(chunk) ?? []).flatMap((part) =>
            (model.footprints.get(part.importId) ?? [])
              .filter((row) => row.chunk === chunk)
              .filter((row) => !part.excluded.some((out) => out.branch === row.branch && out.day === row.day))
              .map((row) => `${part.importId} ${row.day} ${row.branch}`),
          );
          const expected = table
            .filter((item) => item.row.chunk === chunk)
            .map((item) => `${item.importId} ${item.row.day} ${item.row.branch}`);
          expect(kept.sort()).toEqual(expected.sort());
        }
        for (const [importId, contribution] of resolved.contributions) {
          const accepted = (model.footprints.get(importId) ?? []).reduce((sum, row) => sum + row.rows, 0);
          expect(contribution.rows + contribution.rowsExcluded + contribution.rowsSuperseded).toBe(accepted);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives after undoing some entries, in any order, what a log without them gives', () => {
    fc.assert(
      fc.property(models, fc.func(fc.boolean()), (model, undone) => {
        const marked = model.entries.map((item) =>
          undone(item.sequence) ? { ...item, undoneAt: '2024-03-01T00:00:00.000Z' } : item,
        );
        const without = model.entries.filter((item) => !undone(item.sequence));
        const left = resolveLog(marked, model.footprints);
        const right = resolveLog(without, model.footprints);
        expect([...left.chunks]).toEqual([...right.chunks]);
        expect(left.all).toEqual(right.all);
      }),
    );
  });

  it('gives for undone and activated again what a log with the entry at its end gives', () => {
    fc.assert(
      fc.property(models, fc.nat(), (model, pick) => {
        const chosen = model.entries[pick % model.entries.length];
        if (!chosen) return;
        const again = { ...chosen, sequence: model.entries.length + 1 };
        const marked = model.entries.map((item) =>
          item === chosen ? { ...item, undoneAt: '2024-03-01T00:00:00.000Z' } : item,
        );
        const moved = model.entries.filter((item) => item !== chosen);
        expect([...resolveLog([...marked, again], model.footprints).chunks]).toEqual([
          ...resolveLog([...moved, again], model.footprints).chunks,
        ]);
      }),
    );
  });

  it('leaves branch B untouched to the cent when branch A is imported again', () => {
    fc.assert(
      fc.property(models, fc.constantFrom<LogEntry['policy']>('keep', 'replace', 'skip'), (model, policy) => {
        const again = [
          footprintRow({ branch: 'Nairobi', day: '2024-02-01', rows: 3, cents: 12_345, cost: null }),
        ];
        const footprints = new Map([...model.footprints, ['again', again]]);
        const entries = [...model.entries, entry(model.entries.length + 1, 'again', policy)];
        const others = (resolved: ReturnType<typeof resolveLog>) =>
          [...model.footprints].flatMap(([importId, rows]) =>
            rows
              .filter((row) => row.branch !== 'Nairobi')
              .map((row) => `${importId} ${resolved.inEffect(row.branch, row.day).join()}`),
          );
        expect(others(resolveLog(entries, footprints))).toEqual(
          others(resolveLog(model.entries, model.footprints)),
        );
      }),
    );
  });

  it('does not bring the first version back when a corrected file is corrected again', () => {
    const row = footprintRow({ branch: 'Nairobi', day: '2024-01-31', rows: 2, cents: 100, cost: null });
    const footprints = new Map([
      ['first', [row]],
      ['second', [row]],
      ['third', [row]],
    ]);
    const log = [
      entry(1, 'first'),
      entry(2, 'second', 'keep', ['first']),
      entry(3, 'third', 'keep', ['second']),
    ];
    const resolved = resolveLog(log, footprints);
    expect(resolved.all.rows).toBe(2);
    expect(resolved.contributions.get('first')?.supersededBy).toBe('second');
    expect(resolved.contributions.get('second')?.supersededBy).toBe('third');
  });

  it('keeps a column that no row has unknown, never 0', () => {
    const row = footprintRow({ branch: 'Nairobi', day: '2024-01-31', rows: 1, cents: 100, cost: null });
    const resolved = resolveLog([entry(1, 'one')], new Map([['one', [row]]]));
    expect(resolved.all.totals).toEqual({ ...emptyTotals, grossRevenue: '1' });
  });

  it('refuses an active import without a footprint', () => {
    expect(() => resolveLog([entry(1, 'lost')], new Map())).toThrow('publishing.footprint_missing');
  });
});

describe('a branch that is written in several ways', () => {
  const day = '2024-01-31';
  const of = (branch: string, rows: number) =>
    footprintRow({ branch, day, rows, cents: rows * 100, cost: null });
  const footprints = new Map([
    ['first', [of('Nairobi', 1), of('Caf\u00e9', 2)]],
    ['second', [of('NAIROBI', 4), of('Nairobi\u200b', 8), of('Cafe\u0301', 16)]],
  ]);
  const counted = (policy: LogEntry['policy']) =>
    resolveLog([entry(1, 'first'), entry(2, 'second', policy)], footprints).all.rows;

  it('is one branch for replace, skip and keep', () => {
    expect(counted('replace')).toBe(28);
    expect(counted('skip')).toBe(3);
    expect(counted('keep')).toBe(31);
  });

  it('is found in effect by any of its names', () => {
    const { inEffect } = resolveLog([entry(1, 'first')], footprints);
    expect(inEffect(' nairobi ', day)).toEqual(['first']);
    expect(inEffect('Nairobi West', day)).toEqual([]);
  });
});
