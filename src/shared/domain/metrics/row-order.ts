import type { Cell } from '../query.ts';

/** How one column takes part in the order of rows. Blanks come last in either direction. */
export interface SortKey {
  readonly index: number;
  readonly direction: 'asc' | 'desc';
}

/** Compares rows by keys, in order. Text is compared by code points, as engines that store UTF-8 do. */
export function compareRows(keys: readonly SortKey[]) {
  return (a: readonly Cell[], b: readonly Cell[]): number => {
    for (const { index, direction } of keys) {
      const [left, right] = [a[index] ?? null, b[index] ?? null];
      if (left === right) continue;
      if (left === null) return 1;
      if (right === null) return -1;
      const order = compareValues(left, right);
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return 0;
  };
}

function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareCodePoints(String(a), String(b));
}

/** Order of UTF-8 bytes: differs from that of UTF-16 only beside surrogates, which are moved above all others. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
