import type { Migration } from './migration.ts';

/** Jobs keep the rules that they were checked by; imports made before had none. */
export const jobRules: Migration = {
  name: 'rules of jobs',
  async up(db) {
    await db.schema.alterTable('jobs').addColumn('rules', 'text').execute();
  },
};
