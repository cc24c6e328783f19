import type { SharedStores } from '../../services/imports/store-ports.ts';
import { createClusterPublication } from './cluster-publication.ts';
import { createImportRegistry } from './import-registry.ts';
import { createLeases } from './leases.ts';
import { createMappingMemory, createSettingsStore } from './preference-stores.ts';
import { createRuleStore } from './rule-store.ts';
import type { StoreDatabase } from './store-database.ts';
import { createTaskBoard } from './task-board.ts';

/** What counts, in one database. `owner` is who holds leases of it, for people. */
export function createSharedStores(database: StoreDatabase, owner: string): SharedStores {
  return {
    registry: createImportRegistry(database),
    mappings: createMappingMemory(database),
    settings: createSettingsStore(database),
    cluster: createClusterPublication(database),
    leases: createLeases(database, owner),
    tasks: createTaskBoard(database),
    rules: createRuleStore(database),
  };
}
