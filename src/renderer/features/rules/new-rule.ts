import { RULE_KIND_WORDS } from '#shared/domain/rules/rule-words';
import type { Rule, RuleCheck, RuleKind } from '#shared/domain/rules/rule-set';

/** A check of a kind to begin with; what only a person can know is left open and told as a problem. */
export function firstCheck(kind: RuleKind): RuleCheck {
  switch (kind) {
    case 'required':
      return { kind, field: 'SalesPerson' };
    case 'type':
      return { kind, field: 'ItemName', form: 'words' };
    case 'range':
      return { kind, field: 'grossRevenue', min: '0', max: null };
    case 'list':
      return { kind, field: 'ProductLine', values: ['Roofing'] };
    case 'pattern':
      return { kind, field: 'AcctName', pattern: '[A-Z]{3}-[0-9]+' };
    case 'unique':
      return { kind, fields: ['__time', 'Branch', 'ItemName', 'CardName'] };
    case 'compare':
      return { kind, left: 'Total cost', operator: '<=', right: 'Gross revenue' };
    case 'known':
      return { kind, field: 'ItemName' };
    case 'date-window':
      return { kind, from: null, to: null, lastDays: 92 };
    case 'outlier':
      return { kind, field: 'unitsSold', times: 20 };
  }
}

/** A name that no other rule has, as an id: it stays when the rule is renamed. */
export function newId(name: string, rules: readonly Pick<Rule, 'id'>[]): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 50) || 'rule';
  const taken = new Set(rules.map(({ id }) => id));
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(id)) return id;
  }
}

export function newRule(kind: RuleKind, rules: readonly Rule[]): Rule {
  const name = RULE_KIND_WORDS[kind].title;
  return { id: newId(name, rules), name, severity: 'warning', enabled: true, check: firstCheck(kind) };
}
