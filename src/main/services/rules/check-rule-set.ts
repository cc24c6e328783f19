import { parseRowCondition } from '#shared/domain/rules/row-condition';
import { ruleSetSchema, type RuleCheck, type RuleSet } from '#shared/domain/rules/rule-set';
import { parseE4Text } from '#shared/domain/values/numbers';
import { AppError } from '#shared/errors/app-error';
import type { CompilePattern } from './ports.ts';

/** What is wrong with one rule, and in which input of it. */
export interface RuleProblem {
  readonly ruleId: string;
  readonly input: string;
  readonly message: string;
}

const PLAIN = { decimal: '.', grouping: '' } as const;

function e4Of(text: string): bigint | null {
  const parsed = parseE4Text(text, PLAIN);
  return parsed.ok ? parsed.e4 : null;
}

/** Without the prefix that the pattern library puts before every problem. */
const plainProblem = ({ details }: AppError) =>
  String(details['problem']).replace(/^error parsing regexp: /, '');

function problemOf(check: RuleCheck, compile: CompilePattern): Omit<RuleProblem, 'ruleId'> | null {
  switch (check.kind) {
    case 'range': {
      if (check.min === null && check.max === null)
        return { input: 'min', message: 'Give a smallest amount, a largest one, or both.' };
      const [min, max] = [check.min, check.max].map((limit) => (limit === null ? null : e4Of(limit)));
      if (min !== null && min !== undefined && max !== null && max !== undefined && min > max)
        return { input: 'max', message: 'The largest amount is below the smallest: no row would pass.' };
      return null;
    }
    case 'date-window':
      if (check.from === null && check.to === null && check.lastDays === null)
        return { input: 'from', message: 'Give a first day, a last day, or a number of days.' };
      return check.from !== null && check.to !== null && check.from > check.to
        ? { input: 'to', message: 'The last day is before the first: no row would pass.' }
        : null;
    case 'pattern':
      try {
        compile(check.pattern);
        return null;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { input: 'pattern', message: `The pattern is not understood: ${plainProblem(error)}.` };
      }
    case 'compare': {
      const parsed = parseRowCondition(check);
      if ('problem' in parsed)
        return {
          input: parsed.side,
          message: `At character ${parsed.problem.position}: ${parsed.problem.message}`,
        };
      return parsed.condition.fields.length === 0
        ? { input: 'left', message: 'Name an amount; two fixed numbers say nothing about a row.' }
        : null;
    }
    case 'required':
    case 'type':
    case 'list':
    case 'unique':
    case 'known':
    case 'outlier':
      return null;
  }
}

/** Everything in a rule set that keeps it from being used. */
export function problemsOf(ruleSet: RuleSet, compile: CompilePattern): RuleProblem[] {
  return ruleSet.rules.flatMap(({ id, check }) => {
    const problem = problemOf(check, compile);
    return problem === null ? [] : [{ ruleId: id, ...problem }];
  });
}

/** A rule set that can be used; `rules.invalid` names the rule and what is wrong. */
export function requireRuleSet(value: unknown, compile: CompilePattern): RuleSet {
  const parsed = ruleSetSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.map(String).join('.') ?? '';
    throw new AppError('rules.invalid', 'input', {
      rule: place === '' ? 'the whole document' : place,
      problem: issue?.message ?? 'it does not have the form of rules',
    });
  }
  const [problem] = problemsOf(parsed.data, compile);
  if (problem) {
    const rule = parsed.data.rules.find(({ id }) => id === problem.ruleId);
    throw new AppError('rules.invalid', 'input', {
      rule: rule?.name ?? problem.ruleId,
      problem: problem.message,
    });
  }
  return parsed.data;
}
