/** Writes docs/environment.md from the settings of connections. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentDocument } from '../src/shared/domain/environment-doc.ts';

writeFileSync(fileURLToPath(new URL('../docs/environment.md', import.meta.url)), environmentDocument());
