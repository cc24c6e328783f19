import { headerKey } from './header-names.ts';
import { checkMapping, isNumeric, undecided } from './mapping-check.ts';
import { scoreColumn, type Score } from './mapping-scores.ts';
import type { ColumnSource, Mapping, MappingSuggestion } from './mapping.ts';
import { SALES_FIELDS, type SalesFieldId, usualBlank } from './sales-schema.ts';
import type { InspectedColumn, InspectedTable } from './tables.ts';

export { assertMapping, checkMapping } from './mapping-check.ts';

/**
 * From this confidence on a suggestion is put into the mapping by itself. Below it a person is asked (required fields)
 * or offered the choice (optional ones): a wrong guess is worse than a question.
 */
export const AUTO_APPLY_CONFIDENCE = 0.75;

/** Two columns that suit a field this nearly equally are not told apart by Mauzo. */
const TIE = 0.04;

export interface SuggestedMapping {
  /** One for each field of the sales schema, in its order. */
  readonly suggestions: readonly MappingSuggestion[];
  /** What can be applied without asking. */
  readonly mapping: Mapping;
  /** Fields that need a person before the import can go on. */
  readonly missing: readonly SalesFieldId[];
  /** A remembered mapping was given and every field of it was found again. */
  readonly remembered: boolean;
}

type Field = (typeof SALES_FIELDS)[number];
type ByColumn = Extract<ColumnSource, { kind: 'column' }>;

interface Candidate extends Score {
  readonly column: InspectedColumn;
}

/** The column as a source, with the style or order that its data proved. */
function columnSource(field: Field, column: InspectedColumn): ByColumn {
  const decided = !column.ambiguous;
  return {
    kind: 'column',
    column: column.index,
    header: column.name,
    blankAs: usualBlank(field.id),
    ...(isNumeric(field.type) && decided && column.numberStyle ? { numberStyle: column.numberStyle } : {}),
    ...(field.type === 'timestamp' && decided && column.dateOrder ? { dateOrder: column.dateOrder } : {}),
  };
}

function bestCandidates(table: InspectedTable): Map<SalesFieldId, Candidate> {
  const pairs = SALES_FIELDS.flatMap((field) =>
    table.columns.map((column) => ({ field, column, ...scoreColumn(field, column) })),
  ).filter((pair) => pair.confidence > 0);
  // Stable: equal scores keep the order of the schema, then of the file.
  pairs.sort((a, b) => b.confidence - a.confidence);
  const taken = new Set<number>();
  const best = new Map<SalesFieldId, Candidate>();
  for (const pair of pairs) {
    if (best.has(pair.field.id) || taken.has(pair.column.index)) continue;
    taken.add(pair.column.index);
    const rival = pairs.find(
      (other) =>
        other.field === pair.field &&
        other.column !== pair.column &&
        other.confidence >= AUTO_APPLY_CONFIDENCE &&
        pair.confidence - other.confidence < TIE &&
        !taken.has(other.column.index),
    );
    best.set(
      pair.field.id,
      rival
        ? {
            column: pair.column,
            confidence: Math.round(pair.confidence * 70) / 100,
            reason: `“${pair.column.name}” and “${rival.column.name}” could both be meant; please choose.`,
          }
        : pair,
    );
  }
  return best;
}

const bracketed = (header: string) => `[${header.replaceAll(']', ']]')}]`;

/** totalCost = revenue − profit, where a file has a profit column and no cost. Offered, not applied. */
function computedCost(
  table: InspectedTable,
  best: ReadonlyMap<SalesFieldId, Candidate>,
): MappingSuggestion | null {
  const revenue = best.get('grossRevenue')?.column;
  const profit = table.columns.find(
    (column) =>
      column.type === 'number' &&
      ['profit', 'grossprofit', 'netprofit', 'profitkes', 'grossprofitkes', 'gp'].includes(
        headerKey(column.name),
      ),
  );
  if (revenue === undefined || profit === undefined || revenue.type !== 'number') return null;
  if (revenue.ambiguous || profit.ambiguous) return null;
  return {
    field: 'totalCost',
    source: { kind: 'computed', expression: `${bracketed(revenue.name)} - ${bracketed(profit.name)}` },
    confidence: 0.7,
    reason: `The file has no cost, but “${profit.name}”: cost is “${revenue.name}” less “${profit.name}” if that profit is before other expenses.`,
  };
}

/** A file without a column of returns may mean that there were none; only a person knows. Offered, not applied. */
const noReturns = (field: SalesFieldId): MappingSuggestion => ({
  field,
  source: { kind: 'constant', value: '0' },
  confidence: 0.3,
  reason:
    field === 'returnsValue'
      ? 'No column of returns: without it there is no net sales. If nothing was returned, use 0.'
      : 'No column of returned units. If nothing was returned, use 0.',
});

