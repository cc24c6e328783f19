import { ruleSetSchema, type RuleSet } from '#shared/domain/rules/rule-set';
import { AppError } from '#shared/errors/app-error';

/** Hands the rules out as a file that “Import a file” and `mauzo rules import` take. */
export function downloadRules(ruleSet: RuleSet): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(ruleSet, null, 2)}\n`], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'mauzo-rules.json';
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}

/** The rules of a file; `rules.invalid` says what it is instead. */
export function parseRules(fileName: string, text: string): RuleSet {
  const invalid = (problem: string) =>
    new AppError('rules.invalid', 'input', { rule: `the file ${fileName}`, problem });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw invalid('it is no JSON document');
  }
  const parsed = ruleSetSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'it holds no rules'}`);
}

/** Asks for a file of rules; null when the dialog was dismissed. Call it from a click. */
export function chooseRulesFile(): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
