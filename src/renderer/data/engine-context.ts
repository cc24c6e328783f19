import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ConnectionState, Engine } from '../rpc-client.ts';

export const EngineContext = createContext<Engine | null>(null);

/** The engine of this window: `call` and `open` over the contract. */
export function useEngine(): Engine {
  const engine = useContext(EngineContext);
  if (!engine) throw new Error('useEngine outside of the app');
  return engine;
}

export function useConnectionState(): ConnectionState {
  const engine = useEngine();
  return useSyncExternalStore(engine.subscribe, engine.state);
}
