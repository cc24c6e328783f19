import { METRICS } from './catalogue.ts';
import { resolveMetric } from './resolve.ts';

/** docs/metrics.md, made from the catalogue so that it cannot say anything else than what is computed. */
export function metricsDocument(): string {
  const rows = METRICS.map((metric) => {
    const inputs = resolveMetric(metric.id).inputs.map((column) => `\`${column}\``);
    return [
      `\`${metric.id}\``,
      metric.label,
      metric.formula,
      metric.unit,
      metric.additive ? 'yes' : 'no',
      { up: 'more is better', down: 'less is better', neutral: 'neither' }[metric.goodDirection],
      inputs.join(', ') || '—',
      metric.description,
    ];
  });
  const header = ['Id', 'Name', 'Formula', 'Unit', 'Additive', 'Direction', 'Needs', 'What it says'];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `# Metrics

Made from \`src/shared/domain/metrics/catalogue.ts\` by \`node scripts/metrics-doc.mts\`; do not edit.

${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}

## How they are computed

- A metric is computed over the rows that have **all** the columns it needs. Where some revenue lacks one of them, the
  answer tells the metric's coverage: the share of revenue (by amounts without sign) over which it was computed. A
  missing cost is never a cost of 0. Where the rows have no revenue at all, coverage is the share of rows.
- A figure over no such rows is blank, not 0; a count of rows is 0. A division by 0 is blank.
- Sums are exact decimals of four places; the one rounding is that of the result to the nearest double.
- Distinct counts are exact; blanks are not a value.
- Totals are recomputed over all rows. Only additive metrics may be summed over groups.
- Comparisons work on every metric: \`previous\`; \`change\` = current − previous; \`changePercent\` = 100 × change ÷
  |previous|, blank when the previous value is 0 or blank. The current period is cut at the newest day with data, and
  the compared period as early.
`;
}
