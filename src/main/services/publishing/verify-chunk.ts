import { AppError } from '#shared/errors/app-error';
import { differingColumn, showAmount } from './ledger-totals.ts';
import type { BuiltChunk } from './ports.ts';
import type { ResolvedPart } from './resolve-log.ts';

/**
 * Compares what was written with what the log says must be there, import by import: rows and every money column, to
 * the last digit. Throws `publishing.chunk_differs`.
 */
export function verifyChunk(chunk: string, parts: readonly ResolvedPart[], built: BuiltChunk): void {
  const differs = (check: string, expected: string, actual: string, importId: string) =>
    new AppError('publishing.chunk_differs', 'bug', { chunk, check, expected, actual, importId });

  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  if (built.rows !== rows) throw differs('rows', String(rows), String(built.rows), '');
  if (built.byImport.length !== parts.length)
    throw differs('imports', String(parts.length), String(built.byImport.length), '');
  for (const part of parts) {
    const actual = built.byImport.find((item) => item.importId === part.importId);
    if (!actual) throw differs('rows', String(part.rows), '0', part.importId);
    if (actual.rows !== part.rows)
      throw differs('rows', String(part.rows), String(actual.rows), part.importId);
    const column = differingColumn(part.totals, actual.totals);
    if (column)
      throw differs(
        column,
        showAmount(part.totals[column]),
        showAmount(actual.totals[column]),
        part.importId,
      );
  }
}
