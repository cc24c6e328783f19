import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_RULES, type ResolvedRule } from '#shared/domain/rules/rule-set';
import { canonicalJson, importIdOf, type ImportIdentity } from './import-id.ts';

const identity: ImportIdentity = {
  dataset: 'sales_analytics',
  rawSha256: 'a'.repeat(64),
  table: 0,
  sheet: '',
  mapping: { version: 1, fields: { Branch: { kind: 'constant', value: 'Kisumu' } } },
  rules: NO_RULES,
};

describe('import identity', () => {
  it('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is another for other bytes, another table, sheet or mapping', () => {
    const mapping = { version: 1 as const, fields: { Branch: { kind: 'constant' as const, value: 'Meru' } } };
    const ids = [
      identity,
      { ...identity, rawSha256: 'b'.repeat(64) },
      { ...identity, table: 1 },
      { ...identity, sheet: 'March' },
      { ...identity, mapping },
      { ...identity, dataset: 'other' },
    ].map(importIdOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(importIdOf({ ...identity })).toBe(ids[0]);
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with rules that reject rows and what they compare with, not with those that warn', () => {
    const rule = (severity: 'error' | 'warning', values: string[], name = 'a'): ResolvedRule => ({
      rule: { id: name, name, severity, enabled: true, check: { kind: 'known', field: 'Branch' } },
      facts: { kind: 'known', values },
    });
    const idOf = (...rules: ResolvedRule[]) => importIdOf({ ...identity, rules: { revision: 7, rules } });
    expect(idOf(rule('warning', ['Kisumu']))).toBe(importIdOf(identity));
    const rejecting = idOf(rule('error', ['Kisumu']));
    expect(rejecting).not.toBe(importIdOf(identity));
    expect(idOf(rule('error', ['Kisumu', 'Nakuru']))).not.toBe(rejecting);
    expect(idOf(rule('error', ['Kisumu'], 'renamed'), rule('warning', []))).toBe(rejecting);
  });
});
