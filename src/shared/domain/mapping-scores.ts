import { headerKey, headerKeyWithoutUnits, headerWords } from './header-names.ts';
import { isNumeric } from './mapping-check.ts';
import type { SalesField } from './sales-schema.ts';
import type { InspectedColumn } from './tables.ts';

export interface Score {
  readonly confidence: number;
  readonly reason: string;
}

const NO_MATCH: Score = { confidence: 0, reason: '' };

/** Names that could stand for a field but often do not: always asked. */
const WEAK_NAMES: Readonly<Record<string, readonly string[]>> = {
  Branch: ['region', 'city', 'town', 'territory', 'area', 'county', 'state', 'zone'],
  CardName: ['customer id', 'customer code', 'bp code', 'card code', 'account no'],
  ItemName: ['sku', 'item code', 'product id', 'product code', 'item no', 'model'],
  SalesPerson: ['user', 'created by', 'owner', 'agent', 'manager'],
  ProductLine: ['brand', 'type', 'class'],
  grossRevenue: ['total', 'value', 'price', 'gross amount'],
  __time: ['ship date', 'delivery date', 'due date', 'created', 'month'],
};

/** Words that turn a measure into another one: "Sales per unit" is not "Sales". */
const OTHER_MEASURE =
  /\b(per|unit|price|rate|percent|pct|tax|vat|discount|target|budget|id|no|code|number|rep|person|man|employee|channel|order|type|tier|share|growth|ytd|mtd|average|avg)\b/;

function nameScore(field: SalesField, header: string): Score {
  const key = headerKey(header);
  const plain = headerKeyWithoutUnits(header);
  if (key === '') return NO_MATCH;
  const own = new Set([field.id, field.label].map(headerKey));
  if (own.has(key)) return { confidence: 1, reason: `“${header}” is the name of this field.` };
  if (own.has(plain))
    return { confidence: 0.98, reason: `“${header}” is the name of this field with a unit.` };
  const synonyms = new Set(field.synonyms.map(headerKey));
  if (synonyms.has(key)) return { confidence: 0.95, reason: `“${header}” is a usual name of this field.` };
  if (plain !== '' && synonyms.has(plain)) {
    return { confidence: 0.93, reason: `“${header}” is a usual name of this field with a unit.` };
  }
  if (WEAK_NAMES[field.id]?.some((name) => headerKey(name) === plain)) {
    return { confidence: 0.45, reason: `“${header}” could be meant; please say so.` };
  }
  const words = headerWords(header);
  const named = [field.label, ...field.synonyms].find((name) => {
    const wanted = headerWords(name);
    return wanted.length > 0 && wanted.every((word) => words.includes(word));
  });
  if (named === undefined) return NO_MATCH;
  const other = field.type !== 'timestamp' && OTHER_MEASURE.test(words.join(' '));
  return { confidence: other ? 0.3 : 0.6, reason: `“${header}” contains “${named}”; please check.` };
}

function typeFactor(field: SalesField, column: InspectedColumn): { factor: number; reason: string } {
  if (column.type === 'empty') {
    return field.required
      ? { factor: 0.1, reason: 'The column is empty.' }
      : { factor: 0.85, reason: 'The column is blank where Mauzo looked; values further down are read.' };
  }
  if (field.type === 'timestamp') {
    if (column.type === 'date') {
      return column.fit >= 0.9
        ? { factor: 1, reason: '' }
        : { factor: 0.8, reason: 'Some values are no dates.' };
    }
    if (column.dateOrder !== null)
      return { factor: 0.7, reason: 'The values could be dates stored as numbers.' };
    return { factor: 0.3, reason: 'The values do not look like dates.' };
  }
  if (isNumeric(field.type)) {
    if (column.type === 'number') {
      return column.fit >= 0.9
        ? { factor: 1, reason: '' }
        : { factor: 0.85, reason: 'Some values are no numbers.' };
    }
    return { factor: 0.2, reason: 'The values are not numbers.' };
  }
  if (column.type === 'date') return { factor: 0.3, reason: 'The values are dates.' };
  if (column.type === 'number') return { factor: 0.85, reason: 'The values are numbers.' };
  return { factor: 1, reason: '' };
}

/** How well a column suits a field, by name and by values, 0 to 1. */
export function scoreColumn(field: SalesField, column: InspectedColumn): Score {
  if (column.invented) return NO_MATCH;
  const name = nameScore(field, column.name);
  if (name.confidence === 0) return NO_MATCH;
  const type = typeFactor(field, column);
  return {
    confidence: Math.round(name.confidence * type.factor * 100) / 100,
    reason: type.reason === '' ? name.reason : `${name.reason} ${type.reason}`,
  };
}
