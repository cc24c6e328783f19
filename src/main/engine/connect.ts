import type { ConnectionContext } from '../services/connections/ports.ts';
import type { ObjectStore } from '../services/imports/ports.ts';
import type { Stores } from '../services/imports/store-ports.ts';
import type { Closers } from './closers.ts';
import type { EngineBase } from './open-base.ts';

/** Where things are kept while one set of connections holds. */
export interface Connected {
  readonly stores: Stores;
  readonly objects: ObjectStore;
}

/** Chooses the stores: those of this computer, or the servers that are configured. Nothing is asked of a server yet. */
export function connect(base: EngineBase, _context: ConnectionContext, _closers: Closers): Connected {
  return { stores: base.stores, objects: base.localObjects };
}
