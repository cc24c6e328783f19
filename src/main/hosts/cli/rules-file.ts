import { readFileSync } from 'node:fs';
import type { RuleSet } from '#shared/domain/rules/rule-set';
import { AppError } from '#shared/errors/app-error';
import { compilePattern } from '../../adapters/patterns/compile-pattern.ts';
import { requireRuleSet } from '../../services/rules/index.ts';

const badFile = (path: string, problem: string) =>
  new AppError('cli.bad_file', 'input', { option: 'rules', path, problem });

/** Reads a file that `rules export` wrote; `cli.bad_file` when it is no JSON, `rules.invalid` when it holds no rules. */
export function readRulesFile(path: string): RuleSet {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw badFile(path, error instanceof Error ? error.message : String(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw badFile(path, `it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  return requireRuleSet(value, compilePattern);
}
