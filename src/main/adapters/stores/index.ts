export { createConnectionsKeeper } from './connections-keeper.ts';
export { createJobStore } from './job-store.ts';
export { migrate, readSchemaVersion, refuseNewerSchema, SCHEMA_VERSION } from './migrate.ts';
export { createMappingMemory, createSettingsStore } from './preference-stores.ts';
export { createPublicationStore } from './publication-store.ts';
export type { StoreSchema } from './schema.ts';
export { createSharedStores } from './shared-stores.ts';
export type { StoreDatabase } from './store-database.ts';
export { thisInstallation } from './this-installation.ts';
