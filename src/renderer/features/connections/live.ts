import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { ConnectionsView } from '#shared/contract/connections';
import { useConnectionState, useEngine } from '../../data/engine-context.ts';
import { useCall } from '../../data/queries.ts';
import { applyServices, NO_SERVICES, type LiveServices } from './model/services.ts';

const LIVE_KEY = ['connections', 'live'] as const;
const VIEW_KEY = ['call', 'connections.get', {}] as const;

/** Mounted once: follows the state of every service. */
export function useLiveConnections(): void {
  const engine = useEngine();
  const client = useQueryClient();
  useEffect(
    () =>
      engine.open(
        'connections.watch',
        {},
        {
          onEvent({ services }, number) {
            client.setQueryData<LiveServices>(LIVE_KEY, (before) =>
              applyServices(before ?? NO_SERVICES, services),
            );
            // Another engine answers: secrets that lasted until the last one ended are gone.
            if (number === 1) void client.invalidateQueries({ queryKey: VIEW_KEY });
          },
        },
      ),
    [engine, client],
  );
}

/** What is known of the services now: nothing while the engine does not answer. */
export function useServices(): LiveServices {
  const ready = useConnectionState() === 'ready';
  const live = useQuery<LiveServices>({ queryKey: LIVE_KEY, queryFn: skipToken }).data;
  return ready && live ? live : NO_SERVICES;
}

/** What is set, and where each secret comes from. */
export const useConnections = () => useCall('connections.get', {});

/** Shows what a save answered. */
export function useTakeSaved(): (view: ConnectionsView) => void {
  const client = useQueryClient();
  return useCallback((view) => client.setQueryData<ConnectionsView>(VIEW_KEY, view), [client]);
}
