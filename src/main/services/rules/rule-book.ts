import {
  DEFAULT_RULES,
  labelOfField,
  type KeptRules,
  type ResolvedRules,
  type RuleCheck,
  type RuleFacts,
  type RuleSet,
} from '#shared/domain/rules/rule-set';
import { formatE4, parseE4Text } from '#shared/domain/values/numbers';
import type { ManifestReader, PublishedChunk } from '../publishing/ports.ts';
import { problemsOf, requireRuleSet, type RuleProblem } from './check-rule-set.ts';
import type { CompilePattern, RowFacts, RuleStore } from './ports.ts';

/** Names that are kept with an import to compare with; a list beyond it says nothing about typing errors. */
const MOST_KNOWN = 10_000;
/** Rows from which on it can be told what is usual. */
const ENOUGH_ROWS = 200;

const none = (reason: string): RuleFacts => ({ kind: 'none', reason });

export interface RuleBookParts {
  readonly store: RuleStore;
  readonly facts: RowFacts;
  readonly manifest: ManifestReader;
  readonly compilePattern: CompilePattern;
}

/** The rules of a company: read, checked, kept, and made ready for an import. */
export class RuleBook {
  readonly #parts: RuleBookParts;

  constructor(parts: RuleBookParts) {
    this.#parts = parts;
  }

  async get(): Promise<KeptRules> {
    return (await this.#parts.store.read()) ?? { revision: 0, ruleSet: DEFAULT_RULES };
  }

  problems(ruleSet: RuleSet): RuleProblem[] {
    return problemsOf(ruleSet, this.#parts.compilePattern);
  }

  /** Fails with `rules.invalid` or `rules.changed_elsewhere`; nothing is changed then. */
  async save(ruleSet: RuleSet, revision: number): Promise<KeptRules> {
    return this.#parts.store.save(requireRuleSet(ruleSet, this.#parts.compilePattern), revision);
  }

  /** The enabled rules with what they compare with, as it stands now. */
  async resolve(): Promise<ResolvedRules> {
    const { manifest } = this.#parts;
    const { revision, ruleSet } = await this.get();
    const held = manifest.current();
    const release = manifest.retain(held);
    try {
      const rules: ResolvedRules['rules'] = [];
      for (const rule of ruleSet.rules)
        if (rule.enabled) rules.push({ rule, facts: await this.#factsFor(rule.check, held.chunks) });
      return { revision, rules };
    } finally {
      release();
    }
  }

  async #factsFor(check: RuleCheck, chunks: readonly PublishedChunk[]): Promise<RuleFacts | null> {
    if (check.kind === 'known') return this.#known(check, chunks);
    return check.kind === 'outlier' ? this.#usual(check, chunks) : null;
  }

  async #known(
    { field }: { field: Parameters<RowFacts['knownValues']>[0] },
    chunks: readonly PublishedChunk[],
  ) {
    const values = await this.#parts.facts.knownValues(field, chunks, MOST_KNOWN);
    if (values.length === 0) return none(`No import has a ${labelOfField(field)} yet.`);
    if (values.length > MOST_KNOWN)
      return none(`There are more than ${MOST_KNOWN} different values of ${labelOfField(field)}.`);
    return { kind: 'known', values: [...values] } satisfies RuleFacts;
  }

  async #usual({ field, times }: Extract<RuleCheck, { kind: 'outlier' }>, chunks: readonly PublishedChunk[]) {
    const { rows, percentile } = await this.#parts.facts.usualAmount(field, chunks);
    if (rows < ENOUGH_ROWS || percentile === null)
      return none(`Fewer than ${ENOUGH_ROWS} rows that count have a ${labelOfField(field)}.`);
    const parsed = parseE4Text(percentile, { decimal: '.', grouping: '' });
    if (!parsed.ok || parsed.e4 === 0n) return none(`Most rows have no ${labelOfField(field)}.`);
    // `times` may have decimals: scaled to thousandths, so that the product stays exact.
    const limit = (parsed.e4 * BigInt(Math.round(times * 1_000))) / 1_000n;
    return { kind: 'usual', limit: formatE4(limit), rows } satisfies RuleFacts;
  }
}
