import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, importIdOf, type ImportIdentity } from './import-id.ts';

const identity: ImportIdentity = {
  dataset: 'sales_analytics',
  rawSha256: 'a'.repeat(64),
  table: 0,
  sheet: '',
  mapping: { version: 1, fields: { Branch: { kind: 'constant', value: 'Kisumu' } } },
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
});
