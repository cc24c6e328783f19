import type { LedgerTotals } from '#shared/domain/sales-schema';
import { AppError } from '#shared/errors/app-error';
import { branchDayKey, indexOf, type FootprintIndex } from './footprint-index.ts';
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
    for (const key of indexFor(footprints, importId).byKey.keys()) {
      const current = effect.get(key);
      if (current === undefined) effect.set(key, [importId]);
      else if (policy === 'skip') exclude(importId, key);
      else if (policy === 'replace') {
        for (const other of current) exclude(other, key);
        effect.set(key, [importId]);
      } else current.push(importId);
    }
  }
  return summarise(active, footprints, supersededBy, excluded, effect);
}

function indexFor(footprints: Footprints, importId: string): FootprintIndex {
  const rows = footprints.get(importId);
  // An import without a footprint would silently count nothing.
  if (!rows) throw new AppError('publishing.footprint_missing', 'bug', { importId });
  return indexOf(rows);
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
    const index = indexFor(footprints, importId);
    const superseding = supersededBy.get(importId) ?? null;
    const parts = superseding === null ? partsOf(index, excluded.get(importId)) : [];
    const total = new TotalsSum();
    for (const [chunk, part] of parts) {
      total.add(part);
      const list = chunks.get(chunk);
      if (list) list.push({ importId, ...part });
      else chunks.set(chunk, [{ importId, ...part }]);
    }
    const counted = { rows: total.rows, totals: total.totals() };
    contributions.set(importId, {
      ...counted,
      rowsExcluded: superseding === null ? index.rows - total.rows : 0,
      rowsSuperseded: superseding === null ? 0 : index.rows,
      supersededBy: superseding,
    });
    all.add(counted);
  }
  return {
    chunks,
    contributions,
    inEffect: (branch, day) => effect.get(branchDayKey({ branch, day })) ?? [],
    all: { rows: all.rows, totals: all.totals() },
  };
}

/** What is left of each month of an import when the excluded branch-days are taken out. */
function partsOf(
  index: FootprintIndex,
  excludedKeys: ReadonlySet<string> | undefined,
): [string, Omit<ResolvedPart, 'importId'>][] {
  const out = Map.groupBy(
    [...(excludedKeys ?? [])].flatMap((key) => index.byKey.get(key) ?? []),
    (row) => row.chunk,
  );
  const parts: [string, Omit<ResolvedPart, 'importId'>][] = [];
  for (const [chunk, all] of index.chunks) {
    const rows = out.get(chunk) ?? [];
    const left = rows.length === 0 ? all : all.clone();
    for (const row of rows) left.add(row, -1);
    if (left.rows === 0) continue;
    const excluded = rows.map(({ branch, day }) => ({ branch, day }));
    parts.push([chunk, { excluded, rows: left.rows, totals: left.totals() }]);
  }
  return parts;
}
