import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, type KeptRules, type Rule, type RuleCheck } from '#shared/domain/rules/rule-set';
import { compilePattern } from '../../adapters/patterns/compile-pattern.ts';
import { AppError } from '#shared/errors/app-error';
import { problemsOf, requireRuleSet } from './check-rule-set.ts';
import { joinRules } from './join-rules.ts';
import type { RowFacts, RuleStore } from './ports.ts';
import { RuleBook } from './rule-book.ts';

const ruleOf = (check: RuleCheck): Rule => ({ id: 'r', name: 'R', severity: 'error', enabled: true, check });
const setOf = (...checks: RuleCheck[]) => ({
  version: 1 as const,
  rules: checks.map((check, index) => ({ ...ruleOf(check), id: `r${index}` })),
});

const MANIFEST = {
  current: () => ({ dataVersion: 1, chunks: [] }),
  isPublishing: () => false,
  onChange: () => () => undefined,
  retain: () => () => undefined,
};

function bookOf(facts: Partial<RowFacts>, kept: KeptRules | null) {
  const store: RuleStore = {
    read: () => Promise.resolve(kept),
    save: (ruleSet, revision) => Promise.resolve({ revision: revision + 1, ruleSet }),
  };
  const none: RowFacts = {
    knownValues: () => Promise.resolve([]),
    usualAmount: () => Promise.resolve({ rows: 0, percentile: null }),
  };
  return new RuleBook({ store, facts: { ...none, ...facts }, manifest: MANIFEST, compilePattern });
}

describe('a set of rules', () => {
  it.each<[string, RuleCheck]>([
    ['min', { kind: 'range', field: 'totalCost', min: null, max: null }],
    ['max', { kind: 'range', field: 'totalCost', min: '2', max: '1.9999' }],
    ['from', { kind: 'date-window', from: null, to: null, lastDays: null }],
    ['to', { kind: 'date-window', from: '2026-02-02', to: '2026-02-01', lastDays: null }],
    ['pattern', { kind: 'pattern', field: 'Branch', pattern: '(' }],
    ['left', { kind: 'compare', left: '1', operator: '<', right: '2' }],
    ['right', { kind: 'compare', left: 'totalCost', operator: '<', right: 'totalCost +' }],
  ])('tells what is wrong with %s', (input, check) => {
    expect(problemsOf(setOf(check), compilePattern)).toEqual([
      { ruleId: 'r0', input, message: expect.stringMatching(/\w.*\.$/) },
    ]);
    expect(() => requireRuleSet(setOf(check), compilePattern)).toThrow(
      expect.objectContaining({ code: 'rules.invalid' }),
    );
  });

  it('that is none is refused with its place', () => {
    const broken = {
      version: 1,
      rules: [{ ...ruleOf({ kind: 'known', field: 'Branch' }), severity: 'fatal' }],
    };
    expect(() => requireRuleSet(broken, compilePattern)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ rule: 'rules.0.severity' }) }),
    );
    expect(requireRuleSet(DEFAULT_RULES, compilePattern)).toEqual(DEFAULT_RULES);
  });
});

describe('rules made ready for an import', () => {
  it('are those that are on, with what they compare with', async () => {
    const [known, outlier] = DEFAULT_RULES.rules;
    if (!known || !outlier) throw new Error('no defaults');
    const facts = {
      knownValues: () => Promise.resolve(['Kisumu']),
      usualAmount: () => Promise.resolve({ rows: 5_000, percentile: '100.5000' }),
    };
    const off = { ...ruleOf({ kind: 'required', field: 'totalCost' }), enabled: false };
    const on = ruleOf({ kind: 'required', field: 'totalCost' });
    const ruleSet = { version: 1 as const, rules: [known, outlier, { ...off, id: 'off' }, on] };
    expect(await bookOf(facts, { revision: 4, ruleSet }).resolve()).toEqual({
      revision: 4,
      rules: [
        { rule: known, facts: { kind: 'known', values: ['Kisumu'] } },
        { rule: outlier, facts: { kind: 'usual', limit: '2010', rows: 5_000 } },
        { rule: on, facts: null },
      ],
    });
  });

  it('do not judge by nothing, by too little or by too much', async () => {
    const kinds = async (facts: Partial<RowFacts>) =>
      (await bookOf(facts, null).resolve()).rules.map((rule) => rule.facts?.kind);
    expect(await kinds({})).toEqual(['none', 'none']);
    const many = Array.from({ length: 10_001 }, (_, index) => String(index));
    expect(
      await kinds({
        knownValues: () => Promise.resolve(many),
        usualAmount: () => Promise.resolve({ rows: 199, percentile: '1.0000' }),
      }),
    ).toEqual(['none', 'none']);
    expect(await kinds({ usualAmount: () => Promise.resolve({ rows: 200, percentile: '0.0000' }) })).toEqual([
      'none',
      'none',
    ]);
  });
});

describe('rules of everybody', () => {
  it('are answered from the copy while the store is away, and a change is not', async () => {
    let copy: KeptRules | null = null;
    const away = () =>
      Promise.reject(new AppError('postgres.unreachable', 'unavailable', { connection: 'postgres' }));
    const kept = { revision: 2, ruleSet: DEFAULT_RULES };
    let reachable = true;
    const shared: RuleStore = {
      read: () => (reachable ? Promise.resolve(kept) : away()),
      save: away,
    };
    const joined = joinRules(
      {
        read: () => Promise.resolve(copy),
        keep: (rules) => {
          copy = rules;
          return Promise.resolve();
        },
      },
      shared,
    );
    expect(await joined.read()).toEqual(kept);
    reachable = false;
    expect(await joined.read()).toEqual(kept);
    await expect(joined.save(DEFAULT_RULES, 2)).rejects.toMatchObject({ code: 'postgres.unreachable' });
  });
});
