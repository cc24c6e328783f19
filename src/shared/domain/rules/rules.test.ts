import { describe, expect, it } from 'vitest';
import { holds, parseRowCondition } from './row-condition.ts';
import { DEFAULT_RULES, RULE_KINDS, ruleSetSchema, type CompareOperator } from './rule-set.ts';
import { describeCheck, RULE_KIND_WORDS } from './rule-words.ts';
import { similarName } from './similar-name.ts';

const condition = (left: string, operator: CompareOperator, right: string) => {
  const parsed = parseRowCondition({ kind: 'compare', left, operator, right });
  if (!('condition' in parsed)) throw new Error(parsed.problem.message);
  return parsed.condition;
};

describe('a comparison of amounts', () => {
  it('is exact to the last of four places and passes where an amount is blank', () => {
    const rule = condition('totalCost', '<=', 'grossRevenue * 1.5');
    const row = (cost: bigint | null, revenue: bigint) => (field: string) =>
      field === 'totalCost' ? cost : revenue;
    expect(holds(rule, row(1_500_000n, 1_000_000n))).toBe(true);
    expect(holds(rule, row(1_500_001n, 1_000_000n))).toBe(false);
    expect(holds(rule, row(9_007_199_254_740_993n * 3n, 9_007_199_254_740_993n * 2n))).toBe(true);
    expect(holds(rule, row(9_007_199_254_740_993n * 3n + 1n, 9_007_199_254_740_993n * 2n))).toBe(false);
    expect(holds(rule, row(null, 1n))).toBe(true);
  });

  it('takes labels as people see them, and tells where a name is unknown', () => {
    expect(condition('Total cost', '<', '[Gross revenue] - Returns value').fields).toEqual([
      'grossRevenue',
      'returnsValue',
      'totalCost',
    ]);
    const wrong = parseRowCondition({
      kind: 'compare',
      left: 'totalCost',
      operator: '=',
      right: '2 * margin',
    });
    expect(wrong).toMatchObject({
      side: 'right',
      problem: { position: 5, message: expect.stringContaining('margin') },
    });
  });

  it.each([
    ['<=', [true, true, false]],
    ['<', [true, false, false]],
    ['>=', [false, true, true]],
    ['>', [false, false, true]],
    ['=', [false, true, false]],
    ['<>', [true, false, true]],
  ] as const)('%s', (operator, answers) => {
    const rule = condition('unitsSold', operator, '2');
    expect([1n, 2n, 3n].map((units) => holds(rule, () => units * 10_000n))).toEqual(answers);
  });
});

describe('a name that looks like a known one', () => {
  const known = ['Kisumu', 'Nakuru', 'Nairobi Industrial Area', 'Depot 1', 'Depot 2', 'Thika'];
  it.each([
    ['kisumu', 'Kisumu'],
    ['Kisumu Town', 'Kisumu'],
    ['Kismu', 'Kisumu'],
    ['Kisuum', 'Kisumu'],
    ['NAIROBI-INDUSTRIAL AREA', 'Nairobi Industrial Area'],
    ['Nairobi Industral Arae', 'Nairobi Industrial Area'],
    ['Náküru', 'Nakuru'],
    ['Eldoret', null],
    ['Depot 3', null],
    ['Depot', null],
    ['Thiak Road', null],
    ['', null],
  ])('%s → %s', (name, expected) => expect(similarName(name, known)).toBe(expected));

  it('proposes nothing between two that are equally near', () => {
    expect(similarName('Mori', ['Mora', 'Moru'])).toBeNull();
  });
});

describe('the rules that Mauzo comes with', () => {
  it('are valid, and every kind has words', () => {
    expect(ruleSetSchema.parse(DEFAULT_RULES)).toEqual(DEFAULT_RULES);
    expect(Object.keys(RULE_KIND_WORDS).sort()).toEqual([...RULE_KINDS].sort());
    for (const { check } of DEFAULT_RULES.rules) expect(describeCheck(check)).toMatch(/\w\.$/);
  });

  it('refuse two rules with one id', () => {
    const [rule] = DEFAULT_RULES.rules;
    expect(ruleSetSchema.safeParse({ version: 1, rules: [rule, rule] }).success).toBe(false);
  });
});
