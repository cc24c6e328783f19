import { toAppError } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import type { RuleCopy, RuleStore } from './ports.ts';

/**
 * Rules of everybody who shares a store, with a copy on this computer: files are checked while the store is away, by
 * the rules that were known last. A change must reach the store.
 */
export function joinRules(own: RuleCopy, shared: RuleStore): RuleStore {
  return {
    async read() {
      try {
        const rules = await shared.read();
        await own.keep(rules);
        return rules;
      } catch (error) {
        if (connectionOf(toAppError(error)) === null) throw error;
        return own.read();
      }
    },
    async save(ruleSet, revision) {
      const kept = await shared.save(ruleSet, revision);
      await own.keep(kept);
      return kept;
    },
  };
}
