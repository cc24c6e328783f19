import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { toAppError } from '#shared/errors/app-error';
import { parseAddress, printAddress } from '../view/address.ts';
import { CrashedPage } from './error-boundary.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/dashboard', search, replace: true });
  },
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboard',
  component: lazyRouteComponent(() => import('./dashboard-route.tsx'), 'DashboardRoute'),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: '/import',
  component: lazyRouteComponent(() => import('../features/imports/import-page.tsx'), 'ImportPage'),
});

const rules = createRoute({
  getParentRoute: () => root,
  path: '/rules',
  component: lazyRouteComponent(() => import('../features/rules/rules-page.tsx'), 'RulesPage'),
});

const connections = createRoute({
  getParentRoute: () => root,
  path: '/connections/{-$section}',
  component: lazyRouteComponent(
    () => import('../features/connections/connections-page.tsx'),
    'ConnectionsPage',
  ),
});

/**
 * The page is after the hash, so that one file serves every address: from disk in Electron, from the loopback host in
 * a browser. Parameters are those of `view/address.ts`.
 */
export const router = createRouter({
  routeTree: root.addChildren([home, dashboard, imports, rules, connections]),
  history: createHashHistory(),
  parseSearch: parseAddress,
  stringifySearch: printAddress,
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <CrashedPage error={toAppError(error)} onRetry={reset} />,
  defaultNotFoundComponent: () => (
    <CrashedPage
      error={toAppError(new Error('there is no such page'))}
      onRetry={() => void router.navigate({ to: '/dashboard' })}
    />
  ),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
