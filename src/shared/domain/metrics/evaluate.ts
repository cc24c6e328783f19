import {
  addRational,
  divideRational,
  multiplyRational,
  negateRational,
  rational,
  rationalOfNumber,
  rationalToNumber,
  type Rational,
} from './exact.ts';
import type { Aggregate, ResolvedExpression } from './resolve.ts';

/** Exact value of an expression over aggregates; null (blank) when an operand is blank or a divisor is 0. */
export function evaluateExpression(
  expression: ResolvedExpression,
  valueOf: (aggregate: Aggregate) => Rational | null,
): Rational | null {
  switch (expression.kind) {
    case 'number':
      return rationalOfNumber(expression.value);
    case 'negate': {
      const operand = evaluateExpression(expression.operand, valueOf);
      return operand && negateRational(operand);
    }
    case 'binary': {
      const left = evaluateExpression(expression.left, valueOf);
      const right = evaluateExpression(expression.right, valueOf);
      return left && right && combine(expression.operator, left, right);
    }
    case 'sum':
    case 'count':
    case 'distinct':
    default:
      return valueOf(expression);
  }
}

function combine(operator: '+' | '-' | '*' | '/', left: Rational, right: Rational): Rational | null {
  switch (operator) {
    case '+':
      return addRational(left, right);
    case '-':
      return addRational(left, negateRational(right));
    case '*':
      return multiplyRational(left, right);
    case '/':
    default:
      return divideRational(left, right);
  }
}

/** A figure as it is answered: the double nearest to the exact value. */
export const figure = (value: Rational | null): number | null => value && rationalToNumber(value);

/** Cells of a comparison: `[previous, change, changePercent]`; see `querySchema` for their meaning. */
export function comparisonFigures(
  current: Rational | null,
  previous: Rational | null,
): [number | null, number | null, number | null] {
  if (!current || !previous) return [figure(previous), null, null];
  const change = addRational(current, negateRational(previous));
  const base = previous.numerator < 0n ? negateRational(previous) : previous;
  const percent = divideRational(multiplyRational(change, rational(100n)), base);
  return [figure(previous), figure(change), figure(percent)];
}
