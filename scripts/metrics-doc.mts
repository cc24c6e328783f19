/** Writes docs/metrics.md from the metric catalogue. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { metricsDocument } from '../src/shared/domain/metrics/metrics-doc.ts';

writeFileSync(fileURLToPath(new URL('../docs/metrics.md', import.meta.url)), metricsDocument());
