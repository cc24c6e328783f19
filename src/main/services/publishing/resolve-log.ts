import type { LedgerTotals } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import { TotalsSum } from './ledger-totals.ts';
import type { FootprintRow, LogEntry } from './ports.ts';

export type Footprints = ReadonlyMap<string, readonly FootprintRow[]>;

/** What one import contributes to one chunk: its rows on all branch-days but the excluded ones. Never without rows. */
export interface ResolvedPart {
  readonly importId: string;
  readonly excluded: readonly { branch: string; day: string }[];
  readonly rows: number;
  readonly totals: LedgerTotals;
}

/** What one active import contributes in all. `rows + rowsExcluded + rowsSuperseded` are its accepted rows. */
export interface Contribution {
  readonly rows: number;
  readonly totals: LedgerTotals;
  /** Rows on branch-days that a later import replaced, or that were skipped because others had them. */
  readonly rowsExcluded: number;
  /** All rows, when a later import stands in its place as a whole. */
  readonly rowsSuperseded: number;
  readonly supersededBy: string | null;
}

export interface ResolvedLog {
  /** Parts by chunk in the order of the log; a chunk without rows is absent. */
  readonly chunks: ReadonlyMap<string, readonly ResolvedPart[]>;
  /** By import, for each that has an entry which is not undone. */
  readonly contributions: ReadonlyMap<string, Contribution>;
  /** Imports in effect on a branch-day. */
  inEffect(branch: string, day: string): readonly string[];
  /** Everything that counts. */
  readonly all: { readonly rows: number; readonly totals: LedgerTotals };
}

// A day has ten characters, so that the key is unambiguous whatever a branch is called.
const keyOf = (row: { branch: string; day: string }) => `${row.day}${row.branch}`;

/**
 * The fold of the activation log: what counts. A pure function of entries and footprints, so that undo in any order is
 * recomputed, never patched.
 *
 * Undone entries do not exist. An entry that a later entry supersedes is treated as undone while that later entry is
 * active (also when that later one is superseded in turn: a twice corrected file never brings its first version back).
 * The rest applies in sequence, by branch and day: `keep` adds rows, `replace` takes out what was in effect on the
 * branch-days of the new import, `skip` leaves the new import's rows out where something was in effect.
 */
export function resolveLog(entries: readonly LogEntry[], footprints: Footprints): ResolvedLog {
  const active = entries
    .filter((entry) => entry.undoneAt === null)
    .sort((left, right) => left.sequence - right.sequence);
  const supersededBy = new Map<string, string>();
  for (const entry of active) {
    const later = active.find(
      (other) => other.sequence > entry.sequence && other.supersedes.includes(entry.importId),
    );
    if (later) supersededBy.set(entry.importId, later.importId);
  }

  const effect = new Map<string, string[]>();
  const excluded = new Map<string, Set<string>>();
  const exclude = (importId: string, key: string) => {
    const keys = excluded.get(importId);
    if (keys) keys.add(key);
    else excluded.set(importId, new Set([key]));
  };
  for (const { importId, policy } of active) {
    if (supersededBy.has(importId)) continue;
    for (const row of footprintOf(footprints, importId)) {
      const key = keyOf(row);
      const current = effect.get(key) ?? [];
      if (policy === 'skip' && current.length > 0) {
        exclude(importId, key);
      } else if (policy === 'replace') {
        for (const other of current) exclude(other, key);
        effect.set(key, [importId]);
      } else {
        effect.set(key, [...current, importId]);
      }
    }
  }
  return summarise(active, footprints, supersededBy, excluded, effect);
}

function footprintOf(footprints: Footprints, importId: string): readonly FootprintRow[] {
  const rows = footprints.get(importId);
  // An import without a footprint would silently count nothing.
  if (!rows) throw new AppError('publishing.footprint_missing', 'bug', { importId });
  return rows;
}

interface PartInProgress {
  readonly sum: TotalsSum;
  readonly excluded: { branch: string; day: string }[];
}

function summarise(
  active: readonly LogEntry[],
  footprints: Footprints,
  supersededBy: ReadonlyMap<string, string>,
  excluded: ReadonlyMap<string, ReadonlySet<string>>,
  effect: ReadonlyMap<string, readonly string[]>,
): ResolvedLog {
  const chunks = new Map<string, ResolvedPart[]>();
  const contributions = new Map<string, Contribution>();
  const all = new TotalsSum();
  for (const { importId } of active) {
    const rows = footprintOf(footprints, importId);
    const superseding = supersededBy.get(importId) ?? null;
    const out = excluded.get(importId) ?? new Set<string>();
    const parts = new Map<string, PartInProgress>();
    let left = 0;
    for (const row of rows) {
      if (superseding !== null) {
        left += row.rows;
        continue;
      }
      const part = parts.get(row.chunk) ?? { sum: new TotalsSum(), excluded: [] };
      parts.set(row.chunk, part);
      if (out.has(keyOf(row))) {
        part.excluded.push({ branch: row.branch, day: row.day });
        left += row.rows;
      } else part.sum.add(row);
    }
    const total = new TotalsSum();
    for (const [chunk, part] of parts) {
      if (part.sum.rows === 0) continue;
      const resolved = { rows: part.sum.rows, totals: part.sum.totals() };
      total.add(resolved);
      const list = chunks.get(chunk) ?? [];
      list.push({ importId, excluded: part.excluded, ...resolved });
      chunks.set(chunk, list);
    }
    contributions.set(importId, {
      rows: total.rows,
      totals: total.totals(),
      rowsExcluded: superseding === null ? left : 0,
      rowsSuperseded: superseding === null ? 0 : left,
      supersededBy: superseding,
    });
    all.add({ rows: total.rows, totals: total.totals() });
  }
  return {
    chunks,
    contributions,
    inEffect: (branch, day) => effect.get(keyOf({ branch, day })) ?? [],
    all: { rows: all.rows, totals: all.totals() },
  };
}
