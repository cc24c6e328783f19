import type { JobView } from '#shared/domain/job';
import { connectionOf } from '#shared/errors/connection-failure';
import { errorDocument, errorText, EXIT, amountText, groupDigits, plain, table } from './output.ts';

/** What `import` answers per file. */
export function jobDocument(job: JobView) {
  return {
    jobId: job.jobId,
    importId: job.importId,
    fileName: job.fileName,
    sheet: job.sheet,
    state: job.state,
    duplicateOf: job.duplicateOf,
    review: job.review,
    error: job.error && errorDocument(job.error),
    waitingFor: job.waitingFor && { ...job.waitingFor, error: errorDocument(job.waitingFor.error) },
    rowsRead: job.rowsRead,
    rowsAccepted: job.rowsAccepted,
    rowsRejected: job.rowsRejected,
    rowsSkipped: job.rowsSkipped,
    findings: job.findings,
    totals: job.totals,
    chunks: job.chunks,
    ledger: job.ledger,
    steps: job.steps.map(({ step, state, elapsedMs, bytes, rows }) => ({
      step,
      state,
      elapsedMs,
      bytes,
      rows,
    })),
  };
}

const hasErrors = (job: JobView) =>
  job.rowsRejected > 0 || job.findings.some((finding) => finding.severity === 'error' && finding.count > 0);

const needsConnection = (job: JobView) =>
  job.waitingFor !== null || (job.error !== null && connectionOf(job.error) !== null);

/**
 * 0 or 1 for what is done; 3 for everything that did not come to its end, also when it waits for a person; 4 when only
 * a connection is in the way.
 */
export function exitCodeOfJobs(jobs: readonly JobView[]): number {
  const open = jobs.filter((job) => job.state !== 'done');
  if (open.length > 0) return open.every(needsConnection) ? EXIT.connection : EXIT.failed;
  return jobs.some((job) => job.duplicateOf === null && hasErrors(job)) ? EXIT.doneWithFindings : EXIT.done;
}

function reviewLines(job: JobView): string[] {
  return job.review.flatMap((reason) => {
    switch (reason.kind) {
      case 'rejects-over-limit':
        return [
          `  ${reason.percent.toFixed(2)} % of the rows were rejected; ${reason.limitPercent} % are acceptable.`,
          `  Accept the good rows with “mauzo jobs accept ${job.jobId}”, or fix the file.`,
        ];
      case 'overlap':
        return [
          ...reason.overlaps.map(
            (overlap) =>
              `  ${overlap.branchDays} branch-days (${overlap.from} to ${overlap.to}) are already covered by “${overlap.fileName}”; ` +
              `${overlap.equalRows} of ${overlap.rows} rows are the same.`,
          ),
          `  Decide with “mauzo jobs accept ${job.jobId} --on-duplicate skip|replace|keep”.`,
        ];
      case 'control-totals':
        return reason.lines
          .filter((line) => !line.balanced)
          .map((line) => `  ${line.check}: ${line.expected} expected, ${line.actual} found.`);
      case 'similar-values':
        return [
          ...reason.values.map(
            ({ field, value, similarTo, rows }) =>
              `  ${field} “${value}” (${rows} rows) is new and looks like “${similarTo}”.`,
          ),
          `  Another spelling: “mauzo jobs read-as ${job.jobId} FIELD FOUND MEANT”.`,
          `  If the names are right, accept them with “mauzo jobs accept ${job.jobId}”.`,
        ];
      case 'no-rows':
        return ['  No row can be taken.'];
    }
  });
}

function findingsTable(job: JobView): string {
  if (job.findings.length === 0) return '';
  const rows = job.findings.map((finding) => [
    finding.severity,
    finding.title,
    finding.column ?? '',
    groupDigits(String(finding.count)),
    finding.sample
      .slice(0, 3)
      .map((sample) => String(sample.row))
      .join(', '),
  ]);
  return table(['Severity', 'Finding', 'Column', 'Count', 'Rows'], rows, [
    'left',
    'left',
    'left',
    'right',
    'left',
  ]).replace(/^(?=.)/gm, '  ');
}

const STATE_WORDS: Readonly<Partial<Record<JobView['state'], string>>> = {
  'mapping-needed': 'waits: its columns must be mapped',
  'review-needed': 'waits for a decision',
};

/** How a job stands, in a few words. */
export const stateText = (job: JobView): string =>
  job.waitingFor
    ? `${job.state}, waits for ${job.waitingFor.connection}`
    : (STATE_WORDS[job.state] ?? job.state);

/** One job for people. */
export function jobText(job: JobView): string {
  const lines = [`${plain(job.fileName)}  ${stateText(job)}  (job ${job.jobId})`];
  if (job.duplicateOf !== null) {
    lines.push(
      `  Already imported as “${job.duplicateOf.fileName}” on ${job.duplicateOf.acceptedAt}: nothing new was counted.`,
    );
  }
  if (job.rowsRead > 0) {
    const count = (value: number) => groupDigits(String(value));
    lines.push(
      `  Rows: ${count(job.rowsRead)} read = ${count(job.rowsAccepted)} accepted + ${count(job.rowsRejected)} rejected + ${count(job.rowsSkipped)} skipped`,
    );
  }
  const revenue = job.totals?.grossRevenue;
  if (revenue !== null && revenue !== undefined) lines.push(`  Gross revenue: ${amountText(revenue)}`);
  const [first, last] = [job.chunks.at(0), job.chunks.at(-1)];
  if (first !== undefined) lines.push(`  Months: ${first === last ? first : `${first} to ${last}`}`);
  if (job.ledger !== null) {
    lines.push(
      `  Ledger: ${job.ledger.balanced ? 'balanced' : 'NOT balanced'} (${job.ledger.lines.length} checks)`,
    );
    for (const line of job.ledger.lines.filter((item) => !item.balanced)) {
      lines.push(`    ${line.check}: ${line.expected} expected, ${line.actual} found`);
    }
  }
  lines.push(...reviewLines(job));
  if (job.state === 'mapping-needed') {
    lines.push(`  Give the columns with --mapping FILE.json, or map them in the window of Mauzo.`);
  }
  const body = `${lines.map(plain).join('\n')}\n${findingsTable(job)}`;
  const error = job.error ?? job.waitingFor?.error;
  return error ? body + errorText(error).replace(/^(?=.)/gm, '  ') : body;
}
