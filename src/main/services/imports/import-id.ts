import { createHash } from 'node:crypto';
import type { Mapping } from '#shared/domain/mapping';
import type { ResolvedRules } from '#shared/domain/rules/rule-set';

/** Raised when the rules of validation change what the same file and mapping give. */
export const RULES_VERSION = 1;

/** JSON with sorted keys and without blanks, so that equal values have equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** What makes two readings of a file the same import: everything that decides its accepted rows. */
export interface ImportIdentity {
  readonly dataset: string;
  readonly rawSha256: string;
  /** Index of the table, and its sheet name. */
  readonly table: number;
  readonly sheet: string;
  readonly mapping: Mapping;
  readonly rules: ResolvedRules;
}

/** What decides which rows are refused: rules that only warn, and the names of rules, do not. */
function rejecting({ rules }: ResolvedRules) {
  const judging = rules.filter(({ rule, facts }) => rule.severity === 'error' && facts?.kind !== 'none');
  if (judging.length === 0) return undefined;
  const texts = judging.map(({ rule, facts }) => canonicalJson({ check: rule.check, facts }));
  return [...new Set(texts)].sort();
}

/**
 * SHA-256, lower-case hex, over the canonical JSON of the identity, the rules that reject rows with what they compare
 * with, the version of Mauzo's own rules and the corrections made.
 */
export function importIdOf({ rules, ...identity }: ImportIdentity): string {
  return createHash('sha256')
    .update(
      canonicalJson({ ...identity, rules: rejecting(rules), rulesVersion: RULES_VERSION, corrections: [] }),
    )
    .digest('hex');
}
