import type { JobStep, JobView, Overlap, ReviewReason, SimilarValue } from '#shared/domain/job';
import { renderError } from '#shared/errors/index';
import { formatBytes, formatDuration, formatNumber, formatTimestamp, plural } from '../../../ui/format.ts';
import type { UploadEntry } from '../upload/upload-manager.ts';
import { isDuplicate, isStarted, percentOf } from './queue-model.ts';

/** The one line under a row of the queue. */
export type RowMessage =
  | {
      readonly kind: 'progress';
      /** "Checking 239 of 412 MB" */
      readonly what: string;
      /** "6.2 MB/s", "28 s left": what is known. */
      readonly facts: readonly string[];
      readonly percent: number | null;
    }
  | { readonly kind: 'idle'; readonly text: string }
  | { readonly kind: 'map'; readonly text: string }
  | { readonly kind: 'review'; readonly text: string }
  | { readonly kind: 'failed'; readonly title: string; readonly detail: string }
  | { readonly kind: 'duplicate'; readonly text: string }
  | { readonly kind: 'ended'; readonly text: string };

const RUNNING_WORDS: Readonly<Record<JobStep, string>> = {
  stage: 'Copying',
  inspect: 'Inspecting',
  map: 'Matching columns',
  validate: 'Checking',
  accept: 'Accepting',
  upload: 'Storing',
  publish: 'Publishing',
  reconcile: 'Balancing the ledger',
};

/** What runs right after a step is done, while the next has not reported yet. */
const BETWEEN_WORDS: Readonly<Record<string, string>> = {
  staged: 'Inspecting',
  inspected: 'Matching columns',
  validated: 'Accepting',
  accepted: 'Storing',
  uploaded: 'Publishing',
  published: 'Balancing the ledger',
};

/** Null for a row that collapses to one line. */
export function messageOf(job: JobView): RowMessage | null {
  if (isDuplicate(job) && job.duplicateOf) {
    const { fileName, acceptedAt } = job.duplicateOf;
    const same = fileName === job.fileName ? 'Already imported' : `Already imported as ${fileName}`;
    return { kind: 'duplicate', text: `${same}, ${shortStamp(acceptedAt)}. Nothing added.` };
  }
  const waiting = waitingLine(job);
  if (waiting !== null) return { kind: 'idle', text: waiting };
  switch (job.state) {
    case 'queued':
      return isStarted(job) ? progressOf(job) : { kind: 'idle', text: 'Waits for its turn' };
    case 'mapping-needed':
      return { kind: 'map', text: 'Mauzo needs to know which columns hold what' };
    case 'review-needed':
      return { kind: 'review', text: reviewLine(job) };
    case 'failed':
      return failure(job);
    case 'cancelled':
      return { kind: 'ended', text: 'Cancelled. Nothing of it counts.' };
    case 'undone':
      return {
        kind: 'ended',
        text: 'Undone. Its rows no longer count; it can be counted again from History.',
      };
    case 'done':
      return null;
    case 'staged':
    case 'inspected':
    case 'validated':
    case 'accepted':
    case 'uploaded':
    case 'published':
      return progressOf(job);
  }
}

/** True while a connection is away and nothing is being tried at this moment. */
export const isKeptWaiting = (job: JobView): boolean =>
  job.waitingFor !== null && !job.steps.some((step) => step.state === 'running');

/** What waits, why, and that nobody has to do anything. */
function waitingLine(job: JobView): string | null {
  if (!job.waitingFor || !isKeptWaiting(job)) return null;
  const { title } = renderError(job.waitingFor.error);
  const what = job.waitingFor.step === 'accept' ? 'Checked here, not shared yet' : 'Accepted; the rest waits';
  return `${what}. ${title}. It goes on by itself.`;
}

function failure(job: JobView): RowMessage {
  if (!job.error) return { kind: 'failed', title: 'The import stopped', detail: 'Try again.' };
  const words = renderError(job.error);
  return {
    kind: 'failed',
    title: `${words.title}. ${words.cause}`,
    detail: [words.remedy, words.kept ?? ''].join(' ').trim(),
  };
}

function progressOf(job: JobView): RowMessage {
  const progress = job.progress;
  if (!progress) {
    const running = job.steps.find((step) => step.state === 'running');
    const word = running ? RUNNING_WORDS[running.step] : (BETWEEN_WORDS[job.state] ?? 'Working');
    return { kind: 'progress', what: word, facts: [], percent: null };
  }
  if (progress.notice)
    return { kind: 'progress', what: renderError(progress.notice).title, facts: [], percent: null };
  const percent = percentOf(progress.bytesDone, progress.bytesTotal);
  const amount = percent === null ? '' : ` ${bytesOf(progress.bytesDone, progress.bytesTotal)}`;
  return {
    kind: 'progress',
    what: `${RUNNING_WORDS[progress.step]}${amount}`,
    facts: facts(progress.bytesPerSecond, progress.etaMs, progress.rows),
    percent,
  };
}

function facts(bytesPerSecond: number | null, etaMs: number | null, rows = 0): string[] {
  const all: string[] = [];
  if (rows > 0) all.push(plural(rows, 'row'));
  if (bytesPerSecond !== null && bytesPerSecond >= 1)
    all.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  if (etaMs !== null) all.push(timeLeft(etaMs));
  return all;
}

