import { defineErrors } from './catalogue.ts';

export const mappingErrors = defineErrors({
  'mapping.incomplete': {
    kind: 'input',
    title: 'Some fields still need a column',
    cause: 'Without {fields} the figures cannot be computed. {problems}',
    remedy: 'Choose a column, a fixed value or a computation for each of them.',
    kept: 'The file is kept; nothing was counted yet.',
  },
  'mapping.expression_invalid': {
    kind: 'input',
    title: 'The computation of {field} is not understood',
    cause: 'At character {position} of “{expression}”: {problem}',
    remedy: 'Use column names, numbers, +, -, * and parentheses, for example: Sales - Profit.',
    kept: 'The file is kept; nothing was counted yet.',
  },
});
