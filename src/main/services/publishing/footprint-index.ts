import { LEDGER_COLUMNS, type LedgerTotals } from '#shared/domain/sales-schema';
import { formatE4, parseE4 } from './ledger-totals.ts';
import type { FootprintRow } from './ports.ts';

/** Rows and exact sums, from which single rows can be taken out again. */
export class CountedSums {
  rows = 0;
  readonly #sums: bigint[] = LEDGER_COLUMNS.map(() => 0n);
  /** How many footprint rows have each column: a sum of none is unknown, not 0. */
  readonly #known: number[] = LEDGER_COLUMNS.map(() => 0);

  clone(): CountedSums {
    const copy = new CountedSums();
    copy.rows = this.rows;
    for (const [index] of LEDGER_COLUMNS.entries()) {
      copy.#sums[index] = this.#sums[index] ?? 0n;
      copy.#known[index] = this.#known[index] ?? 0;
    }
    return copy;
  }

  add(row: FootprintRow, sign: 1 | -1): void {
    this.rows += sign * row.rows;
    for (const [index, column] of LEDGER_COLUMNS.entries()) {
      const text = row.totals[column];
      if (text === null) continue;
      const value = parseE4(text);
      this.#sums[index] = (this.#sums[index] ?? 0n) + (sign === 1 ? value : -value);
      this.#known[index] = (this.#known[index] ?? 0) + sign;
    }
  }

  totals(): LedgerTotals {
    const text = (index: number) => (this.#known[index] === 0 ? null : formatE4(this.#sums[index] ?? 0n));
    return {
      grossRevenue: text(LEDGER_COLUMNS.indexOf('grossRevenue')),
      returnsValue: text(LEDGER_COLUMNS.indexOf('returnsValue')),
      totalCost: text(LEDGER_COLUMNS.indexOf('totalCost')),
      unitsSold: text(LEDGER_COLUMNS.indexOf('unitsSold')),
      unitsReturned: text(LEDGER_COLUMNS.indexOf('unitsReturned')),
    };
  }
}

/** A footprint prepared for folding: a key per branch-day, and the sums of each month. */
export interface FootprintIndex {
  readonly rows: number;
  /** Several rows where one branch is written in several ways on the same day. */
  readonly byKey: ReadonlyMap<string, readonly FootprintRow[]>;
  readonly chunks: ReadonlyMap<string, CountedSums>;
}

const MAX_FOLDED = 10_000;
const folded = new Map<string, string>();

/**
 * A branch name without what people do not see or mean: case, width and composition of letters, runs of blanks,
 * characters without a shape. “NAIROBI” and “Nairobi ” are one branch to everybody, so their days must not count twice.
 */
export function foldBranch(branch: string): string {
  const known = folded.get(branch);
  if (known !== undefined) return known;
  const key = branch
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
  if (folded.size >= MAX_FOLDED) folded.clear();
  folded.set(branch, key);
  return key;
}

// A day has ten characters, so that the key is unambiguous whatever a branch is called.
export const branchDayKey = (row: { readonly branch: string; readonly day: string }) =>
  `${row.day}${foldBranch(row.branch)}`;

const indexes = new WeakMap<readonly FootprintRow[], FootprintIndex>();
/** Rows that are prepared between two turns of the event loop: about 2 ms. */
const ROWS_PER_TURN = 1_000;

function* indexing(footprint: readonly FootprintRow[]): Generator<void, FootprintIndex> {
  const byKey = new Map<string, FootprintRow[]>();
  const chunks = new Map<string, CountedSums>();
  let rows = 0;
  for (const [at, row] of footprint.entries()) {
    if (at > 0 && at % ROWS_PER_TURN === 0) yield;
    const sums = chunks.get(row.chunk) ?? new CountedSums();
    chunks.set(row.chunk, sums);
    sums.add(row, 1);
    const key = branchDayKey(row);
    const same = byKey.get(key);
    if (same) same.push(row);
    else byKey.set(key, [row]);
    rows += row.rows;
  }
  const index = { rows, byKey, chunks };
  indexes.set(footprint, index);
  return index;
}

/** The index of a footprint; kept as long as the footprint is, which nobody may change. */
export function indexOf(footprint: readonly FootprintRow[]): FootprintIndex {
  const known = indexes.get(footprint);
  if (known) return known;
  const work = indexing(footprint);
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** Prepares a footprint in small pieces, so that {@link indexOf} has it at once later. */
export async function prepareIndex(footprint: readonly FootprintRow[]): Promise<void> {
  if (indexes.has(footprint)) return;
  const work = indexing(footprint);
  while (work.next().done !== true) await new Promise((resolve) => setImmediate(resolve));
}
