import { fitsKind, looseKind, type ColumnKind, type LooseKind } from './cell-kinds.ts';

/** A row brought to the width of its table, and how. */
export interface RaggedRepair {
  readonly cells: readonly string[];
  readonly code: 'reading.row_padded' | 'reading.row_trimmed' | 'reading.row_rejoined';
}

/**
 * Brings a row to the width of its table when that is possible in exactly one way: blank cells behind the last column
 * are dropped; a value that was split by a separator of its own is joined; missing cells are taken as blank. The kinds
 * of the columns (numbers, dates, words) rule out the other ways. Null when none or several ways are left.
 */
export function repairRagged(
  cells: readonly string[],
  columns: number,
  kinds: readonly ColumnKind[],
  delimiter: string,
): RaggedRepair | null {
  if (cells.length > columns) return repairLong(cells, columns, kinds, delimiter);
  return repairShort(cells, columns, kinds);
}

const fits = (found: readonly LooseKind[], kinds: readonly ColumnKind[]): boolean =>
  found.every((kind, column) => fitsKind(kind, kinds[column] ?? 'any'));

function repairLong(
  cells: readonly string[],
  columns: number,
  kinds: readonly ColumnKind[],
  delimiter: string,
): RaggedRepair | null {
  if (cells.slice(columns).every((cell) => cell.trim() === '')) {
    const kept = cells.slice(0, columns);
    return fits(kept.map(looseKind), kinds) ? { cells: kept, code: 'reading.row_trimmed' } : null;
  }
  const pieces = cells.length - columns + 1;
  if (pieces > 4) return null;
  const loose = cells.map(looseKind);
  let found: readonly string[] | null = null;
  for (let at = 0; at < columns; at += 1) {
    const split = cells.slice(at, at + pieces);
    if (split.some((piece) => piece.trim() === '')) continue;
    const whole = split.join(delimiter);
    if (!fits([...loose.slice(0, at), looseKind(whole), ...loose.slice(at + pieces)], kinds)) continue;
    if (found !== null) return null;
    found = [...cells.slice(0, at), whole, ...cells.slice(at + pieces)];
  }
  return found === null ? null : { cells: found, code: 'reading.row_rejoined' };
}

/** Only a gap at the end is repaired: a gap elsewhere means that a value was lost or two were joined. */
function repairShort(
  cells: readonly string[],
  columns: number,
  kinds: readonly ColumnKind[],
): RaggedRepair | null {
  const missing = columns - cells.length;
  if (cells.length < 2 || missing > columns / 2) return null;
  const loose = cells.map(looseKind);
  // Cells behind the gap that are all blank say nothing about where the gap is.
  let last = cells.length;
  while (last > 0 && loose[last - 1] === 'blank') last -= 1;
  for (let gap = 0; gap < last; gap += 1) {
    const behind = loose.slice(gap).every((kind, i) => fitsKind(kind, kinds[gap + missing + i] ?? 'any'));
    if (behind && fits(loose.slice(0, gap), kinds)) return null;
  }
  const padded = [...cells, ...Array<string>(missing).fill('')];
  return fits(loose, kinds) ? { cells: padded, code: 'reading.row_padded' } : null;
}
