import {
  keepPreviousData,
  useIsFetching,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CallName, Input, Output } from '#shared/contract/index';
import { AppError } from '#shared/errors/app-error';
import type { DataStatus, QueryInput, QueryResult } from '#shared/domain/query';
import type { Dimension } from '#shared/domain/sales-schema';
import { useEngine } from './engine-context.ts';
import { recordAnswer } from './last-answer.ts';

/** Everything below this key depends on the data version and is asked again when it changes. */
export const ANALYTICS_KEY = 'analytics';
const STATUS_KEY = [ANALYTICS_KEY, 'status'] as const;

/**
 * The answer to a typed query, kept on the screen while a newer one is fetched (`isPlaceholderData`). Refreshes by
 * itself when the data changes. A null query asks nothing yet.
 */
export function useQueryResult(query: QueryInput | null): UseQueryResult<QueryResult, AppError> {
  const engine = useEngine();
  return useQuery<QueryResult, AppError>({
    queryKey: [ANALYTICS_KEY, 'query', query],
    enabled: query !== null,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      if (query === null) throw new AppError('app.bug', 'bug', { message: 'a query without a question' });
      const result = await engine.call('analytics.query', query, { signal });
      recordAnswer(result.elapsedMs);
      return result;
    },
  });
}

/** What is known about the data behind every figure. Live: see {@link useLiveData}. */
export function useDataStatus(): UseQueryResult<DataStatus, AppError> {
  const engine = useEngine();
  return useQuery<DataStatus, AppError>({
    queryKey: STATUS_KEY,
    queryFn: ({ signal }) => engine.call('analytics.status', {}, { signal }),
  });
}

/** Mounted once: follows the data status and asks every open query again when the data version changes. */
export function useLiveData(): void {
  const engine = useEngine();
  const client = useQueryClient();
  useEffect(
    () =>
      engine.open(
        'analytics.watch',
        {},
        {
          onEvent(status) {
            const before = client.getQueryData<DataStatus>(STATUS_KEY);
            client.setQueryData(STATUS_KEY, status);
            if (before && before.dataVersion !== status.dataVersion)
              void client.invalidateQueries({
                queryKey: [ANALYTICS_KEY],
                predicate: (query) => query.queryKey[1] !== 'status',
              });
          },
        },
      ),
    [engine, client],
  );
}

/** Values of a dimension with their row counts, for filters. */
export function useValues(
  dimension: Dimension,
  search: string,
  enabled = true,
): UseQueryResult<Output<'analytics.values'>, AppError> {
  const engine = useEngine();
  return useQuery<Output<'analytics.values'>, AppError>({
    queryKey: [ANALYTICS_KEY, 'values', dimension, search],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => engine.call('analytics.values', { dimension, search, limit: 500 }, { signal }),
  });
}

/** Any query of the contract that does not depend on the data version. */
export function useCall<N extends CallName>(
  name: N,
  input: Input<N>,
  options: { enabled?: boolean } = {},
): UseQueryResult<Output<N>, AppError> {
  const engine = useEngine();
  return useQuery<Output<N>, AppError>({
    queryKey: ['call', name, input],
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => engine.call(name, input, { signal }),
  });
}

/** A command of the contract; `invalidates` names the calls that must be asked again after it. */
export function useCommand<N extends CallName>(name: N, invalidates: readonly CallName[] = []) {
  const engine = useEngine();
  const client = useQueryClient();
  return useMutation<Output<N>, AppError, Input<N>>({
    mutationFn: (input) => engine.call(name, input),
    onSettled: async () => {
      for (const other of invalidates) await client.invalidateQueries({ queryKey: ['call', other] });
    },
  });
}

/** True while any figure on the screen is being asked for. */
export function useRefreshing(): boolean {
  return useIsFetching({ queryKey: [ANALYTICS_KEY] }) > 0;
}
