import { defineErrors } from './catalogue.ts';

export const rulesErrors = defineErrors({
  'rules.bad_pattern': {
    kind: 'input',
    title: 'The pattern is not understood',
    cause: '“{pattern}” is no pattern of the RE2 form: {problem}',
    remedy: 'Correct it, for example [A-Z]{3}-[0-9]+ for three capitals, a hyphen and digits.',
    kept: 'The rules are as they were.',
  },
  'rules.invalid': {
    kind: 'input',
    title: 'A rule cannot be used as it is',
    cause: 'Rule “{rule}”: {problem}',
    remedy: 'Correct or remove this rule, and save again.',
    kept: 'The rules are as they were.',
  },
  'rules.changed_elsewhere': {
    kind: 'conflict',
    title: 'Somebody else has changed the rules meanwhile',
    cause: 'The rules were changed to version {revision} after you opened them.',
    remedy: 'Open the rules again, and make your change to the newest version.',
    kept: 'The rules are as the other person saved them.',
  },
});
