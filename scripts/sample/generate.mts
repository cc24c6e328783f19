/**
 * Writes the sample of a distributor in Kenya, or large files of the same world for benchmarks.
 *
 *   node scripts/sample/generate.mts [--out DIR] [--seed S] [--rows N] [--only NAME]
 *
 * Without --only, the files of resources/sample are written. NAME is one of clean-csv, branch-xlsx, semicolon-csv,
 * errors-csv, targets-xlsx, large-csv, large-xlsx, order-export. --rows counts the rows of the clean, large and order files.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { errorsFile } from './errors-file.mts';
import { writeLargeCsv, writeLargeXlsx, writeText } from './large-files.mts';
import { writeOrderExport } from './order-export.mts';
import { DEFAULT_ROWS, DEFAULT_SEED, SAMPLE_FILES, planSample } from './plan.mts';
import { CLEAN_HEADER, cleanLine, semicolonFile } from './text-files.mts';
import { writeBranchWorkbook, writeTargets } from './workbook-files.mts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: fileURLToPath(new URL('../../resources/sample', import.meta.url)) },
    rows: { type: 'string' },
    seed: { type: 'string', default: String(DEFAULT_SEED) },
    only: { type: 'string' },
  },
});
const wholeNumber = (text: string, name: string) => {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`--${name} wants a whole number, not ${text}`);
  return Number(text);
};
const seed = wholeNumber(values.seed, 'seed');
const rows = values.rows === undefined ? undefined : wholeNumber(values.rows, 'rows');
const to = (name: string) => join(values.out, name);
const plan = () => planSample(seed, rows ?? DEFAULT_ROWS);

const sample: Record<string, () => Promise<void>> = {
  'clean-csv': () => writeText(to(SAMPLE_FILES.clean), [CLEAN_HEADER, ...plan().clean.map(cleanLine)]),
  'branch-xlsx': () => writeBranchWorkbook(to(SAMPLE_FILES.workbook), plan().workbook),
  'semicolon-csv': () => writeText(to(SAMPLE_FILES.semicolon), [semicolonFile(plan().semicolon)], 'latin1'),
  'errors-csv': async () => {
    const { text, expected } = errorsFile(SAMPLE_FILES.errors, plan().errors);
    await writeFile(to(SAMPLE_FILES.errors), text);
    await writeFile(to(SAMPLE_FILES.expected), `${JSON.stringify(expected, null, 2)}\n`);
  },
  'targets-xlsx': () => writeTargets(to(SAMPLE_FILES.targets), plan().world, seed, rows ?? DEFAULT_ROWS),
};
const onDemand: Record<string, () => Promise<void>> = {
  'large-csv': () => writeLargeCsv(to('large.csv'), rows ?? 290_000, seed),
  'large-xlsx': () => writeLargeXlsx(to('large.xlsx'), rows ?? 1_048_575, seed),
  'order-export': () => writeOrderExport(to('Orders export.csv'), { rows: rows ?? 10_000, seed }),
};

await mkdir(values.out, { recursive: true });
if (values.only === undefined) for (const write of Object.values(sample)) await write();
else {
  const write = { ...sample, ...onDemand }[values.only];
  if (!write)
    throw new RangeError(`--only wants one of ${Object.keys({ ...sample, ...onDemand }).join(', ')}`);
  await write();
}
