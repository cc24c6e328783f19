/** What a cell looks like, for telling headers from data and for judging repairs; never for reading values. */
export type LooseKind = 'blank' | 'number' | 'date' | 'text';

const NUMBER =
  /^[-+(\u2212]?\s?(?:(?:kes|kshs?|shs?|usd|eur|gbp|tzs|ugx)\.?\s?|[$€£]\s?)?[-+(]?\d[\d.,'\u2019 \u00a0\u202f]*(?:[eE][-+]?\d+)?\s?(?:%|\/[=-]|[A-Z]{3}|€)?[-)]?$/i;
const DATE =
  /^(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}|\d{1,2}[-/ .]?\p{L}{3,9}[-/ .,]{0,2}\d{2,4}|\p{L}{3,9} \d{1,2},? \d{4})(?:[T ,].{0,24})?$/u;

export function looseKind(cell: string): LooseKind {
  const text = cell.length > 64 ? 'x' : cell.trim();
  if (text === '' || text === '-') return 'blank';
  if (/\d/.test(text)) {
    if (DATE.test(text)) return 'date';
    if (NUMBER.test(text)) return 'number';
  }
  return 'text';
}

/** What a column holds in the sample: one kind nearly throughout, or anything. */
export type ColumnKind = 'number' | 'date' | 'text' | 'any';

/** Kinds of the columns of sampled data rows; a column with fewer than `least` values can hold anything. */
export function columnKinds(rows: readonly (readonly string[])[], columns: number, least = 3): ColumnKind[] {
  return Array.from({ length: columns }, (_, column) => {
    const seen = { blank: 0, number: 0, date: 0, text: 0 };
    for (const row of rows) seen[looseKind(row[column] ?? '')] += 1;
    const filled = seen.number + seen.date + seen.text;
    if (filled < least) return 'any';
    for (const kind of ['number', 'date', 'text'] as const) {
      if (seen[kind] >= filled * 0.95) return kind;
    }
    return 'any';
  });
}

/** Whether a cell of a kind may stand in a column; blank cells may stand anywhere. */
export function fitsKind(found: LooseKind, kind: ColumnKind): boolean {
  return kind === 'any' || found === 'blank' || found === kind;
}
