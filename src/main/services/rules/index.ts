export { requireRuleSet } from './check-rule-set.ts';
export { joinRules } from './join-rules.ts';
export { RuleBook } from './rule-book.ts';
