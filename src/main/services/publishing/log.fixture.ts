import type { LedgerTotals } from '#shared/domain/sales-schema';
import { formatE4 } from './ledger-totals.ts';
import type { FootprintRow, LogEntry } from './ports.ts';

export const emptyTotals: LedgerTotals = {
  grossRevenue: null,
  returnsValue: null,
  totalCost: null,
  unitsSold: null,
  unitsReturned: null,
};

export function entry(
  sequence: number,
  importId: string,
  policy: LogEntry['policy'] = 'keep',
  supersedes: readonly string[] = [],
): LogEntry {
  return { sequence, importId, policy, supersedes, undoneAt: null };
}

export function footprintRow(row: {
  branch: string;
  day: string;
  rows: number;
  cents: number;
  cost: number | null;
}): FootprintRow {
  return {
    chunk: row.day.slice(0, 7),
    branch: row.branch,
    day: row.day,
    rows: row.rows,
    totals: {
      ...emptyTotals,
      grossRevenue: formatE4(BigInt(row.cents) * 100n),
      totalCost: row.cost === null ? null : formatE4(BigInt(row.cost) * 10_000n),
    },
  };
}
