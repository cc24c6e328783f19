import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import type { Stores } from '../../services/imports/store-ports.ts';
import { createImportRegistry } from './import-registry.ts';
import { createJobStore } from './job-store.ts';
import { migrate, refuseNewerSchema } from './migrate.ts';
import { makeDurable, nodeSqliteDialect, openDatabase } from './node-sqlite-dialect.ts';
import { createMappingMemory, createSettingsStore } from './preference-stores.ts';
import { createPublicationStore } from './publication-store.ts';
import type { StoreSchema } from './schema.ts';
import { nameStoreFailure } from './sqlite-errors.ts';

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw nameStoreFailure(error, path);
  }
}

/**
 * Opens (and creates or migrates) the SQLite store at `path`. Fails with `store.newer_schema` when a newer Mauzo wrote
 * it (nothing is changed then), `store.corrupt`, `store.not_writable`, `store.disk_full` or `store.busy`.
 */
export async function openEmbeddedStores({ path }: { path: string }): Promise<Stores> {
  makeFolder(path);
  const database = openDatabase(path);
  const db = new Kysely<StoreSchema>({ dialect: nodeSqliteDialect(database, path) });
  try {
    await refuseNewerSchema(db);
    makeDurable(database, path);
    await migrate(db);
  } catch (error) {
    database.close();
    throw nameStoreFailure(error, path);
  }
  return {
    jobs: createJobStore(db),
    registry: createImportRegistry(db),
    publication: createPublicationStore(db),
    mappings: createMappingMemory(db),
    settings: createSettingsStore(db),
    close: () => db.destroy(),
  };
}
