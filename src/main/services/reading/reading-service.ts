import type { FileFormat, Inspection } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';
import type {
  ParserFile,
  ParserRun,
  ReadReport,
  ReadRequest,
  ValidateRequest,
  ValidationReport,
} from '../imports/ports.ts';
import { detectFormat } from './detect-format.ts';
import { inspectFile } from './inspect-file.ts';
import type { OpenedFile, OpenFile } from './ports.ts';
import { otherSheets } from './other-sheets.ts';
import { readFile } from './read-file.ts';
import { Validation, type ValidationParts } from './validate-file.ts';

/** Reading in the process that runs it; `FileParser` is the same behind a process of its own. */
export interface ReadingService {
  inspect(file: ParserFile, run: ParserRun): Promise<Inspection>;
  validate(request: ValidateRequest, run: ParserRun): Promise<ValidationReport>;
  read(request: ReadRequest, run: ParserRun): Promise<ReadReport>;
}

export interface ReadingParts extends ValidationParts {
  /** How files of each format are opened. */
  readonly openers: Readonly<Record<FileFormat, OpenFile>>;
}

export function createReadingService({ openers, ...parts }: ReadingParts): ReadingService {
  const open = async <T>(
    file: ParserFile,
    inspection: Inspection | null,
    run: ParserRun,
    use: (opened: OpenedFile) => Promise<T>,
  ): Promise<T> => {
    const format = inspection?.format ?? (await detectFormat(file.path, file.fileName));
    const dialect = inspection?.dialect;
    const options = { signal: run.signal, fileName: file.fileName, ...(dialect ? { dialect } : {}) };
    const opened = await openers[format](file.path, options);
    try {
      return await use(opened);
    } finally {
      await opened.close();
    }
  };

  return {
    inspect: (file, run) => open(file, null, run, (opened) => inspectFile(opened, run)),
    read: (request, run) => open(request.file, null, run, (opened) => readFile(request, opened, run)),
    validate: (request, run) =>
      open(request.file, request.inspection, run, async (opened) => {
        const source = opened.tables[request.table];
        const table = request.inspection.tables[request.table];
        if (!source || !table || source.columns !== table.columns.length) {
          throw new AppError('reading.table_changed', 'conflict', {
            fileName: request.file.fileName,
            table: request.table + 1,
            expected: table?.columns.length ?? 0,
            actual: source?.columns ?? 0,
          });
        }
        // Notes about other sheets do not belong to this import.
        const notes = opened.notes.filter(({ sheet }) => sheet === '' || sheet === table.sheet);
        notes.push(...otherSheets(request.inspection, request.table));
        return new Validation(request, table, parts).run(source, opened.sizeBytes, run, notes);
      }),
  };
}
