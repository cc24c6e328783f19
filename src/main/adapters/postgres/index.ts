export { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
