import type { JobStep, JobStepView, JobView } from '#shared/domain/job';
import type { UploadEntry } from '../upload/upload-manager.ts';

/** The seven steps of the queue's header; reconciling belongs to publishing for a person. */
export const QUEUE_STEPS = [
  { id: 'stage', label: 'Staged', steps: ['stage'] },
  { id: 'inspect', label: 'Inspected', steps: ['inspect'] },
  { id: 'map', label: 'Mapped', steps: ['map'] },
  { id: 'validate', label: 'Validated', steps: ['validate'] },
  { id: 'accept', label: 'Accepted', steps: ['accept'] },
  { id: 'upload', label: 'Stored', steps: ['upload'] },
  { id: 'publish', label: 'Published', steps: ['publish', 'reconcile'] },
] as const satisfies readonly { id: string; label: string; steps: readonly JobStep[] }[];

export type StepGlyph =
  'pending' | 'running' | 'done' | 'needs-mapping' | 'needs-review' | 'failed' | 'duplicate';

export interface StepCell {
  readonly id: string;
  readonly label: string;
  readonly glyph: StepGlyph;
  /** Share done of a running step, 0 to 100; null while unknown. */
  readonly percent: number | null;
}

export type QueueGroup = 'needs-you' | 'running' | 'done';
export type QueueFilter = 'all' | QueueGroup;

/** What a row of the queue is about: a job of the engine, or a file that is still on its way to it. */
export type QueueItem =
  | { readonly kind: 'job'; readonly key: string; readonly group: QueueGroup; readonly job: JobView }
  | {
      readonly kind: 'upload';
      readonly key: string;
      readonly group: QueueGroup;
      readonly upload: UploadEntry;
    };

export function groupOfJob(job: JobView): QueueGroup {
  switch (job.state) {
    case 'mapping-needed':
    case 'review-needed':
    case 'failed':
      return 'needs-you';
    case 'done':
      return job.duplicateOf === null ? 'done' : 'needs-you';
    case 'cancelled':
    case 'undone':
      return 'done';
    case 'queued':
    case 'staged':
    case 'inspected':
    case 'validated':
    case 'accepted':
    case 'uploaded':
    case 'published':
      return 'running';
  }
}

/** A queued job whose first step is at work already. */
export const isStarted = (job: JobView): boolean =>
  job.progress !== null || job.steps.some((step) => step.state === 'running');

export const isDuplicate = (job: JobView): boolean => job.duplicateOf !== null && job.state === 'done';

/**
 * Order of the queue: what runs now, what waits for a person, what waits for its turn, what is done. Within a group
 * the order of arrival; done ones newest first, so that the last result is next to the running ones.
 */
export function buildQueue(jobs: readonly JobView[], uploads: readonly UploadEntry[]): readonly QueueItem[] {
  const items: QueueItem[] = [
    ...uploads.map((upload): QueueItem => ({
      kind: 'upload',
      key: `upload:${upload.id}`,
      group: upload.state === 'failed' ? 'needs-you' : 'running',
      upload,
    })),
    ...jobs.map((job): QueueItem => ({ kind: 'job', key: job.jobId, group: groupOfJob(job), job })),
  ];
  const arrived = (item: QueueItem) => (item.kind === 'job' ? item.job.createdAt : item.upload.addedAt);
  return items
    .map((item, index) => ({ item, index, rank: rankOf(item) }))
    .sort((a, b) => {
      if (a.rank !== b.rank) return a.rank - b.rank;
      const order = arrived(a.item) < arrived(b.item) ? -1 : arrived(a.item) > arrived(b.item) ? 1 : 0;
      return a.rank === RANK_DONE ? -order || a.index - b.index : order || a.index - b.index;
    })
    .map((entry) => entry.item);
}

const RANK_DONE = 3;
function rankOf(item: QueueItem): number {
  if (item.group === 'needs-you') return 1;
  if (item.group === 'done') return RANK_DONE;
  const idle =
    item.kind === 'job'
      ? item.job.state === 'queued' && !isStarted(item.job)
      : item.upload.state === 'waiting';
  return idle ? 2 : 0;
}

export function countQueue(items: readonly QueueItem[]): Readonly<Record<QueueFilter, number>> {
  const counts = { all: items.length, 'needs-you': 0, running: 0, done: 0 };
  for (const item of items) counts[item.group] += 1;
  return counts;
}

export function filterQueue(items: readonly QueueItem[], filter: QueueFilter): readonly QueueItem[] {
  return filter === 'all' ? items : items.filter((item) => item.group === filter);
}

/** The seven glyphs of a job. */
export function stepCells(job: JobView): readonly StepCell[] {
  const byStep = new Map(job.steps.map((step) => [step.step, step]));
  const cells = QUEUE_STEPS.map((column): StepCell => {
    const views = column.steps.flatMap((step) => byStep.get(step) ?? []);
    return { id: column.id, label: column.label, ...glyphOf(job, column.steps, views) };
  });
  if (isDuplicate(job)) return markDuplicate(cells);
  return markWaiting(job, markFailed(job, passOver(cells)));
}

