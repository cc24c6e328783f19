import type { Finding } from '#shared/domain/findings';
import { AppError } from '#shared/errors/app-error';
import type { OpenedFile, TableSource } from '../../services/reading/ports.ts';
import { openSheetTable } from './sheet-table.ts';
import { readSharedStrings } from './shared-strings.ts';
import { readWorkbookParts, type WorkbookParts } from './workbook-parts.ts';
import type { ZipArchive } from './zip-archive.ts';

/** A note about the workbook as a whole: something that it holds and that is not read. */
export function workbookNote(code: string, message: string, value: string | null = null): Finding {
  return { code, severity: 'info', sheet: '', row: 0, column: null, value, message };
}

function notesOf(parts: WorkbookParts): Finding[] {
  const notes: Finding[] = [];
  if (parts.hasMacros)
    notes.push(workbookNote('reading.macros', 'The workbook holds macros. They were not run.'));
  if (parts.hasExternalLinks) {
    notes.push(
      workbookNote('reading.external_links', 'The workbook refers to other files. They were not opened.'),
    );
  }
  for (const name of parts.otherSheets) {
    notes.push(
      workbookNote('reading.sheet_without_cells', 'The sheet holds a chart, a dialog or macros.', name),
    );
  }
  return notes;
}

/** Opens an XLSX or XLSM workbook (ECMA-376, both namespaces) in a zip that was checked. */
export async function openXlsx(
  zip: ZipArchive,
  fileName: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const parts = await readWorkbookParts(zip, fileName);
  const strings = await readSharedStrings(zip, parts.sharedStrings, fileName, signal);
  const tables: TableSource[] = [];
  const notes = notesOf(parts);
  for (const sheet of parts.sheets) {
    const context = {
      fileName,
      sheet: sheet.name,
      strings,
      styles: parts.styles,
      dateSystem: parts.dateSystem,
    };
    const table = await openSheetTable(zip, sheet, context, sizeBytes, signal);
    if (table) {
      tables.push(table);
      if (sheet.hidden) notes.push(workbookNote('reading.hidden_sheet', 'The sheet is hidden.', sheet.name));
    } else notes.push(workbookNote('reading.empty_sheet', 'The sheet is empty.', sheet.name));
  }
  if (tables.length === 0) throw new AppError('reading.no_rows', 'input', { fileName });
  return {
    format: 'xlsx',
    dialect: null,
    sizeBytes,
    tables,
    notes,
    close: () => Promise.resolve(),
  };
}
