import type { FileFormat } from '#shared/domain/tables';
import type { OpenFile } from '../services/reading/ports.ts';
import { openDelimited } from '../adapters/delimited/index.ts';

// Loaded when a file needs them: most files are delimited, and every file starts a process.
const openWorkbook: OpenFile = async (path, options) => {
  const adapter = await import('../adapters/spreadsheets/open-workbook.ts');
  return adapter.openWorkbook(path, options);
};
const openParquet: OpenFile = async (path, options) => {
  const adapter = await import('../adapters/parquet/open-parquet.ts');
  return adapter.openParquet(path, options);
};

/** The reader of each format. */
export const openers: Readonly<Record<FileFormat, OpenFile>> = {
  csv: openDelimited,
  xlsx: openWorkbook,
  xls: openWorkbook,
  xlsb: openWorkbook,
  ods: openWorkbook,
  parquet: openParquet,
};
