import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentDocument } from './environment-doc.ts';

test('docs/environment.md says what is read (node scripts/environment-doc.mts writes it)', () => {
  expect(readFileSync(join(process.cwd(), 'docs/environment.md'), 'utf8')).toBe(environmentDocument());
});
