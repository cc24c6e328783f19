import { useSyncExternalStore } from 'react';
import type { KeptRules, Rule, RuleSet } from '#shared/domain/rules/rule-set';

/** Changes that are not saved: the rules as edited, and the version that they were made on. */
export interface Draft {
  readonly revision: number;
  readonly rules: readonly Rule[];
}

let draft: Draft | null = null;
let selected: string | null = null;
const listeners = new Set<() => void>();
const told = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Unsaved work of the page. It outlives the page, so that looking at another one loses nothing; never the window. */
export function useDraft(kept: KeptRules) {
  const known = useSyncExternalStore(subscribe, () => draft);
  const chosen = useSyncExternalStore(subscribe, () => selected);
  const rules = known?.rules ?? kept.ruleSet.rules;
  const edit = (next: readonly Rule[]) => {
    const same = JSON.stringify(next) === JSON.stringify(kept.ruleSet.rules);
    draft =
      same && (known?.revision ?? kept.revision) === kept.revision
        ? null
        : { revision: known?.revision ?? kept.revision, rules: next };
    told();
  };
  return {
    rules,
    ruleSet: { version: 1, rules: [...rules] } satisfies RuleSet,
    revision: known?.revision ?? kept.revision,
    changed: known !== null,
    selected: rules.find(({ id }) => id === chosen) ?? rules[0] ?? null,
    select(id: string) {
      selected = id;
      told();
    },
    put(rule: Rule) {
      edit(rules.map((other) => (other.id === rule.id ? rule : other)));
    },
    add(rule: Rule) {
      selected = rule.id;
      edit([...rules, rule]);
    },
    remove(id: string) {
      const at = rules.findIndex((rule) => rule.id === id);
      selected = (rules[at + 1] ?? rules[at - 1])?.id ?? null;
      edit(rules.filter((rule) => rule.id !== id));
    },
    replace(next: readonly Rule[]) {
      selected = next[0]?.id ?? null;
      edit(next);
    },
    discard() {
      draft = null;
      told();
    },
  };
}
export type RulesDraft = ReturnType<typeof useDraft>;
