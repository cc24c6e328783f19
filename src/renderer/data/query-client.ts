import { QueryClient } from '@tanstack/react-query';
import { AppError } from '#shared/errors/app-error';

const MOST_RETRIES = 5;

/** Figures are fresh until the data version says otherwise; only what may pass by itself is asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // The engine is on this computer: being offline changes nothing.
        networkMode: 'always',
        retry: (failures, error) => error instanceof AppError && error.retryable && failures < MOST_RETRIES,
        retryDelay: (failures) => Math.min(5_000, 400 * 2 ** failures),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
