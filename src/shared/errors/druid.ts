import { defineErrors } from './catalogue.ts';

/** What the Druid cluster can answer with. */
export const druidErrors = defineErrors({});
