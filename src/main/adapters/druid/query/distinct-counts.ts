import { AppError } from '#shared/errors/app-error';
import { countDistinctSql, isComputable, isPresent, sketchSql } from './aggregate-sql.ts';
import { groupName, readStatement, type Group, type GroupPlan, type Reading } from './group-statement.ts';

/**
 * Distinct counts by group take Druid many seconds as plain SQL. A theta sketch takes two: it keeps as many values as
 * its size one by one, and estimates only beyond. So it is made larger than any group can need, which is known from
 * the rows of the groups and the distinct values of the dataset; then its answer is the exact count.
 */

/** Sizes are powers of two. Each group takes the size times 16 bytes of the cluster's buffers. */
const SMALLEST_SKETCH = 512;
const LARGEST_SKETCH = 2 ** 20;
const BYTES_PER_VALUE = 16;

/**
 * Up to here a sketch's answer is a count: an estimate of more values than its size would have to be wrong by ten
 * standard errors to come out as low. A sketch that says more is not believed.
 */
const maxExact = (size: number): number => Math.floor(size - 10 * Math.sqrt(size));

function sizeFor(values: number): number {
  let size = SMALLEST_SKETCH;
  while (maxExact(size) < values) size *= 2;
  return size;
}

/** A distinct count and its place among the compiled aggregates. */
interface Wanted {
  readonly index: number;
  readonly column: string;
  readonly complete: readonly string[];
}

/** Fills in the distinct counts of all groups of a period. */
export async function addDistinctCounts(reading: Reading, groups: readonly Group[]): Promise<void> {
  const { plan } = reading;
  const wanted = plan.compiled.aggregates.flatMap((needed, index): Wanted[] => {
    const { aggregate, complete } = needed;
    const isWanted = aggregate.kind === 'distinct' && isComputable(needed, plan.choices);
    return isWanted ? [{ index, column: aggregate.column, complete }] : [];
  });
  if (wanted.length === 0 || groups.length === 0) return;
  const sizes = sizesOf(plan, wanted, groups);
  const byName = new Map(groups.map((group) => [groupName(group), group]));
  const fillIn = (filled: readonly Wanted[], counts: readonly Group[]) => {
    for (const count of counts) {
      const group = byName.get(groupName(count));
      for (const [position, { index }] of filled.entries())
        if (group) group.values[index] = count.values[position] ?? null;
    }
  };
  const sketched = await readSketched(reading, wanted, sizes, groups.length);
  if (sketched) fillIn(sketched.filled, sketched.counts);
  const rest = wanted.filter((one) => !sketched?.filled.includes(one));
  await Promise.all(
    rest.map(async (one) => {
      const figures = [countDistinctSql(one.column)];
      const conditions = one.complete.map(isPresent);
      fillIn([one], await readStatement(reading, { figures, conditions }));
    }),
  );
}

/** The sketch of each column that can have one. */
function sizesOf(
  { distinctTotals }: GroupPlan,
  wanted: readonly Wanted[],
  groups: readonly Group[],
): Map<string, number> {
  const mostRows = groups.reduce((most, { rows }) => Math.max(most, rows), 0);
  const sizes = new Map<string, number>();
  for (const { column } of wanted) {
    const total = distinctTotals.get(column);
    const size = total === undefined ? null : sizeFor(Math.min(total, mostRows));
    if (size !== null && size <= LARGEST_SKETCH) sizes.set(column, size);
  }
  return sizes;
}

/**
 * Counts by sketches, all in one statement. Where the cluster has no room for them, smaller ones do as long as no group
 * has more values than they count; a column that has none left is not among those filled.
 */
async function readSketched(
  reading: Reading,
  wanted: readonly Wanted[],
  sizes: Map<string, number>,
  groupCount: number,
): Promise<{ filled: readonly Wanted[]; counts: readonly Group[] } | null> {
  const { plan } = reading;
  for (;;) {
    const filled = wanted.filter(({ column }) => sizes.has(column));
    if (filled.length === 0) return null;
    const values = filled.reduce((sum, { column }) => sum + (sizes.get(column) ?? 0), 0);
    const needBytes = groupCount * values * BYTES_PER_VALUE;
    if (!plan.room.fits(needBytes)) {
      shrinkLargest(sizes);
      continue;
    }
    const figures = filled.map(({ column, complete }) => {
      const size = sizes.get(column) ?? SMALLEST_SKETCH;
      return sketchSql(column, complete.map(isPresent), size, (counted) => {
        if (counted > BigInt(maxExact(size))) throw new SketchOverflow(column);
      });
    });
    try {
      // Sketches without room fail at once instead of going to disk, where they would take minutes.
      const context = { maxOnDiskStorage: 0 };
      return { filled, counts: await readStatement(reading, { figures, context }) };
    } catch (error) {
      if (error instanceof SketchOverflow) sizes.delete(error.column);
      else if (error instanceof AppError && error.code === 'druid.query_limit') plan.room.refused(needBytes);
      // An unknown failure to Druid, also when a buffer has no room for a single group.
      else if (error instanceof AppError && error.code === 'druid.query_failed') return null;
      else throw error;
    }
  }
}

/** A group has more values than its sketch counts exactly. */
class SketchOverflow extends Error {
  readonly column: string;

  constructor(column: string) {
    super(`more values of ${column} than its sketch counts`);
    this.column = column;
  }
}

/** The largest sketch becomes a quarter, or goes. */
function shrinkLargest(sizes: Map<string, number>): void {
  const [largest] = [...sizes].sort(([, a], [, b]) => b - a);
  if (!largest) return;
  const [column, size] = largest;
  if (size === SMALLEST_SKETCH) sizes.delete(column);
  else sizes.set(column, Math.max(SMALLEST_SKETCH, size / 4));
}
