import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorsDocument } from './errors-doc.ts';
import { errorCatalogue } from './index.ts';

test('docs/errors.md says what the catalogue says (node scripts/errors-doc.mts writes it)', () => {
  expect(readFileSync(join(process.cwd(), 'docs/errors.md'), 'utf8')).toBe(errorsDocument());
});

test('every code has its own section, and no brace of a template is left', () => {
  const text = errorsDocument();
  for (const code of Object.keys(errorCatalogue)) expect(text).toContain(`\n### ${code}\n`);
  expect(text).not.toMatch(/[{}]/);
});
