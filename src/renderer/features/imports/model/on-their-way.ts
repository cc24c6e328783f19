import { isKeptWaiting } from './job-words.ts';
import type { QueueItem } from './queue-model.ts';

/** Files that do not count yet, in words for a page that shows no figures for want of them. */
export interface OnTheirWay {
  readonly title: string;
  readonly detail: string;
}

const files = (count: number) => (count === 1 ? '1 file' : `${count} files`);

/** What a person has to do comes first; null when nothing is on its way. */
export function onTheirWay(queue: readonly QueueItem[]): OnTheirWay | null {
  const open = queue.filter(({ group }) => group !== 'done');
  const asking = open.filter(({ group }) => group === 'needs-you').length;
  if (asking > 0)
    return {
      title: `${files(asking)} ${asking === 1 ? 'needs' : 'need'} you`,
      detail: 'Figures appear here when you have decided on the Import page.',
    };
  if (open.length === 0) return null;
  const waiting = open.filter((item) => item.kind === 'job' && isKeptWaiting(item.job)).length;
  return waiting === open.length
    ? {
        title: `${files(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for a server`,
        detail:
          'Checked and safe on this computer. Figures appear here by themselves when the server answers.',
      }
    : { title: `${files(open.length)} on the way`, detail: 'Figures appear here when they are published.' };
}
