import type { JobView } from '#shared/domain/job';
import { plain, type Output } from './output.ts';

const BAR_CELLS = 20;
const MIN_INTERVAL_MS = 80;

/** The line of progress: on a terminal only, redrawn in place. */
export interface ProgressBar {
  show(job: JobView): void;
  clear(): void;
}

export function progressLine(job: JobView, columns: number): string {
  const { progress } = job;
  const name = plain(job.fileName).slice(0, 30);
  if (progress === null) return `${name}  ${job.state}`.slice(0, columns - 1);
  const share = progress.bytesTotal > 0 ? Math.min(1, progress.bytesDone / progress.bytesTotal) : 0;
  const filled = Math.round(share * BAR_CELLS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
  const rate = progress.bytesPerSecond > 0 ? `${(progress.bytesPerSecond / 1e6).toFixed(1)} MB/s` : '';
  const eta = progress.etaMs === null ? '' : `${Math.ceil(progress.etaMs / 1000)} s left`;
  const percent = `${Math.round(share * 100)} %`.padStart(5);
  return [`${name}  ${progress.step.padEnd(9)} ${bar} ${percent}`, rate, eta]
    .filter((part) => part !== '')
    .join('  ')
    .slice(0, columns - 1);
}

export function createProgressBar(output: Output): ProgressBar {
  let shownAt = 0;
  let shown = false;
  return {
    show(job) {
      const now = performance.now();
      if (!output.isTerminal || now - shownAt < MIN_INTERVAL_MS) return;
      shownAt = now;
      shown = true;
      output.err(`\r\u001b[2K${progressLine(job, output.columns)}`);
    },
    clear() {
      if (shown) output.err('\r\u001b[2K');
      shown = false;
    },
  };
}
