import { differingColumn, showAmount } from './ledger-totals.ts';
import type { ImportTotals } from './ports.ts';

export interface ImportDifference {
  readonly importId: string;
  /** `rows`, or the ledger column. */
  readonly check: string;
  readonly expected: string;
  readonly actual: string;
}

/** The first way in which two measures of a chunk differ, import by import, to the last digit; null when they agree. */
export function firstDifference(
  expected: readonly ImportTotals[],
  actual: readonly ImportTotals[],
): ImportDifference | null {
  const left = byId(expected);
  const right = byId(actual);
  for (const importId of new Set([...left.keys(), ...right.keys()])) {
    const [wanted, found] = [left.get(importId), right.get(importId)];
    const [wantedRows, foundRows] = [wanted?.rows ?? 0, found?.rows ?? 0];
    if (wantedRows !== foundRows)
      return { importId, check: 'rows', expected: String(wantedRows), actual: String(foundRows) };
    const column = wanted && found ? differingColumn(wanted.totals, found.totals) : null;
    if (column && wanted && found)
      return {
        importId,
        check: column,
        expected: showAmount(wanted.totals[column]),
        actual: showAmount(found.totals[column]),
      };
  }
  return null;
}

const byId = (measures: readonly ImportTotals[]) =>
  new Map(measures.map((measure) => [measure.importId, measure]));
