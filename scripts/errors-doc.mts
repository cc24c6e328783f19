/** Writes docs/errors.md from the error catalogue. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorsDocument } from '../src/shared/errors/errors-doc.ts';

writeFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), errorsDocument());
