import type { Finding, FindingSummary, RejectedRow, Severity } from '#shared/domain/findings';
import { plural } from '../../../ui/format.ts';

/** Identity of a kind of finding: code and column. */
export const findingKey = (finding: Pick<FindingSummary, 'code' | 'column'>): string =>
  `${finding.code}\u0000${finding.column ?? ''}`;

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What rejects rows first, then by how often. */
export function sortFindings(findings: readonly FindingSummary[]): readonly FindingSummary[] {
  return [...findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || b.count - a.count);
}

/** "112 rows rejected, 206 warnings": warnings are counted as findings, a row may have several. */
export function findingsSummary(rowsRejected: number, findings: readonly FindingSummary[]): string {
  const count = (severity: Severity) =>
    findings
      .filter((finding) => finding.severity === severity)
      .reduce((sum, finding) => sum + finding.count, 0);
  const warnings = count('warning');
  const parts = [
    rowsRejected > 0 ? `${plural(rowsRejected, 'row')} rejected` : 'no row rejected',
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ];
  return parts.join(', ');
}

/** One line of the grid of rows, whatever it shows. */
export interface GridRow {
  /** 1-based row or line in the file. */
  readonly row: number;
  readonly problem: string;
  readonly cells: readonly string[];
  /** Reason by cell index. */
  readonly marks: ReadonlyMap<number, string>;
  /** Reason of the whole row, where no cell is to blame. */
  readonly reason: string;
}

export interface GridColumn {
  /** Index in the row's cells. */
  readonly index: number;
  readonly header: string;
  readonly numeric: boolean;
  readonly widthPx: number;
}

/** Rejected rows as the grid shows them: problems on their cells, by the header of the column. */
export function rejectedRow(
  row: RejectedRow,
  columnOf: ReadonlyMap<string, number>,
  titleOf: (code: string) => string,
): GridRow {
  const marks = new Map<number, string>();
  for (const problem of row.problems) {
    const index = problem.column === null ? undefined : columnOf.get(problem.column);
    if (index !== undefined && !marks.has(index)) marks.set(index, problem.message);
  }
  const first = row.problems[0];
  const more = row.problems.length > 1 ? ` +${row.problems.length - 1}` : '';
  return {
    row: row.row,
    problem: first ? `${titleOf(first.code)}${more}` : 'Rejected',
    cells: row.cells,
    marks,
    reason: first?.message ?? 'The row was rejected.',
  };
}

/** A single finding as a grid line: the value as it was found, and why. */
export function findingRow(finding: Finding): GridRow {
  return {
    row: finding.row,
    problem: finding.message,
    cells: [finding.value ?? ''],
    marks:
      finding.severity === 'error' && finding.column !== null ? new Map([[0, finding.message]]) : new Map(),
    reason: finding.message,
  };
}

/** First column of each header: what findings name. */
export function columnIndex(header: readonly string[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  for (const [at, name] of header.entries()) if (!index.has(name)) index.set(name, at);
  return index;
}

const MIN_WIDTH = 64;
const MAX_WIDTH = 240;
const PER_CHARACTER = 7.2;
const PADDING = 22;

/**
 * Columns of the grid: those with findings that reject rows first, by count, then the others as in the file. Width and
 * alignment come from the first rows and stay, so that scrolling does not move them.
 */
export function gridColumns(
  header: readonly string[],
  findings: readonly FindingSummary[],
  sample: readonly RejectedRow[],
): readonly GridColumn[] {
  const blame = new Map<string, number>();
  for (const finding of findings)
    if (finding.column !== null && finding.severity === 'error')
      blame.set(finding.column, (blame.get(finding.column) ?? 0) + finding.count);
  const first = columnIndex(header);
  const order = header
    .map((name, index) => ({ name, index, blame: first.get(name) === index ? (blame.get(name) ?? 0) : 0 }))
    .sort((a, b) => b.blame - a.blame || a.index - b.index);
  return order.map(({ name, index }) => {
    const cells = sample.map((row) => row.cells[index] ?? '');
    // What is wrong with a cell must not decide how its column looks; shifted rows say nothing about it.
    const sound = sample
      .filter((row) => row.problems.every((problem) => problem.column !== null && problem.column !== name))
      .map((row) => row.cells[index] ?? '');
    return { index, header: name, numeric: looksNumeric(sound), widthPx: widthOf(name, cells) };
  });
}

export function widthOf(header: string, cells: readonly string[]): number {
  const longest = cells.reduce((most, cell) => Math.max(most, cell.length), header.length);
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest * PER_CHARACTER + PADDING)));
}

const NUMBER_LIKE = /^[-−(]?\s*(?:KES|KSh)?\s*\d[\d.,\s']*\)?%?$/u;

/** Most filled cells are numbers: aligned right. Ids with leading zeros and dates are text. */
function looksNumeric(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.length === 0) return false;
  const numbers = filled.filter((cell) => NUMBER_LIKE.test(cell.trim()) && !/^0\d/u.test(cell.trim()));
  return numbers.length / filled.length >= 0.6;
}
