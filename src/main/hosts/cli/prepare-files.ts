import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { ImportOptions } from '#shared/contract/imports';
import type { OverlapPolicy } from '#shared/domain/job';
import { OVERLAP_POLICIES } from '#shared/domain/job';
import type { InspectedTable, Inspection } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import type { FileParser } from '../../services/imports/ports.ts';
import type { Arguments } from './arguments.ts';

/** A parser must only be given what can be read to an end: no folder, pipe or device. */
export function requireFile(path: string): { path: string; fileName: string } {
  const fileName = basename(path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new AppError('staging.gone', 'notFound', { fileName });
  if (!found.isFile()) {
    const what = found.isDirectory() ? 'folder' : 'device or pipe';
    throw new AppError('staging.not_a_file', 'input', { fileName, what });
  }
  if (found.size === 0) throw new AppError('staging.empty', 'input', { fileName });
  return { path: resolve(path), fileName };
}

export const overlapPolicyOf = (text: string | undefined): OverlapPolicy | undefined =>
  OVERLAP_POLICIES.find((policy) => policy === text);

/** Options of an import but for its mapping, from the command line. */
export function importOptionsOf(args: Arguments): ImportOptions {
  const onOverlap = overlapPolicyOf(args.text('on-duplicate'));
  const sheet = args.text('sheet');
  const controlRows = args.number('control-rows');
  const controlRevenue = args.text('control-revenue');
  const maxRejectsPercent = args.number('max-rejects');
  return {
    ...(onOverlap === undefined ? {} : { onOverlap }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(controlRows === undefined ? {} : { controlRows }),
    ...(controlRevenue === undefined ? {} : { controlRevenue }),
    ...(maxRejectsPercent === undefined ? {} : { maxRejectsPercent }),
  };
}

/** The table that is meant: by sheet name, else the one that suits best. */
export function tableOf(
  inspection: Inspection,
  sheet: string | undefined,
  fileName: string,
): { table: InspectedTable; index: number } {
  const index =
    sheet === undefined
      ? inspection.suggestedTable
      : inspection.tables.findIndex((candidate) => candidate.sheet === sheet);
  const table = inspection.tables[index];
  if (table) return { table, index };
  const sheets = inspection.tables.map((candidate) => candidate.sheet);
  if (sheet === undefined) throw new AppError('imports.no_table', 'input', { fileName });
  throw new AppError('imports.sheet_unknown', 'input', { fileName, sheet, sheets });
}

export async function inspectTable(
  parser: FileParser,
  file: { path: string; fileName: string },
  sheet: string | undefined,
  signal: AbortSignal,
) {
  const inspection = await parser.inspect(file, { signal });
  return { inspection, ...tableOf(inspection, sheet, file.fileName) };
}