function glyphOf(
  job: JobView,
  steps: readonly JobStep[],
  views: readonly JobStepView[],
): Pick<StepCell, 'glyph' | 'percent'> {
  const plain = (glyph: StepGlyph) => ({ glyph, percent: null });
  if (views.some((view) => view.state === 'failed')) return plain('failed');
  const waiting = views.some((view) => view.state === 'waiting');
  if (waiting && job.state === 'mapping-needed') return plain('needs-mapping');
  if (waiting && job.state === 'review-needed') return plain('needs-review');
  const stopped = job.state === 'cancelled' || job.state === 'failed';
  if (!stopped && views.some((view) => view.state === 'running')) {
    const progress = job.progress;
    const mine = progress !== null && steps.includes(progress.step);
    return { glyph: 'running', percent: mine ? percentOf(progress.bytesDone, progress.bytesTotal) : null };
  }
  const finished = views.length === steps.length && views.every((view) => isOver(job, view));
  if (finished) return plain('done');
  // One of two joined steps is over and the other has not begun: still on its way.
  if (!stopped && views.some((view) => view.state === 'done')) return plain('running');
  return plain('pending');
}

/** A cancelled job reports the steps that it never reached as skipped; in others a skipped step had nothing to do. */
const isOver = (job: JobView, view: JobStepView) =>
  view.state === 'done' || (view.state === 'skipped' && job.state !== 'cancelled');

/** A step without a report before one that is done had nothing to do: a mapping that was given is not asked. */
function passOver(cells: readonly StepCell[]): readonly StepCell[] {
  const lastDone = cells.reduce(
    (last, cell, index) => (cell.glyph === 'done' || cell.glyph === 'running' ? index : last),
    -1,
  );
  return cells.map((cell, index) =>
    index < lastDone && cell.glyph === 'pending' ? { ...cell, glyph: 'done' } : cell,
  );
}

/** A state that asks for a person always shows where, also when the step list does not say so. */
function markWaiting(job: JobView, cells: readonly StepCell[]): readonly StepCell[] {
  const asks = job.state === 'mapping-needed' || job.state === 'review-needed';
  if (!asks || cells.some((cell) => cell.glyph === 'needs-mapping' || cell.glyph === 'needs-review'))
    return cells;
  const id = job.state === 'mapping-needed' ? 'map' : 'validate';
  const glyph = job.state === 'mapping-needed' ? 'needs-mapping' : 'needs-review';
  return cells.map((cell) => (cell.id === id ? { ...cell, glyph, percent: null } : cell));
}

function markFailed(job: JobView, cells: readonly StepCell[]): readonly StepCell[] {
  if (job.state !== 'failed' || cells.some((cell) => cell.glyph === 'failed')) return cells;
  const at = cells.findIndex((cell) => cell.glyph !== 'done');
  return cells.map((cell, index) => (index === at ? { ...cell, glyph: 'failed', percent: null } : cell));
}

function markDuplicate(cells: readonly StepCell[]): readonly StepCell[] {
  return cells.map((cell, index) => ({
    ...cell,
    glyph: index === 0 ? 'duplicate' : 'pending',
    percent: null,
  }));
}

/** Up to 100, or null when it is not known: no total, or a step that has not told any bytes. */
export function percentOf(done: number, total: number): number | null {
  if (!(total > 0) || !(done > 0)) return null;
  return Math.min(100, (done / total) * 100);
}

const GLYPH_WORDS: Readonly<Record<StepGlyph, string>> = {
  pending: 'not started',
  running: 'running',
  done: 'done',
  'needs-mapping': 'waiting for you',
  'needs-review': 'needs review',
  failed: 'failed',
  duplicate: 'stopped, already imported',
};

/** What assistive technology reads for the seven glyphs: only what is not plain. */
export function describeSteps(cells: readonly StepCell[]): string {
  const done = cells.filter((cell) => cell.glyph === 'done').length;
  if (done === cells.length) return 'All steps done';
  const special = cells.find((cell) => cell.glyph !== 'done' && cell.glyph !== 'pending');
  const steps = `${done} of ${cells.length} steps done`;
  return special ? `${steps}; ${describeStep(special)}` : steps;
}

export function describeStep(cell: StepCell): string {
  const percent = cell.percent === null ? '' : `, ${Math.floor(cell.percent)}%`;
  return `${cell.label}: ${GLYPH_WORDS[cell.glyph]}${percent}`;
}

/** Steps after which a cancel would be an undo. */
export function canCancel(job: JobView): boolean {
  return !['accepted', 'uploaded', 'published', 'done', 'failed', 'cancelled', 'undone'].includes(job.state);
}

export function canDismiss(job: JobView): boolean {
  return ['done', 'failed', 'cancelled', 'undone'].includes(job.state);
}
