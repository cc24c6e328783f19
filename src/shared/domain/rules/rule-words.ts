import { labelOfField, type CompareOperator, type RuleCheck, type RuleKind } from './rule-set.ts';

/** The kinds of rules by name, with what each is for. */
export const RULE_KIND_WORDS: Readonly<Record<RuleKind, { readonly title: string; readonly help: string }>> =
  {
    required: { title: 'Must be filled', help: 'The field may not be blank.' },
    type: { title: 'Kind of text', help: 'The text must be a number, a date, or words.' },
    range: { title: 'Between two amounts', help: 'The amount must not be below or above a limit.' },
    list: { title: 'One of a list', help: 'The text must be one of the values that you list.' },
    pattern: {
      title: 'Written in a certain way',
      help: 'The whole text must match a pattern, such as [A-Z]{3}-[0-9]+.',
    },
    unique: {
      title: 'Only once in a file',
      help: 'No two rows of a file may have the same values in these fields.',
    },
    compare: {
      title: 'Compare amounts',
      help: 'Amounts of a row against each other, such as Total cost <= Gross revenue * 1.5.',
    },
    known: { title: 'Known from before', help: 'The name must occur in the imports that count already.' },
    'date-window': { title: 'Within certain days', help: 'The date must lie in a period.' },
    outlier: {
      title: 'Not unusually large',
      help: 'The amount must not be far above what earlier rows have.',
    },
  };

const OPERATOR_WORDS: Readonly<Record<CompareOperator, string>> = {
  '<=': 'must not be above',
  '<': 'must be below',
  '>=': 'must not be below',
  '>': 'must be above',
  '=': 'must equal',
  '<>': 'must differ from',
};

const FORM_WORDS = {
  number: 'a number',
  'whole-number': 'a whole number',
  date: 'a date (year-month-day)',
  words: 'words, not a number',
} as const;

const listed = (values: readonly string[], most: number) =>
  values.length <= most
    ? values.join(', ')
    : `${values.slice(0, most).join(', ')} and ${values.length - most} more`;

/** What a rule asks, as one sentence. */
export function describeCheck(check: RuleCheck): string {
  switch (check.kind) {
    case 'required':
      return `${labelOfField(check.field)} must be filled.`;
    case 'type':
      return `${labelOfField(check.field)} must be ${FORM_WORDS[check.form]}.`;
    case 'range': {
      const label = labelOfField(check.field);
      if (check.min !== null && check.max !== null)
        return `${label} must lie between ${check.min} and ${check.max}.`;
      if (check.min !== null) return `${label} must not be below ${check.min}.`;
      return `${label} must not be above ${check.max ?? ''}.`;
    }
    case 'list':
      return `${labelOfField(check.field)} must be one of: ${listed(check.values, 5)}.`;
    case 'pattern':
      return `${labelOfField(check.field)} must be written as ${check.pattern}.`;
    case 'unique':
      return `No two rows of a file have the same ${listed(check.fields.map(labelOfField), 12)}.`;
    case 'compare':
      return `${check.left} ${OPERATOR_WORDS[check.operator]} ${check.right}.`;
    case 'known':
      return `${labelOfField(check.field)} must occur in the imports that count already.`;
    case 'date-window': {
      const parts = [
        ...(check.from === null ? [] : [`not before ${check.from}`]),
        ...(check.to === null ? [] : [`not after ${check.to}`]),
        ...(check.lastDays === null ? [] : [`at most ${check.lastDays} days before the import`]),
      ];
      return `The date must be ${listed(parts, 3)}.`;
    }
    case 'outlier':
      return `${labelOfField(check.field)} must not be more than ${check.times} times what 99 of 100 earlier rows have.`;
  }
}
