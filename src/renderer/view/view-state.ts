import {
  clipPeriod,
  isPossiblePeriod,
  monthEnd,
  PERIOD_PRESETS,
  resolvePreset,
  type PeriodPreset,
} from '#shared/domain/periods';
import {
  comparisonSchema,
  periodSchema,
  type Comparison,
  type Filter,
  type Period,
} from '#shared/domain/query';
import { DIMENSIONS, type Dimension } from '#shared/domain/sales-schema';
import type { AddressParams } from './address.ts';

/** Values that a dimension is held to; null stands for rows without a value. */
export type FilterValues = readonly (string | null)[];

/** What every page shows: which days, compared with what, of which rows. It lives in the address. */
export interface ViewState {
  /** A preset moves on with the data; a range stays. */
  readonly period: PeriodPreset | Period;
  readonly compare: readonly Comparison[];
  readonly filters: Readonly<Partial<Record<Dimension, FilterValues>>>;
}

export const DEFAULT_VIEW: ViewState = {
  period: 'year-to-date',
  compare: ['previous-period', 'same-period-last-year'],
  filters: {},
};

/** Rows without a value, in an address: a name that no data has. */
const BLANK_PARAM = '(blank)';
const NO_COMPARISON = 'none';

/** Reads the view of an address. What it cannot read is listed by parameter and the default is used. */
export function decodeView(params: AddressParams): { view: ViewState; unreadable: readonly string[] } {
  const unreadable: string[] = [];
  const period = decodePeriod(single(params['period']));
  if (period === null) unreadable.push('period');
  const compare = decodeCompare(single(params['compare']));
  if (compare === null) unreadable.push('compare');
  const filters: Partial<Record<Dimension, FilterValues>> = {};
  for (const dimension of DIMENSIONS) {
    const value = Object.hasOwn(params, dimension) ? params[dimension] : undefined;
    if (value === undefined) continue;
    const values = [...new Set(Array.isArray(value) ? value : [value])];
    filters[dimension] = values.map((text) => (text === BLANK_PARAM ? null : text));
  }
  return {
    view: {
      period: period ?? DEFAULT_VIEW.period,
      compare: compare ?? DEFAULT_VIEW.compare,
      filters,
    },
    unreadable,
  };
}

/** Puts a view into the parameters of an address; parameters of others stay, defaults are left out. */
export function encodeView(view: ViewState, params: AddressParams = {}): AddressParams {
  const next: AddressParams = {};
  if (view.period !== DEFAULT_VIEW.period)
    next['period'] = typeof view.period === 'string' ? view.period : `${view.period.from}..${view.period.to}`;
  if (view.compare.join() !== DEFAULT_VIEW.compare.join())
    next['compare'] = view.compare.length === 0 ? NO_COMPARISON : view.compare.join(',');
  for (const dimension of DIMENSIONS) {
    const values = view.filters[dimension];
    if (values && values.length > 0) next[dimension] = values.map((value) => value ?? BLANK_PARAM);
  }
  const own = new Set<string>(['period', 'compare', ...DIMENSIONS]);
  for (const [name, value] of Object.entries(params)) if (!own.has(name)) next[name] = value;
  return next;
}

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value.at(-1) : value);

function decodePeriod(text: string | undefined): ViewState['period'] | null {
  if (text === undefined) return DEFAULT_VIEW.period;
  const preset = PERIOD_PRESETS.find((entry) => entry.id === text);
  if (preset) return preset.id;
  const [from, to, rest] = text.split('..');
  const parsed = periodSchema.safeParse({ from, to });
  return parsed.success && rest === undefined && isPossiblePeriod(parsed.data) ? parsed.data : null;
}

function decodeCompare(text: string | undefined): readonly Comparison[] | null {
  if (text === undefined) return DEFAULT_VIEW.compare;
  if (text === NO_COMPARISON) return [];
  const parsed = comparisonSchema.array().safeParse([...new Set(text.split(','))]);
  return parsed.success ? comparisonSchema.options.filter((entry) => parsed.data.includes(entry)) : null;
}

/**
 * The days of a view, told from the newest day with data; null means all data. "Year to date" ends with the newest
 * month, so that the previous period is as many months as have passed.
 */
export function resolvePeriod(period: ViewState['period'], newestDay: string | null): Period | null {
  if (typeof period !== 'string') return period;
  const resolved = resolvePreset(period, newestDay);
  return resolved && newestDay && period === 'year-to-date'
    ? clipPeriod(resolved, monthEnd(newestDay))
    : resolved;
}

/** The filters of a view as a query takes them; `without` leaves one dimension open (its own chip's list). */
export function queryFilters(filters: ViewState['filters'], without?: Dimension): Filter[] {
  const list: Filter[] = [];
  for (const dimension of DIMENSIONS) {
    const values = filters[dimension];
    if (values && values.length > 0 && dimension !== without)
      list.push({ dimension, op: 'in', values: [...values] });
  }
  return list;
}

/** Holds a dimension to these values; an empty list takes the filter away. */
export function withFilter(view: ViewState, dimension: Dimension, values: FilterValues): ViewState {
  return { ...view, filters: { ...view.filters, [dimension]: values } };
}
