import type { LedgerLine, ReviewReason } from '#shared/domain/job';
import { showAmount } from '../publishing/index.ts';
import type { ValidationReport } from './ports.ts';
import type { JobRecord } from './store-ports.ts';

/** What the file itself gives a person to decide on, overlaps aside: too many rejects, control totals that differ. */
export function reviewReport(
  report: ValidationReport,
  options: JobRecord['options'],
  defaultLimitPercent: number,
): ReviewReason[] {
  const reasons: ReviewReason[] = [];
  const limitPercent = options.maxRejectsPercent ?? defaultLimitPercent;
  const records = report.rowsAccepted + report.rowsRejected;
  const percent = records === 0 ? 0 : (report.rowsRejected / records) * 100;
  if (percent > limitPercent) reasons.push({ kind: 'rejects-over-limit', percent, limitPercent });

  const lines: LedgerLine[] = [];
  if (options.controlRows !== undefined)
    lines.push(line('Rows accepted', String(options.controlRows), String(report.rowsAccepted)));
  if (options.controlRevenue !== undefined)
    lines.push(
      line(
        'Gross revenue accepted',
        showAmount(options.controlRevenue),
        showAmount(report.totals.grossRevenue),
      ),
    );
  if (lines.some((item) => !item.balanced)) reasons.push({ kind: 'control-totals', lines });
  if (report.similarValues.length > 0)
    reasons.push({ kind: 'similar-values', values: [...report.similarValues] });
  return reasons;
}

const line = (check: string, expected: string, actual: string): LedgerLine => ({
  check,
  expected,
  actual,
  balanced: expected === actual,
});
