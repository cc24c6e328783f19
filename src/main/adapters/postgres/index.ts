export { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
export { createPostgresProbe } from './postgres-probe.ts';
