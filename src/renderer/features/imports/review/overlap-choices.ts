import type { HistoryEntry } from '#shared/contract/imports';
import type { JobView, Overlap, OverlapPolicy } from '#shared/domain/job';
import { formatNumber, formatPeriod, plural } from '../../../ui/format.ts';
import { formatDecimal, subtract } from '../model/decimal-text.ts';

export type OverlapChoiceId = 'replace' | 'skip' | 'replace-file' | 'keep';

export interface OverlapChoice {
  readonly id: OverlapChoiceId;
  readonly title: string;
  /** What it does to the figures, in words and numbers. */
  readonly effect: string;
  /** Change of rows that count: "+22,006 rows"; null when it cannot be told exactly. */
  readonly rowsChange: number | null;
  /** Change of gross revenue as decimal text; null when it cannot be told exactly. */
  readonly revenueChange: string | null;
  /** Set on the one that fits what was found. */
  readonly suggested: boolean;
  readonly policy: OverlapPolicy;
  readonly supersedes: readonly string[];
}

export const overlapsOf = (job: JobView): readonly Overlap[] =>
  job.review.flatMap((reason) => (reason.kind === 'overlap' ? reason.overlaps : []));

/** One sentence about one earlier import: where the two meet and how many rows are the same. */
export function overlapSentence(overlap: Overlap): string {
  const where = `${branchList(overlap.branches)}, ${formatPeriod({ from: overlap.from, to: overlap.to })}`;
  const equal =
    overlap.equalRows === 0
      ? 'none is the same in both files'
      : overlap.equalRows === overlap.rows
        ? 'all of them are the same in both files'
        : `${formatNumber(overlap.equalRows)} of them ${overlap.equalRows === 1 ? 'is' : 'are'} the same in both files`;
  return `${plural(overlap.rows, 'row')} of this file ${overlap.rows === 1 ? 'is' : 'are'} on ${plural(overlap.branchDays, 'branch-day')} that it holds already (${where}); ${equal}.`;
}

function branchList(branches: readonly string[]): string {
  if (branches.length <= 3) return branches.join(', ');
  return `${branches.slice(0, 2).join(', ')} and ${branches.length - 2} more branches`;
}

/**
 * The four answers to an overlap. With several earlier imports the rows on shared branch-days may be counted once for
 * each of them: sums are then said as "up to" and the change is left open.
 */
export function overlapChoices(job: JobView, history: readonly HistoryEntry[]): readonly OverlapChoice[] {
  const overlaps = overlapsOf(job);
  if (overlaps.length === 0) return [];
  const many = overlaps.length > 1;
  const mine = job.rowsAccepted;
  const shared = sum(overlaps.map((overlap) => overlap.rows));
  const equal = sum(overlaps.map((overlap) => overlap.equalRows));
  const others = sum(overlaps.map((overlap) => overlap.otherRows));
  const names = overlaps.map((overlap) => overlap.fileName);
  const them = many ? `${names.length} earlier files` : (names[0] ?? '');
  const upTo = many ? 'up to ' : '';
  const revenue = job.totals?.grossRevenue ?? null;
  const suggested = suggestion({ mine, shared, equal });

  const entries = overlaps.map((overlap) => history.find((entry) => entry.importId === overlap.importId));
  const known = entries.every((entry) => entry !== undefined);
  const outRows = known ? sum(entries.map((entry) => entry?.rowsInEffect ?? 0)) : null;
  const wholeRevenue = known ? superseded(entries) : null;

  return [
    {
      id: 'replace',
      title: 'Replace the same branch-days',
      effect: `On those branch-days only this file counts: ${upTo}${plural(others, 'row')} of ${them} ${others === 1 ? 'stops' : 'stop'} counting, all ${plural(mine, 'row')} of this file count. Other days and branches stay as they are.`,
      rowsChange: many ? null : mine - others,
      revenueChange: null,
      suggested: suggested === 'replace',
      policy: 'replace',
      supersedes: [],
    },
    {
      id: 'skip',
      title: 'Skip what is there already',
      effect: `${skipWords(mine, shared, many)} ${many ? 'The earlier files stay as they are' : `${them} stays as it is`}.`,
      rowsChange: many ? null : mine - shared,
      revenueChange: null,
      suggested: suggested === 'skip',
      policy: 'skip',
      supersedes: [],
    },
    {
      id: 'replace-file',
      title: many ? 'Replace those files' : 'Replace that file',
      effect:
        outRows === null
          ? `Every row of ${them} stops counting, also on other days; all ${plural(mine, 'row')} of this file count. For a corrected file.`
          : `All ${plural(outRows, 'row')} of ${them} that count now stop counting, also on other days; all ${plural(mine, 'row')} of this file count. For a corrected file.`,
      rowsChange: outRows === null ? null : mine - outRows,
      revenueChange: wholeRevenue === null ? null : subtract(revenue, wholeRevenue),
      suggested: false,
      policy: 'keep',
      supersedes: overlaps.map((overlap) => overlap.importId),
    },
    {
      id: 'keep',
      title: 'Keep both',
      effect: `All ${plural(mine, 'row')} of this file count beside those of ${them}.${equal > 0 ? ` ${plural(equal, 'equal row')} will count twice.` : ''}`,
      rowsChange: mine,
      revenueChange: revenue,
      suggested: false,
      policy: 'keep',
      supersedes: [],
    },
  ];
}

/** Nothing is suggested for a file that brings nothing new: then the question is why it is imported at all. */
function suggestion(rows: { mine: number; shared: number; equal: number }): OverlapChoiceId | null {
  if (rows.equal === rows.mine) return null;
  return rows.equal > 0 && rows.equal === rows.shared && rows.mine > rows.shared ? 'skip' : 'replace';
}

function skipWords(mine: number, shared: number, many: boolean): string {
  const onShared = `${plural(shared, 'row')} of this file on those branch-days ${shared === 1 ? 'does' : 'do'} not count`;
  if (many) return `Up to ${onShared}, the others do.`;
  if (shared >= mine) return 'All rows of this file are on those branch-days, so none of them counts.';
  return `${onShared}, the other ${plural(mine - shared, 'row')} ${mine - shared === 1 ? 'does' : 'do'}.`;
}

/** Revenue of whole imports, only when all their rows still count: otherwise their totals are not what goes away. */
function superseded(entries: readonly (HistoryEntry | undefined)[]): string | null {
  let total = '0';
  for (const entry of entries) {
    if (!entry || entry.rowsInEffect !== entry.rowsAccepted) return null;
    const next = subtract(total, entry.totals.grossRevenue);
    if (next === null) return null;
    total = next;
  }
  return subtract('0', total);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** "+22,006 rows, +KES 45,200.00": the change in short; null when nothing is known exactly. */
export function changeLine(choice: OverlapChoice): string | null {
  if (choice.rowsChange === null) return null;
  const sign = choice.rowsChange > 0 ? '+' : '';
  const rows = `${sign}${formatNumber(choice.rowsChange)} ${Math.abs(choice.rowsChange) === 1 ? 'row' : 'rows'}`;
  if (choice.revenueChange === null) return rows;
  const revenue = formatDecimal(choice.revenueChange, { places: 2, signed: true });
  return `${rows}, ${revenue.replace(/^([+−]?)/, '$1KES\u00a0')}`;
}
