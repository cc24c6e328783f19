import { analyticsErrors } from './analytics.ts';
import type { AppErrorJson } from './app-error.ts';
import { appErrors } from './app.ts';
import { fillTemplate, type ErrorEntry, type RenderedError } from './catalogue.ts';
import { connectionsErrors } from './connections.ts';
import { druidErrors } from './druid.ts';
import { hostErrors } from './hosts.ts';
import { importsErrors } from './imports.ts';
import { jobsErrors } from './jobs.ts';
import { mappingErrors } from './mapping.ts';
import { movingErrors } from './moving.ts';
import { objectErrors } from './objects.ts';
import { postgresErrors } from './postgres.ts';
import { publishingErrors } from './publishing.ts';
import { readingErrors } from './reading.ts';
import { rulesErrors } from './rules.ts';
import { s3Errors } from './s3.ts';
import { shellErrors } from './shell.ts';
import { stagingErrors } from './staging.ts';
import { storeErrors } from './store.ts';

/** Every code that Mauzo can answer with; a test asks each for a remedy. */
export const errorCatalogue: Readonly<Record<string, ErrorEntry>> = {
  ...analyticsErrors,
  ...appErrors,
  ...connectionsErrors,
  ...druidErrors,
  ...hostErrors,
  ...importsErrors,
  ...jobsErrors,
  ...mappingErrors,
  ...movingErrors,
  ...objectErrors,
  ...postgresErrors,
  ...publishingErrors,
  ...readingErrors,
  ...rulesErrors,
  ...s3Errors,
  ...shellErrors,
  ...stagingErrors,
  ...storeErrors,
};

/** An error in words. A code of another version shows its own name and the general remedy, never a blank. */
export function renderError(error: Pick<AppErrorJson, 'code' | 'details'>): RenderedError {
  const entry = Object.hasOwn(errorCatalogue, error.code) ? errorCatalogue[error.code] : undefined;
  if (!entry) {
    return {
      code: error.code,
      title: 'An error that this version of Mauzo cannot explain',
      cause: `The code is ${error.code}.`,
      remedy: 'Install the newest version of Mauzo, or send this code to support.',
      kept: null,
    };
  }
  return {
    code: error.code,
    title: fillTemplate(entry.title, error.details),
    cause: fillTemplate(entry.cause, error.details),
    remedy: fillTemplate(entry.remedy, error.details),
    kept: entry.kept ? fillTemplate(entry.kept, error.details) : null,
  };
}
