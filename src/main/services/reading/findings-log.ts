import { describeFinding } from '#shared/domain/finding-catalogue';
import type { Finding, FindingSummary } from '#shared/domain/findings';
import { RowLog } from './row-log.ts';

/** Findings that are listed one by one; beyond it they are only counted. */
export const LISTED_FINDINGS = 100_000;
const SAMPLES = 5;

const SEVERITY_ORDER = { error: 0, warning: 1, info: 2 } as const;

/** Where a finding came from: each source brings its findings in row order. */
export const FindingSource = { row: 0, repair: 1, broken: 2, file: 3, good: 4 } as const;
export type FindingSource = (typeof FindingSource)[keyof typeof FindingSource];

type Titles = ReadonlyMap<string, { readonly title: string; readonly explanation: string }>;

/** Counts every finding exactly by code and column, keeps samples, lists errors and warnings up to the limit. */
export class FindingsLog {
  readonly #log: RowLog;
  readonly #summaries = new Map<string, { -readonly [K in keyof FindingSummary]: FindingSummary[K] }>();

  readonly #titles: Titles;

  /** @param titles words of findings that are not in the catalogue, by code */
  constructor(folder: string, titles: Titles = new Map()) {
    this.#titles = titles;
    this.#log = new RowLog(folder, 'findings', Object.keys(FindingSource).length);
  }

  get path(): string {
    return this.#log.path;
  }

  add(source: FindingSource, finding: Finding): void {
    const key = `${finding.code}\n${finding.column ?? ''}`;
    const known = this.#summaries.get(key);
    if (known === undefined) {
      this.#summaries.set(key, {
        code: finding.code,
        severity: finding.severity,
        column: finding.column,
        count: 1,
        ...(this.#titles.get(finding.code) ?? describeFinding(finding.code)),
        sample: [finding],
      });
    } else {
      known.count++;
      // A repair that grew worse somewhere is shown by its worst.
      if (SEVERITY_ORDER[finding.severity] < SEVERITY_ORDER[known.severity])
        known.severity = finding.severity;
      if (known.sample.length < SAMPLES) known.sample.push(finding);
    }
    if (finding.severity === 'info' || this.#log.count(source) >= LISTED_FINDINGS) return;
    this.#log.append(source, finding.row, finding);
  }

  /** Counts one more of an info that has all its samples; false when it must be added in full. */
  countAgain(code: string, column: string | null): boolean {
    const known = this.#summaries.get(`${code}\n${column ?? ''}`);
    if (known === undefined || known.severity !== 'info' || known.sample.length < SAMPLES) return false;
    known.count++;
    return true;
  }

  /** Writes the list; answers the exact counts, worst and most frequent first. */
  finish(): { summaries: FindingSummary[]; listed: number } {
    const listed = this.#log.finish(LISTED_FINDINGS);
    const summaries = [...this.#summaries.values()].sort(
      (a, b) =>
        SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
        b.count - a.count ||
        (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    );
    for (const summary of summaries) summary.sample.sort((a, b) => a.row - b.row);
    return { summaries, listed };
  }

  discard(): void {
    this.#log.discard();
  }
}
