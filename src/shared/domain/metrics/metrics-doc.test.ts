import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricsDocument } from './metrics-doc.ts';

test('docs/metrics.md says what the catalogue says (node scripts/metrics-doc.mts writes it)', () => {
  expect(readFileSync(join(process.cwd(), 'docs/metrics.md'), 'utf8')).toBe(metricsDocument());
});
