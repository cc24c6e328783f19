import { defineErrors } from './catalogue.ts';

/** What the S3 object store can answer with. */
export const s3Errors = defineErrors({});
