import type { ChangePreview, HistoryEntry } from '#shared/contract/imports';
import { LEDGER_COLUMNS, SALES_FIELDS, type LedgerColumn } from '#shared/domain/sales-schema';
import { formatMonth, formatNumber } from '../../../ui/format.ts';
import { formatDecimal, isZero, subtract } from '../model/decimal-text.ts';

export type HistoryStatus = 'active' | 'partly' | 'replaced' | 'undone';

/** What became of an import: counts whole, in part, not at all because others stand in its place, or was undone. */
export function statusOf(entry: HistoryEntry): HistoryStatus {
  if (entry.undoneAt !== null) return 'undone';
  if (entry.rowsInEffect === entry.rowsAccepted) return 'active';
  return entry.rowsInEffect === 0 && entry.rowsAccepted > 0 ? 'replaced' : 'partly';
}

/** Newest first; of an import that was undone and counted again only the newest entry can be acted on. */
export function sortHistory(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return [...entries].sort((a, b) => b.sequence - a.sequence);
}

/** True when a later entry holds the same import: then this one is only a record. */
export function isSuperseded(entry: HistoryEntry, entries: readonly HistoryEntry[]): boolean {
  return entries.some((other) => other.importId === entry.importId && other.sequence > entry.sequence);
}

/** "Oct 2026", "Jan–Oct 2026", "Jan 2024 – Oct 2026". */
export function monthRange(chunks: readonly string[]): string {
  const sorted = [...chunks].sort();
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return '–';
  if (first === last) return formatMonth(first);
  if (first.slice(0, 4) === last.slice(0, 4)) return `${formatMonth(first).slice(0, 3)}–${formatMonth(last)}`;
  return `${formatMonth(first)} – ${formatMonth(last)}`;
}

export interface ChangeLine {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
  readonly changed: boolean;
}

const MONEY: ReadonlySet<LedgerColumn> = new Set(['grossRevenue', 'returnsValue', 'totalCost']);

/** The figures before and after, exact, for the months that are touched. Sums that no row has are left out. */
export function changeLines(preview: ChangePreview): readonly ChangeLine[] {
  const rows: ChangeLine = {
    label: 'Rows',
    before: formatNumber(preview.rowsBefore),
    after: formatNumber(preview.rowsAfter),
    change: formatDecimal(String(preview.rowsAfter - preview.rowsBefore), { signed: true }),
    changed: preview.rowsAfter !== preview.rowsBefore,
  };
  const sums = LEDGER_COLUMNS.flatMap((column): ChangeLine[] => {
    const before = preview.before[column];
    const after = preview.after[column];
    if (before === null && after === null) return [];
    const places = MONEY.has(column) ? 2 : 0;
    // A sum that no row has any more is gone: for the difference it counts as nothing.
    const change = subtract(after ?? '0', before ?? '0');
    return [
      {
        label: labelOf(column),
        before: formatDecimal(before, { places }),
        after: formatDecimal(after, { places }),
        change: formatDecimal(change, { places, signed: true }),
        changed: !isZero(change),
      },
    ];
  });
  return [rows, ...sums];
}

function labelOf(column: LedgerColumn): string {
  const label = SALES_FIELDS.find((field) => field.id === column)?.label ?? column;
  return MONEY.has(column) ? `${label}, KES` : label;
}

/** What an undo or a new start of counting did, as one line: "Orders.csv counts again: +400 rows, +KES 206,395.09 gross revenue". */
export function changeSentence(change: ChangePreview, what: 'undone' | 'counted'): string {
  const [rows, ...sums] = changeLines(change);
  const revenue = sums.find((line) => line.label.startsWith('Gross revenue'));
  const parts = [
    ...(rows?.changed ? [`${rows.change} rows`] : []),
    ...(revenue?.changed ? [`${revenue.change.replace(/^([+−]?)/, '$1KES\u00a0')} gross revenue`] : []),
  ];
  const verb = what === 'undone' ? 'no longer counts' : 'counts again';
  return `${change.fileName} ${verb}: ${parts.length === 0 ? 'no figure changed' : parts.join(', ')}.`;
}
