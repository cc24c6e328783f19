import type { KeptRules, RuleSet } from '#shared/domain/rules/rule-set';
import type { Dimension } from '#shared/domain/sales-schema';
import type { NumberField } from '#shared/domain/rules/rule-set';
import type { PublishedChunk } from '../publishing/ports.ts';

/** Compiles an RE2 pattern into a test of whole texts; throws `rules.bad_pattern`. */
export type CompilePattern = (pattern: string) => (text: string) => boolean;

/** Where the rules of a company are kept. */
export interface RuleStore {
  /** Null while nobody has changed the rules that Mauzo comes with. */
  read(): Promise<KeptRules | null>;
  /** Keeps the rules as `revision + 1`; `rules.changed_elsewhere` when that is not the revision that is kept. */
  save(ruleSet: RuleSet, revision: number): Promise<KeptRules>;
}

/** A copy on this computer, for the time in which a shared store does not answer. */
export interface RuleCopy {
  read(): Promise<KeptRules | null>;
  keep(rules: KeptRules | null): Promise<void>;
}

/** What rows that count already say to rules. */
export interface RowFacts {
  /** Distinct texts of a field, at most `limit + 1` of them, sorted. */
  knownValues(field: Dimension, chunks: readonly PublishedChunk[], limit: number): Promise<readonly string[]>;
  /** Rows that have the field, and the amount (decimal text, without sign) that 99 of 100 of them do not exceed. */
  usualAmount(
    field: NumberField,
    chunks: readonly PublishedChunk[],
  ): Promise<{ readonly rows: number; readonly percentile: string | null }>;
}
