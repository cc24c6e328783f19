import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Filter, Period } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { useDataStatus } from '../data/queries.ts';
import type { AddressParams } from './address.ts';
import {
  decodeView,
  encodeView,
  queryFilters,
  resolvePeriod,
  withFilter,
  type FilterValues,
  type ViewState,
} from './view-state.ts';

export interface View {
  readonly state: ViewState;
  /** Parameters of the address that could not be read. */
  readonly unreadable: readonly string[];
  /** The days to ask for; null is all data. Meaningless before `ready`. */
  readonly period: Period | null;
  readonly filters: Filter[];
  /** The newest day is known, so that presets have days. */
  readonly ready: boolean;
  /** Each change is one step of the browser's history. */
  set(next: ViewState): void;
  setFilter(dimension: Dimension, values: FilterValues): void;
}

/** The one period, comparison and filters of all pages, kept in the address. */
export function useView(): View {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const status = useDataStatus();
  const newestDay = status.data?.to ?? null;
  const params: AddressParams = search;
  const { view: state, unreadable } = useMemo(() => decodeView(params), [params]);
  const period = useMemo(() => resolvePeriod(state.period, newestDay), [state.period, newestDay]);
  const filters = useMemo(() => queryFilters(state.filters), [state.filters]);
  const set = useCallback(
    (next: ViewState) => void navigate({ to: '.', search: encodeView(next, params) }),
    [navigate, params],
  );
  return {
    state,
    unreadable,
    period,
    filters,
    ready: status.data !== undefined,
    set,
    setFilter: (dimension, values) => set(withFilter(state, dimension, values)),
  };
}
