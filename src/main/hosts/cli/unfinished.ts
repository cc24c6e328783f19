import { WAITING_STATES, type JobState } from '#shared/domain/job';

/** States before the rows are in the log: nothing of such a file is in any figure. */
const UNDER_WAY: ReadonlySet<JobState> = new Set(['queued', 'staged', 'inspected', 'validated']);
const WAITING: ReadonlySet<JobState> = new Set(WAITING_STATES);

const imports = (count: number) => (count === 1 ? '1 import' : `${count} imports`);

/** What figures leave out because imports are not through yet; '' when there are none. */
export function unfinishedText(jobs: readonly { readonly state: JobState }[]): string {
  const underWay = jobs.filter(({ state }) => UNDER_WAY.has(state)).length;
  const waiting = jobs.filter(({ state }) => WAITING.has(state)).length;
  const parts = [
    ...(underWay > 0 ? [`${imports(underWay)} still under way`] : []),
    ...(waiting > 0 ? [`${imports(waiting)} waiting for a decision`] : []),
  ];
  return parts.length === 0
    ? ''
    : `Not in these figures: ${parts.join(', ')}. “mauzo jobs list” shows them.\n`;
}
