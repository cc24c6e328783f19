import type { Comparison, QueryResult, ResultColumn } from '#shared/domain/query';
import { METRICS } from '#shared/domain/metrics/catalogue';
import { groupDigits, table, type Align } from './output.ts';

type Value = string | number | null;

const COMPARED_WITH: Readonly<Record<Comparison, string>> = {
  'previous-period': 'previous period',
  'same-period-last-year': 'last year',
};

/** A number as its metric is written; what is unknown stays blank. */
function cellText(value: Value, column: ResultColumn): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (column.part === 'changePercent') return `${groupDigits(value.toFixed(1))} %`;
  const metric = METRICS.find((candidate) => candidate.id === column.metric);
  const decimals = metric?.decimals ?? 2;
  if (metric?.unit !== 'ratio') return groupDigits(value.toFixed(decimals));
  return `${groupDigits((value * 100).toFixed(decimals))} ${column.part === 'change' ? 'points' : '%'}`;
}

const isText = (column: ResultColumn) => column.kind === 'dimension' || column.kind === 'time';

/** One row without a grouping is read downwards: a line per metric, its comparisons beside it. */
function summary(result: QueryResult, row: readonly Value[]): string {
  const text = (metric: string, comparison: Comparison | null, part: ResultColumn['part']) => {
    const index = result.columns.findIndex(
      (column) => column.metric === metric && column.comparison === comparison && column.part === part,
    );
    const column = result.columns[index];
    return column ? cellText(row[index] ?? null, column) : '';
  };
  const metrics = result.columns.flatMap((column) =>
    column.kind === 'metric' && column.metric !== null ? [column.metric] : [],
  );
  const comparisons = result.comparisonPeriods.map(({ comparison }) => comparison);
  const header = ['Figure', 'Value', ...comparisons.flatMap((one) => [COMPARED_WITH[one], 'change'])];
  const lines = metrics.map((metric) => [
    metric,
    text(metric, null, null),
    ...comparisons.flatMap((one) => [text(metric, one, 'previous'), text(metric, one, 'changePercent')]),
  ]);
  return table(header, lines, ['left', ...header.slice(1).map((): Align => 'right')]);
}

/** Several rows: of each comparison only the change in percent; `--json` has the rest. */
function grid(result: QueryResult): string {
  const shown = result.columns.flatMap((column, index) =>
    column.kind !== 'comparison' || column.part === 'changePercent' ? [{ column, index }] : [],
  );
  const header = shown.map(({ column }) =>
    column.comparison === null ? column.name : `${column.metric} vs ${COMPARED_WITH[column.comparison]}`,
  );
  const texts = (row: readonly Value[]) =>
    shown.map(({ column, index }) => cellText(row[index] ?? null, column));
  const rows = result.rows.map(texts);
  if (result.totals) {
    const [first = '', ...rest] = texts(result.totals);
    rows.push([first === '' ? 'Total' : first, ...rest]);
  }
  return table(
    header,
    rows,
    shown.map(({ column }): Align => (isText(column) ? 'left' : 'right')),
  );
}

/** Against days of which the data hold only a part nothing is compared. */
function withoutPartial(result: QueryResult): QueryResult {
  const partial = new Set(
    result.comparisonPeriods.filter((entry) => entry.startsBeforeData).map((entry) => entry.comparison),
  );
  if (partial.size === 0) return result;
  const blank = (row: readonly Value[]) =>
    row.map((value, index) => {
      const comparison = result.columns[index]?.comparison ?? null;
      return comparison !== null && partial.has(comparison) ? null : value;
    });
  return { ...result, rows: result.rows.map(blank), totals: result.totals && blank(result.totals) };
}

/** An answer for people: the figures, then what they were computed over. */
export function resultText(answer: QueryResult): string {
  const result = withoutPartial(answer);
  const [row] = result.rows;
  const single = row !== undefined && result.rows.length === 1 && !result.columns.some(isText);
  const notes = [
    result.period ? `${result.period.from} to ${result.period.to}` : 'no data',
    ...result.comparisonPeriods.map(
      ({ comparison, period, startsBeforeData }) =>
        `${COMPARED_WITH[comparison]}: ${period.from} to ${period.to}${startsBeforeData ? ' (begins before the data: change left blank)' : ''}`,
    ),
    `${result.rows.length} of ${result.rowCount} rows${result.truncated ? ' (cut off by the limit)' : ''}`,
    `data version ${result.dataVersion}`,
    `${result.elapsedMs.toFixed(0)} ms`,
  ];
  const coverage = Object.entries(result.coverage).map(
    ([metric, share]) => `${metric} covers ${(share * 100).toFixed(1)} % of revenue\n`,
  );
  return `${single ? summary(result, row) : grid(result)}\n${notes.join(' · ')}\n${coverage.join('')}`;
}
