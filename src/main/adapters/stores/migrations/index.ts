import { firstSchema } from './001-first-schema.ts';
import { sharedStores } from './002-shared-stores.ts';
import { jobRules } from './003-rules.ts';
import type { Migration } from './migration.ts';

/** In order; the version of the schema is the number of migrations applied. */
export const migrations: readonly Migration[] = [firstSchema, sharedStores, jobRules];
