import { defineErrors } from './catalogue.ts';

/** What connection settings and the keychain can answer with. */
export const connectionsErrors = defineErrors({});
