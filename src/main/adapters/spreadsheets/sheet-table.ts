import { AppError } from '#shared/errors/app-error';
import type { TableEvent, TableSource } from '../../services/reading/ports.ts';
import { RowSampler, findTableLayout, type TableLayout } from './row-sampler.ts';
import { SheetScanner, type SheetContext } from './sheet-scanner.ts';
import { TableBatcher } from './table-batcher.ts';
import type { SheetPart } from './workbook-parts.ts';
import type { ZipArchive } from './zip-archive.ts';

/** Reads the first rows of a sheet and finds its table; null when the sheet holds nothing. */
export async function openSheetTable(
  zip: ZipArchive,
  sheet: SheetPart,
  context: SheetContext,
  fileBytes: number,
  signal: AbortSignal,
): Promise<TableSource | null> {
  const sampler = new RowSampler();
  const scanner = new SheetScanner(context, sampler);
  for await (const chunk of zip.read(sheet.part)) {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    scanner.push(chunk);
    if (scanner.run()) break;
  }
  if (!sampler.isFull) scanner.finish();
  const layout = findTableLayout(sampler.rows);
  if (!layout) return null;
  return {
    sheet: sheet.name,
    hidden: sheet.hidden,
    header: layout.header,
    headerRows: layout.headerRows,
    firstDataRow: layout.firstDataRow,
    columns: layout.columns,
    serialDates: context.dateSystem,
    events: (eventSignal) => sheetEvents(zip, sheet, context, layout, fileBytes, eventSignal),
  };
}

async function* sheetEvents(
  zip: ZipArchive,
  sheet: SheetPart,
  context: SheetContext,
  layout: TableLayout,
  fileBytes: number,
  signal: AbortSignal,
): AsyncGenerator<TableEvent> {
  const batcher = new TableBatcher(sheet.name, layout);
  const scanner = new SheetScanner(context, batcher);
  let packedDone = 0;
  // Progress is told in bytes of the file, of which the sheet stands for all.
  const bytesDone = () => Math.round((fileBytes * packedDone) / Math.max(1, sheet.part.packedBytes));
  const chunks = zip.read(sheet.part, (packed) => {
    packedDone = packed;
  });
  for await (const chunk of chunks) {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    scanner.push(chunk);
    while (scanner.run()) yield* batcher.take(bytesDone());
  }
  scanner.finish();
  batcher.finish();
  const merged = scanner.mergedRows.filter((row) => row >= layout.firstDataRow);
  const [firstMerged] = merged;
  if (firstMerged !== undefined) {
    batcher.note({
      code: 'reading.merged_cells',
      severity: 'warning',
      sheet: sheet.name,
      row: firstMerged,
      column: null,
      value: null,
      message: `${merged.length} merged ranges: only the first cell of each holds a value.`,
    });
  }
  yield* batcher.take(fileBytes);
}
