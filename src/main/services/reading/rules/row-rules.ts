import type { Finding } from '#shared/domain/findings';
import type { SimilarValue } from '#shared/domain/job';
import type { ResolvedRule, ResolvedRules, Rule } from '#shared/domain/rules/rule-set';
import { describeCheck } from '#shared/domain/rules/rule-words';
import type { SalesFieldId } from '#shared/domain/sales-schema';
import type { CompilePattern } from '../../rules/ports.ts';
import type { RowPlan } from '../row-slots.ts';
import { compareCheck, dateWindowCheck, outlierCheck, rangeCheck } from './number-checks.ts';
import type { RowCheck, RuleRows } from './ports.ts';
import { requiredCheck, UniqueCheck } from './row-checks.ts';
import { formCheck, KnownCheck, listCheck, patternCheck } from './text-checks.ts';

const VALUE_CHARACTERS = 200;

export const ruleCode = ({ id }: Rule): string => `rule.${id}`;

/** The words of findings that come from rules, by code. */
export const ruleTitles = ({
  rules,
}: ResolvedRules): ReadonlyMap<string, { title: string; explanation: string }> =>
  new Map(
    rules.map(({ rule }) => [
      ruleCode(rule),
      { title: rule.name, explanation: `A rule of your company: ${describeCheck(rule.check)}` },
    ]),
  );

function checkOf({ rule, facts }: ResolvedRule, compile: CompilePattern, today: string): RowCheck | null {
  const { check } = rule;
  switch (check.kind) {
    case 'required':
      return requiredCheck(check);
    case 'type':
      return formCheck(check);
    case 'range':
      return rangeCheck(check);
    case 'list':
      return listCheck(check);
    case 'pattern':
      return patternCheck(check, compile);
    case 'unique':
      return new UniqueCheck(check);
    case 'compare':
      return compareCheck(check);
    case 'known':
      return facts?.kind === 'known' ? new KnownCheck(check.field, facts) : null;
    case 'date-window':
      return dateWindowCheck(check, today);
    case 'outlier':
      return facts?.kind === 'usual' ? outlierCheck(check, facts) : null;
  }
}

/** The column of the file that a rule is about; null for the row as a whole and for values that no column gives. */
function headerOf(plan: RowPlan, field: SalesFieldId): string | null {
  if (field === '__time') return 'header' in plan.time ? plan.time.header : null;
  const text = plan.texts.find((slot) => slot.field === field);
  if (text) return text.header;
  const number = plan.numbers.find((slot) => slot.field === field);
  return number?.source.kind === 'column' ? number.source.number.header : null;
}

function fieldOf({ check }: Rule): SalesFieldId | null {
  if (check.kind === 'compare' || check.kind === 'unique') return null;
  return check.kind === 'date-window' ? '__time' : check.field;
}

interface Working {
  readonly rule: Rule;
  readonly check: RowCheck;
  readonly column: string | null;
}

/** What rules found in a batch: findings by position in it. */
export interface Judgement {
  /** 1 where the row must not be taken. */
  readonly refused: Uint8Array;
  readonly findings: ReadonlyMap<number, readonly Finding[]>;
}

/** The rules of a company at work on one table, batch after batch. */
export class RowRules {
  readonly #sheet: string;
  readonly #working: readonly Working[];

  /** @param today calendar day `yyyy-mm-dd` of the import */
  constructor(
    resolved: ResolvedRules,
    plan: RowPlan,
    table: { readonly sheet: string; readonly today: string },
    compile: CompilePattern,
  ) {
    this.#sheet = table.sheet;
    const working = resolved.rules.flatMap((item): Working[] => {
      const check = checkOf(item, compile, table.today);
      if (check === null) return [];
      const field = fieldOf(item.rule);
      return [{ rule: item.rule, check, column: field === null ? null : headerOf(plan, field) }];
    });
    // Last, so that a row that another rule refuses does not count as the first of two.
    const isUnique = ({ check }: Working) => check instanceof UniqueCheck;
    this.#working = [...working.filter((item) => !isUnique(item)), ...working.filter(isUnique)];
  }

  /** True when no rule has anything to judge by. */
  get idle(): boolean {
    return this.#working.length === 0;
  }

  /** Names that look like known ones, of rules that only warn: for a person to decide on. */
  get similarValues(): Omit<SimilarValue, 'sheet'>[] {
    return this.#working.flatMap(({ rule, check }) =>
      rule.severity === 'warning' && check instanceof KnownCheck ? check.similarValues : [],
    );
  }

  judge(rows: RuleRows): Judgement {
    const refused = new Uint8Array(rows.count);
    const findings = new Map<number, Finding[]>();
    for (const { rule, check, column } of this.#working) {
      const refuses = rule.severity === 'error';
      check.judge(
        rows,
        (index, value, message) => {
          if (refuses) refused[index] = 1;
          const finding: Finding = {
            code: ruleCode(rule),
            severity: rule.severity,
            sheet: this.#sheet,
            row: rows.rowNumbers[index] ?? 0,
            column,
            value: value === null ? null : value.slice(0, VALUE_CHARACTERS),
            message,
          };
          const known = findings.get(index);
          if (known) known.push(finding);
          else findings.set(index, [finding]);
        },
        refused,
      );
    }
    return { refused, findings };
  }
}
