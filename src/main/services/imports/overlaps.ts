import type { Overlap } from '#shared/domain/job';
import type { ChunkBuilder, FootprintRow } from '../publishing/ports.ts';
import { indexOf, resolveLog } from '../publishing/index.ts';
import type { CanonicalFiles } from './canonical-files.ts';
import type { ActivationEntry, ImportRegistry } from './store-ports.ts';

interface Found {
  branchDays: number;
  rows: number;
  otherRows: number;
  readonly branches: Set<string>;
  readonly chunks: Set<string>;
  from: string;
  to: string;
}

export interface OverlapInputs {
  readonly log: readonly ActivationEntry[];
  readonly registry: ImportRegistry;
  readonly builder: ChunkBuilder;
  readonly canonical: CanonicalFiles;
  /** What the new import would cover. */
  readonly footprint: readonly FootprintRow[];
  readonly files: readonly { chunk: string; path: string }[];
  /** Imports that the new one takes out as a whole: they do not overlap, and what they had replaced is back. */
  readonly supersedes: readonly string[];
}

/** Imports that have rows in effect on branch-days of the new one, as the log would stand without the superseded ones. */
export async function findOverlaps(inputs: OverlapInputs): Promise<Overlap[]> {
  const active = inputs.log.filter((entry) => entry.undoneAt === null).map((entry) => entry.importId);
  const footprints = new Map(await inputs.registry.footprint(active));
  const trial = { importId: '', policy: 'keep' as const, supersedes: inputs.supersedes, undoneAt: null };
  const sequence = Math.max(0, ...inputs.log.map((entry) => entry.sequence)) + 1;
  footprints.set('', []);
  const resolved = resolveLog([...inputs.log, { ...trial, sequence }], footprints);

  const otherRows = (importId: string, key: string) =>
    (indexOf(footprints.get(importId) ?? []).byKey.get(key) ?? []).reduce((sum, row) => sum + row.rows, 0);
  const found = new Map<string, Found>();
  for (const [key, rows] of indexOf(inputs.footprint).byKey)
    for (const row of rows.slice(0, 1))
      for (const importId of resolved.inEffect(row.branch, row.day))
        note(found, importId, rows, row, otherRows(importId, key));

  const overlaps: Overlap[] = [];
  for (const [importId, item] of found) {
    const record = await inputs.registry.findImport(importId);
    const others = await Promise.all(
      [...item.chunks].map((chunk) => inputs.canonical.locate(importId, chunk)),
    );
    const own = inputs.files.filter((file) => item.chunks.has(file.chunk)).map((file) => file.path);
    overlaps.push({
      importId,
      fileName: record?.fileName ?? '',
      acceptedAt: record?.acceptedAt ?? '',
      branchDays: item.branchDays,
      rows: item.rows,
      equalRows: await inputs.builder.equalRows(own, others),
      otherRows: item.otherRows,
      branches: [...item.branches].sort(),
      from: item.from,
      to: item.to,
    });
  }
  return overlaps;
}

/** @param rows those of one branch-day, however the branch is written; `row` is one of them */
function note(
  found: Map<string, Found>,
  importId: string,
  rows: readonly FootprintRow[],
  row: FootprintRow,
  otherRows: number,
): void {
  const item = found.get(importId) ?? {
    branchDays: 0,
    rows: 0,
    otherRows: 0,
    branches: new Set<string>(),
    chunks: new Set<string>(),
    from: row.day,
    to: row.day,
  };
  found.set(importId, item);
  item.branchDays += 1;
  item.otherRows += otherRows;
  for (const one of rows) {
    item.rows += one.rows;
    item.branches.add(one.branch);
  }
  item.chunks.add(row.chunk);
  if (row.day < item.from) item.from = row.day;
  if (row.day > item.to) item.to = row.day;
}

/** True when a decision that was made on the one list holds for the other: the same imports, by the same rows. */
export function sameOverlaps(left: readonly Overlap[], right: readonly Overlap[]): boolean {
  const text = (list: readonly Overlap[]) =>
    JSON.stringify(
      list
        .map(({ importId, branchDays, rows, otherRows }) => [importId, branchDays, rows, otherRows])
        .sort((one, two) => (String(one[0]) < String(two[0]) ? -1 : 1)),
    );
  return text(left) === text(right);
}