function freshSuggestions(table: InspectedTable): MappingSuggestion[] {
  const best = bestCandidates(table);
  return SALES_FIELDS.map((field): MappingSuggestion => {
    const found = best.get(field.id);
    if (found === undefined) {
      const computed = field.id === 'totalCost' ? computedCost(table, best) : null;
      if (usualBlank(field.id) === 'zero') return noReturns(field.id);
      return computed ?? { field: field.id, source: null, confidence: 0, reason: 'No column looks like it.' };
    }
    const open = undecided(field.type, found.column, columnSource(field, found.column));
    return {
      field: field.id,
      source: columnSource(field, found.column),
      confidence: found.confidence,
      reason: open === null ? found.reason : `${found.reason} ${open}`,
    };
  });
}

const sameColumn = (source: ByColumn, table: InspectedTable): InspectedColumn | null => {
  const there = table.columns[source.column];
  if (there && headerKey(there.name) === headerKey(source.header)) return there;
  const named = table.columns.filter((column) => headerKey(column.name) === headerKey(source.header));
  return named.length === 1 ? (named[0] ?? null) : null;
};

/**
 * A remembered source for this file: columns are found again by header. What the file's own data prove wrong (another
 * number style or date order than remembered) is asked again.
 */
function recalled(field: Field, source: ColumnSource, table: InspectedTable): MappingSuggestion {
  const base = { field: field.id, source, confidence: 1, reason: 'As you mapped this kind of file before.' };
  if (source.kind !== 'column') return base;
  const column = sameColumn(source, table);
  if (column === null) {
    return {
      ...base,
      source: null,
      confidence: 0,
      reason: `The file has no column “${source.header}” any more.`,
    };
  }
  const moved = { ...source, column: column.index, header: column.name };
  const proved = columnSource(field, column);
  const changed =
    (proved.dateOrder !== undefined &&
      source.dateOrder !== undefined &&
      proved.dateOrder !== source.dateOrder) ||
    (proved.numberStyle !== undefined &&
      source.numberStyle !== undefined &&
      proved.numberStyle.decimal !== source.numberStyle.decimal &&
      column.samples.some((sample) => /[.,]/.test(sample)));
  if (!changed) return { ...base, source: moved };
  return {
    ...base,
    source: proved,
    confidence: 0.5,
    reason: `The values of “${column.name}” are written in another way than in earlier files; please check.`,
  };
}

/**
 * Suggests where each field of the sales schema comes from, by header names, value types and uniqueness; a remembered
 * mapping of files with the same header goes first. A column that can be read in two ways is never mapped in silence:
 * its field is in `missing`, and the suggestion says why.
 */
export function suggestMapping(table: InspectedTable, remembered: Mapping | null): SuggestedMapping {
  const fresh = freshSuggestions(table);
  const suggestions = SALES_FIELDS.map((field, index): MappingSuggestion => {
    const source = remembered?.fields[field.id];
    const own = fresh[index] ?? {
      field: field.id,
      source: null,
      confidence: 0,
      reason: 'No column looks like it.',
    };
    if (source !== undefined) return recalled(field, source, table);
    // A person left this field blank before: offered again, never applied.
    if (remembered && !field.required) {
      return { ...own, confidence: Math.min(own.confidence, AUTO_APPLY_CONFIDENCE - 0.01) };
    }
    return own;
  });
  const fields: Mapping['fields'] = {};
  const asked = new Set<SalesFieldId>();
  for (const suggestion of suggestions) {
    if (suggestion.source === null || suggestion.confidence < AUTO_APPLY_CONFIDENCE) continue;
    fields[suggestion.field] = suggestion.source;
  }
  const mapping: Mapping = {
    version: 1,
    fields,
    ...(remembered?.values ? { values: remembered.values } : {}),
  };
  for (const field of checkMapping(mapping, table).missing) {
    delete fields[field];
    asked.add(field);
  }
  // A remembered field that no longer fits is asked about even when it is optional: its figures would vanish unseen.
  for (const field of SALES_FIELDS) {
    if (remembered?.fields[field.id] !== undefined && fields[field.id] === undefined) asked.add(field.id);
  }
  return {
    suggestions,
    mapping,
    remembered: remembered !== null && SALES_FIELDS.every(({ id }) => !remembered.fields[id] || fields[id]),
    missing: SALES_FIELDS.map((field) => field.id).filter((id) => asked.has(id)),
  };
}
