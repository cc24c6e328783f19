import { useQueries, type UseQueryOptions } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { AppError } from '#shared/errors/app-error';

export const PAGE_SIZE = 200;

export interface Pages<Row> {
  readonly rowAt: (index: number) => Row | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly error: AppError | null;
}

/** Pages that cover the rows in sight and one more on each side, so that scrolling seldom waits. */
export function pagesInSight(first: number, last: number, total: number): readonly number[] {
  const lastPage = Math.max(0, Math.ceil(total / PAGE_SIZE) - 1);
  const from = Math.max(0, Math.floor(first / PAGE_SIZE) - 1);
  const to = Math.min(lastPage, Math.floor(last / PAGE_SIZE) + 1);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Fetches a long list page by page, only around what is in sight. Pages stay in the cache of queries. */
export function usePages<Answer, Row>(
  key: readonly unknown[],
  total: number,
  fetchPage: (offset: number, limit: number, signal: AbortSignal) => Promise<Answer>,
  rowsOf: (answer: Answer) => readonly Row[],
): Pages<Row> {
  const [range, setRange] = useState({ first: 0, last: 0 });
  const pages = total === 0 ? [] : pagesInSight(range.first, range.last, total);
  const results = useQueries({
    queries: pages.map((page): UseQueryOptions<Answer, AppError> => ({
      queryKey: [...key, 'page', page],
      queryFn: ({ signal }) => fetchPage(page * PAGE_SIZE, PAGE_SIZE, signal),
    })),
  });
  const onRange = useCallback((first: number, last: number) => {
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, []);
  return {
    onRange,
    rowAt(index) {
      const answer = results[pages.indexOf(Math.floor(index / PAGE_SIZE))]?.data;
      return answer === undefined ? undefined : rowsOf(answer)[index % PAGE_SIZE];
    },
    error: results.find((result) => result.error)?.error ?? null,
  };
}
