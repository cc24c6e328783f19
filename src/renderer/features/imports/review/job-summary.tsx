import type { JobView } from '#shared/domain/job';
import { LEDGER_COLUMNS, SALES_FIELDS } from '#shared/domain/sales-schema';
import { formatMonth, formatNumber, plural } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatDecimal } from '../model/decimal-text.ts';
import styles from './job-summary.module.css';

const LABELS = new Map(SALES_FIELDS.map((field) => [field.id as string, field.label]));
const MONEY: ReadonlySet<string> = new Set(['grossRevenue', 'returnsValue', 'totalCost']);

/** What the file holds in one line, and behind it rows by outcome, months and sums. */
export function JobSummary({ job, open }: { job: JobView; open: boolean }) {
  if (job.rowsRead === 0) return null;
  const revenue = job.totals?.grossRevenue ?? null;
  const facts: readonly (readonly [string, string])[] = [
    ['Rows read', formatNumber(job.rowsRead)],
    ['Good', formatNumber(job.rowsAccepted)],
    ['Rejected', formatNumber(job.rowsRejected)],
    ['Title, blank and total lines', formatNumber(job.rowsSkipped)],
    ...LEDGER_COLUMNS.flatMap((column): (readonly [string, string])[] => {
      const value = job.totals?.[column] ?? null;
      if (value === null) return [];
      const money = MONEY.has(column);
      const label = `${LABELS.get(column) ?? column}${money ? ', KES' : ''}`;
      return [[label, formatDecimal(value, { places: money ? 2 : 0 })]];
    }),
  ];
  return (
    <details className={styles.summary} open={open}>
      <summary>
        <Icon name="chevron-right" size={14} />
        <b className="medium">{plural(job.rowsAccepted, 'good row')}</b>
        <span>{monthsOf(job.chunks)}</span>
        {revenue !== null && <span>KES {formatDecimal(revenue, { places: 2 })}</span>}
      </summary>
      <dl className={styles.facts}>
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** "Oct 2026", "Jan 2024 – Oct 2026 (34 months)"; gaps are said by the number. */
export function monthsOf(chunks: readonly string[]): string {
  const sorted = [...chunks].sort();
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return '–';
  if (first === last) return formatMonth(first);
  return `${formatMonth(first)} – ${formatMonth(last)} (${sorted.length} months)`;
}
