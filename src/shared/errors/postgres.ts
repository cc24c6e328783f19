import { defineErrors } from './catalogue.ts';

/** What the PostgreSQL store can answer with. */
export const postgresErrors = defineErrors({});
