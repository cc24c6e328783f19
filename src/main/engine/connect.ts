import { createS3ObjectStore } from '../adapters/s3/index.ts';
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
export function connect(
  base: EngineBase,
  { connections, secrets }: ConnectionContext,
  _closers: Closers,
): Connected {
  const { folders, localObjects } = base;
  const objects = connections.s3
    ? createS3ObjectStore({
        connection: connections.s3,
        secrets,
        cache: localObjects,
        stateFolder: folders.uploads,
      })
    : localObjects;
  return { stores: base.stores, objects };
}
