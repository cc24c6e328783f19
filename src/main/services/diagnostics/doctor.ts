import type { Check } from '#shared/contract/app';
import { toAppError } from '#shared/errors/app-error';
import { renderError } from '#shared/errors/index';
import type { Ledger } from '#shared/domain/job';

/** One thing that the doctor looks at. It answers lines; what it throws becomes a failed line of its name. */
export interface Examination {
  readonly area: Check['area'];
  readonly name: string;
  examine(): Promise<readonly Omit<Check, 'area'>[]>;
}

/** Runs every examination, also after one that failed. */
export async function runDoctor(examinations: readonly Examination[]): Promise<{ checks: Check[] }> {
  const checks: Check[] = [];
  for (const { area, name, examine } of examinations) {
    try {
      checks.push(...(await examine()).map((check) => ({ area, ...check })));
    } catch (error) {
      const { title, cause, remedy } = renderError(toAppError(error));
      checks.push({ area, name, status: 'failed', detail: title, cause, remedy });
    }
  }
  return { checks };
}

export const ok = (name: string, detail: string): Omit<Check, 'area'> => ({
  name,
  status: 'ok',
  detail,
  cause: null,
  remedy: null,
});

export const trouble = (
  status: 'warning' | 'failed',
  name: string,
  detail: string,
  cause: string,
  remedy: string,
): Omit<Check, 'area'> => ({ name, status, detail, cause, remedy });

/** One line for a ledger. */
export function ledgerCheck(fileName: string, ledger: Ledger): Omit<Check, 'area'> {
  const wrong = ledger.lines.filter((line) => !line.balanced);
  if (wrong.length === 0) return ok(fileName, `${ledger.lines.length} lines balance`);
  return trouble(
    'failed',
    fileName,
    `${wrong.length} of ${ledger.lines.length} lines do not balance`,
    wrong.map((line) => `${line.check}: expected ${line.expected}, found ${line.actual}`).join('; '),
    'Undo this import and import its file again; send this answer to support.',
  );
}
