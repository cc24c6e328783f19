import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stores } from '../../services/imports/store-ports.ts';
import type { RegistryArchive } from '../../services/moving/ports.ts';
import {
  createConnectionsKeeper,
  createJobStore,
  createMappingMemory,
  createPublicationStore,
  createRegistryArchive,
  createRuleCopy,
  createSettingsStore,
  createSharedStores,
  migrate,
  refuseNewerSchema,
  thisInstallation,
} from '../stores/index.ts';
import { makeDurable, openDatabase } from './node-sqlite-dialect.ts';
import { sqliteStoreDatabase } from './sqlite-store-database.ts';
import { nameStoreFailure } from './sqlite-errors.ts';

export interface EmbeddedStores extends Stores {
  /** What counts here, as a whole: what a move copies. */
  readonly archive: RegistryArchive;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw nameStoreFailure(error, path);
  }
}

/**
 * Opens (and creates or migrates) the SQLite store at `path`: what belongs to a data folder, and what would be shared.
 * Fails with `store.newer_schema` when a newer Mauzo wrote it (nothing is changed then), `store.corrupt`,
 * `store.not_writable`, `store.disk_full` or `store.busy`.
 */
export async function openEmbeddedStores({ path }: { path: string }): Promise<EmbeddedStores> {
  makeFolder(path);
  const connection = openDatabase(path);
  const database = sqliteStoreDatabase(connection, path);
  try {
    await refuseNewerSchema(database);
    makeDurable(connection, path);
    await migrate(database);
  } catch (error) {
    connection.close();
    throw nameStoreFailure(error, path);
  }
  return {
    ...createSharedStores(database, thisInstallation()),
    jobs: createJobStore(database),
    publication: createPublicationStore(database),
    connections: createConnectionsKeeper(database),
    ownSettings: createSettingsStore(database),
    ownMappings: createMappingMemory(database),
    ownRules: createRuleCopy(database),
    archive: createRegistryArchive(database),
    close: () => database.db.destroy(),
  };
}
