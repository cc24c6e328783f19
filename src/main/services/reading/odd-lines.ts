import type { SkippedLine } from './ports.ts';
import { isTotalWord } from './table-shape.ts';

/**
 * Says whether a record without a readable date is no sale but a line of the report: a total, a footer, a repeated
 * header or a blank line. Only such records are skipped; anything that could be a sale is rejected instead.
 * @param labels the cells of the mapped date and text columns
 * @param amounts the cells of the mapped number columns
 */
export function oddLine(
  cells: readonly string[],
  header: readonly string[],
  labels: readonly string[],
  amounts: readonly string[],
): SkippedLine['kind'] | null {
  const trimmed = cells.map((cell) => cell.trim());
  const filled = trimmed.filter((cell) => cell !== '');
  if (filled.length === 0) return 'blank';
  const same = trimmed.filter((cell, index) => cell !== '' && cell === header[index]?.trim()).length;
  if (same === filled.length && same > 1) return 'title';
  const named = labels.filter((label) => label.trim() !== '');
  const total = named.length > 0 ? named : filled.filter((cell) => /\p{L}/u.test(cell));
  if (total.length > 0 && total.length <= 2 && total.every(isTotalWord)) {
    return 'total';
  }
  if (filled.length === 1 && amounts.every((amount) => amount.trim() === '')) return 'footer';
  return null;
}
