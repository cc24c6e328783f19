import { salesOf, rowCounts, type BranchMonth, type SaleRow } from './sales.mts';
import { FIRST_MONTH, LAST_MONTH, createWorld, monthsBetween, type World } from './world.mts';

export const DEFAULT_SEED = 2026;
export const DEFAULT_ROWS = 10_000;

/** Names of the files of the sample, by what each is for. */
export const SAMPLE_FILES = {
  clean: 'Sales 2024-2026.csv',
  workbook: 'Nakuru Sep-Oct 2026.xlsx',
  semicolon: 'KSM sales aug-oct26.csv',
  errors: 'Eldoret Oct 2026 with errors.csv',
  expected: 'Eldoret Oct 2026 with errors.expected.json',
  targets: 'Targets 2026.xlsx',
} as const;

/** Branch-months that the other files hold; the clean file has all the rest, so that each file adds to the others. */
const ELSEWHERE: Readonly<Record<'workbook' | 'semicolon' | 'errors', readonly string[]>> = {
  workbook: ['Nakuru 2026-09', 'Nakuru 2026-10'],
  semicolon: ['Kisumu 2026-08', 'Kisumu 2026-09', 'Kisumu 2026-10'],
  errors: ['Eldoret 2026-10'],
};

export interface SamplePlan {
  readonly world: World;
  readonly clean: readonly SaleRow[];
  readonly workbook: readonly SaleRow[];
  readonly semicolon: readonly SaleRow[];
  /** Sound rows of the errors file; the damaged ones are made from them (`errors-file.mts`). */
  readonly errors: readonly SaleRow[];
}

export function branchMonths(world: World, first = FIRST_MONTH, last = LAST_MONTH): BranchMonth[] {
  return monthsBetween(first, last).flatMap((month) => world.branches.map((branch) => ({ branch, month })));
}

/** All rows of the default files in memory; the other files are denser than the clean one, as a branch's own export is. */
export function planSample(seed = DEFAULT_SEED, cleanRows = DEFAULT_ROWS): SamplePlan {
  const world = createWorld(seed);
  const all = branchMonths(world);
  const keyOf = ({ branch, month }: BranchMonth) => `${branch.name} ${month}`;
  const rowsOf = (keep: (key: string) => boolean, rows: number) => {
    const cells = all.filter((cell) => keep(keyOf(cell)));
    const counts = rowCounts(cells, rows);
    return cells.flatMap((cell, index) => [...salesOf(world, seed, cell, counts[index] ?? 0)]);
  };
  const elsewhere = new Set(Object.values(ELSEWHERE).flat());
  return {
    world,
    clean: rowsOf((key) => !elsewhere.has(key), cleanRows),
    workbook: rowsOf((key) => ELSEWHERE.workbook.includes(key), 90),
    semicolon: rowsOf((key) => ELSEWHERE.semicolon.includes(key), 120),
    errors: rowsOf((key) => ELSEWHERE.errors.includes(key), 60),
  };
}
