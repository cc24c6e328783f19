import type { Finding } from '#shared/domain/findings';
import { readingErrors } from '#shared/errors/reading';

/** A finding about a whole row, in the words of its code. `cells` are what was found. */
export function rowFinding(
  code: keyof typeof readingErrors,
  row: number,
  cells: readonly string[],
  severity: Finding['severity'],
): Finding {
  const value = cells.length === 0 ? null : cells.join(' | ').slice(0, 200);
  return { code, severity, sheet: '', row, column: null, value, message: readingErrors[code].cause };
}
