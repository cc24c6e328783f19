import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleRows, type SampleFile } from '../../scripts/sample/independent-figures.mts';
import { SAMPLE_FILES } from '../../scripts/sample/plan.mts';
import { root } from './host.ts';

export { SAMPLE_FILES };

export const samplePath = (file: SampleFile) => join(root, 'resources', 'sample', SAMPLE_FILES[file]);

export interface Expected {
  readonly revenueCents: bigint;
  readonly costCents: bigint;
  readonly returnsCents: bigint;
  readonly netSalesCents: bigint;
}

/** Totals over the named files and months, from the generator's rows and not from the app. `from` and `to` are `yyyy-mm`. */
export function expectedFigures(files: readonly SampleFile[], from = '0000-00', to = '9999-99'): Expected {
  let [revenueCents, costCents, returnsCents] = [0n, 0n, 0n];
  for (const file of files) {
    for (const row of sampleRows(file)) {
      const month = row.time.slice(0, 7);
      if (month < from || month > to) continue;
      revenueCents += BigInt(row.revenueCents);
      costCents += BigInt(row.costCents);
      returnsCents += BigInt(row.returnsCents);
    }
  }
  return { revenueCents, costCents, returnsCents, netSalesCents: revenueCents + returnsCents };
}

/** Physical lines of the errors file that must be rejected, as the generator damaged them. */
export function expectedRejectedLines(): number[] {
  const path = join(root, 'resources', 'sample', SAMPLE_FILES.expected);
  const document = JSON.parse(readFileSync(path, 'utf8')) as { rejected: { line: number }[] };
  return document.rejected.map(({ line }) => line).sort((a, b) => a - b);
}
