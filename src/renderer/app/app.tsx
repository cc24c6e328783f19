import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { EngineContext } from '../data/engine-context.ts';
import type { Engine } from '../rpc-client.ts';
import { cssVariablesResolver, mantineTheme } from '../ui/mantine.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { router } from './router.tsx';
import { useResolvedTheme } from '../ui/theme.ts';

export function App({ engine, queryClient }: { engine: Engine; queryClient: QueryClient }) {
  const theme = useResolvedTheme();
  return (
    <EngineContext value={engine}>
      <QueryClientProvider client={queryClient}>
        <MantineProvider
          theme={mantineTheme}
          cssVariablesResolver={cssVariablesResolver}
          forceColorScheme={theme}
        >
          <ErrorBoundary>
            <RouterProvider router={router} />
          </ErrorBoundary>
        </MantineProvider>
      </QueryClientProvider>
    </EngineContext>
  );
}
