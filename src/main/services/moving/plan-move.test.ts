import { describe, expect, it } from 'vitest';
import { sampleImport } from '../imports/stores-samples.fixture.ts';
import type { ActivationEntry } from '../imports/store-ports.ts';
import { planMove } from './plan-move.ts';
import type { RegistryContent } from './ports.ts';

const entry = (sequence: number, letter: string, undoneAt: string | null = null): ActivationEntry => ({
  sequence,
  dataset: 'sales_analytics',
  importId: letter.repeat(64),
  policy: 'keep',
  supersedes: [],
  activatedAt: `2024-05-0${sequence}`,
  undoneAt,
});
const content = (changes: Partial<RegistryContent> = {}, ...log: ActivationEntry[]): RegistryContent => ({
  storeId: 'here',
  movedFrom: null,
  imports: [...new Set(log.map(({ importId }) => importId[0] ?? ''))].map((letter) => sampleImport(letter)),
  log,
  generations:
    log.length > 0 ? [{ dataset: 'sales_analytics', chunk: '2024-03', generation: log.length }] : [],
  mappings: [],
  settings: [],
  ...changes,
});
const there = { storeId: 'there', movedFrom: 'here' };
const code = (value: string) => expect.objectContaining({ code: value });

describe('the plan of a move', () => {
  it('brings everything to an empty target, and nothing to one that has it', () => {
    const source = content(
      { settings: [{ name: 'currency', value: '"TZS"' }] },
      entry(1, 'a', 'x'),
      entry(2, 'b'),
    );
    const plan = planMove(source, content({ storeId: 'there' }));
    expect(plan).toMatchObject({
      movedFrom: 'here',
      expectedEntries: 0,
      imports: source.imports,
      log: source.log,
      undone: [],
      generations: source.generations,
      settings: source.settings,
    });
    expect(planMove(source, { ...source, ...there })).toBeNull();
    expect(planMove(content(), content({ storeId: 'there' }))).toBeNull();
  });

  it('brings what came since: new entries, undone marks, higher generations', () => {
    const source = content({}, entry(1, 'a', 'x'), entry(2, 'b'), entry(3, 'a'));
    const target = content(there, entry(1, 'a'), entry(2, 'b'));
    expect(planMove(source, target)).toMatchObject({
      expectedEntries: 2,
      imports: [],
      log: [entry(3, 'a')],
      undone: [entry(1, 'a', 'x')],
      generations: [{ generation: 3 }],
    });
  });

  it('leaves a target alone that went on by itself', () => {
    const source = content({}, entry(1, 'a'), entry(2, 'b'));
    expect(planMove(source, content(there, entry(1, 'a', 'x'), entry(2, 'b'), entry(3, 'c')))).toBeNull();
  });

  it('refuses imports of somebody else', () => {
    const source = content({}, entry(1, 'a'));
    for (const movedFrom of [null, 'another'])
      expect(() => planMove(source, content({ storeId: 'there', movedFrom }, entry(1, 'a')))).toThrow(
        code('moving.target_not_empty'),
      );
  });

  it.each([
    ['files were accepted on both sides', [entry(1, 'a'), entry(2, 'b')], [entry(1, 'a'), entry(2, 'c')]],
    ['one was accepted there and one undone here', [entry(1, 'a', 'x')], [entry(1, 'a'), entry(2, 'c')]],
    ['one was undone there and one accepted here', [entry(1, 'a'), entry(2, 'b')], [entry(1, 'a', 'x')]],
  ])('refuses when both sides went on: %s', (_, source, target) => {
    expect(() => planMove(content({}, ...source), content(there, ...target))).toThrow(
      code('moving.diverged'),
    );
  });

  it('brings a mapping that is newer, and a setting that is not set there', () => {
    const mapping = (rememberedAt: string) => ({
      fingerprint: 'f',
      mapping: { version: 1 as const, fields: {} },
      rememberedAt,
    });
    const source = content({
      mappings: [mapping('2024-02')],
      settings: [{ name: 'currency', value: '"TZS"' }],
    });
    expect(planMove(source, content({ ...there, mappings: [mapping('2024-01')] }))).toMatchObject({
      mappings: [mapping('2024-02')],
    });
    const newer = content({
      ...there,
      mappings: [mapping('2024-03')],
      settings: [{ name: 'currency', value: '"KES"' }],
    });
    expect(planMove(source, newer)).toBeNull();
  });
});