/** "28 s left"; never milliseconds: a wait below a second is over before it is read. */
export function timeLeft(etaMs: number): string {
  return etaMs < 1000
    ? 'nearly done'
    : `${formatDuration(Math.round(etaMs / 1000) * 1000)} left`.replace('.0', '');
}

/** "239 of 412 MB": the unit once when both have the same. */
export function bytesOf(done: number, total: number): string {
  const all = formatBytes(total);
  const part = formatBytes(Math.min(done, total));
  const unit = all.split('\u00a0')[1] ?? '';
  return part.endsWith(unit) && part.split('\u00a0')[1] === unit
    ? `${part.slice(0, -unit.length - 1)} of ${all}`
    : `${part} of ${all}`;
}

export function uploadMessage(upload: UploadEntry): RowMessage {
  switch (upload.state) {
    case 'waiting':
      return { kind: 'idle', text: 'Waits for its turn' };
    case 'sending':
      return {
        kind: 'progress',
        what: `Sending ${bytesOf(upload.bytesDone, upload.sizeBytes)}`,
        facts: facts(upload.bytesPerSecond, upload.etaMs),
        percent: percentOf(upload.bytesDone, upload.sizeBytes),
      };
    case 'starting':
      return { kind: 'progress', what: 'Handing over', facts: [], percent: 100 };
    case 'failed':
      return uploadFailure(upload);
    default:
      throw new Error(`unknown upload state ${String(upload.state satisfies never)}`);
  }
}

function uploadFailure(upload: UploadEntry): RowMessage {
  const lost = !upload.error || upload.error.code === 'app.disconnected';
  if (lost || !upload.error)
    return {
      kind: 'failed',
      title: 'The file did not arrive',
      detail: 'The connection was lost, or the file was moved or changed meanwhile. Nothing was stored.',
    };
  const words = renderError(upload.error);
  return {
    kind: 'failed',
    title: `${words.title}. ${words.cause}`,
    detail: `${words.remedy} ${words.kept ?? 'Nothing was stored.'}`,
  };
}

/** Size, table and rows under the name. */
export function metaOf(job: JobView): string {
  const sheet = job.sheet === '' ? [] : [`sheet ${job.sheet}`];
  if (job.state === 'done' && !isDuplicate(job)) {
    const rejected = job.rowsRejected > 0 ? [`${formatNumber(job.rowsRejected)} rejected`] : [];
    const ledger =
      job.ledger === null ? [] : [job.ledger.balanced ? 'ledger balanced' : 'ledger does not balance'];
    return [plural(job.rowsAccepted, 'row'), ...rejected, ...ledger].join(', ');
  }
  if (isDuplicate(job)) return [formatBytes(job.sizeBytes), 'identical content'].join(', ');
  const rows = job.rowsRead > 0 ? [plural(job.rowsRead, 'row')] : [];
  return [formatBytes(job.sizeBytes), ...sheet, ...rows].join(', ');
}

/** Why a person is asked, most urgent first; one sentence. */
export function reviewLine(job: Pick<JobView, 'review' | 'rowsRejected'>): string {
  const [first, ...rest] = job.review.map((reason) => reasonWords(reason, job.rowsRejected));
  if (first === undefined) return 'Look at the findings before the rows count';
  return rest.length === 0 ? first : `${first}, and ${plural(rest.length, 'more question')}`;
}

export function reasonWords(reason: ReviewReason, rowsRejected: number): string {
  switch (reason.kind) {
    case 'rejects-over-limit':
      return `${plural(rowsRejected, 'row')} rejected (${percentWords(reason.percent)}), the limit is ${percentWords(reason.limitPercent)}`;
    case 'overlap':
      return overlapLine(reason.overlaps);
    case 'control-totals': {
      const off = reason.lines.filter((line) => !line.balanced);
      return off.length === 0 ? 'The control totals match' : 'The control totals do not match';
    }
    case 'similar-values':
      return similarLine(reason.values);
    case 'no-rows':
      return 'No row of the file can be accepted';
    default:
      throw new Error(`unknown reason ${JSON.stringify(reason satisfies never)}`);
  }
}

/** “Kismu” is new and looks like “Kisumu” */
function similarLine(values: readonly SimilarValue[]): string {
  const [first] = values;
  if (first === undefined) return 'New names look like known ones';
  return values.length === 1
    ? `“${first.value}” is new and looks like “${first.similarTo}”`
    : `${plural(values.length, 'new name')} look like known ones, “${first.value}” like “${first.similarTo}”`;
}

/** "1 Nov 08:41"; with the year when it is another one. */
export function shortStamp(iso: string, now: Date = new Date()): string {
  const text = formatTimestamp(iso);
  return text.replace(`\u00a0${now.getFullYear()} `, ' ');
}

function overlapLine(overlaps: readonly Overlap[]): string {
  const [first] = overlaps;
  if (!first) return 'Some branch-days are imported already';
  const others = overlaps.length > 1 ? ` and ${plural(overlaps.length - 1, 'other file')}` : '';
  return `${plural(first.branchDays, 'branch-day')} already covered by ${first.fileName}${others}`;
}

/** 0.44 → "0.44%"; as many places as are needed to tell small shares from 0. */
export function percentWords(percent: number): string {
  if (percent !== 0 && Math.abs(percent) < 0.005) return 'under 0.01%';
  return `${formatNumber(percent, percent >= 10 ? 1 : 2)}%`;
}
