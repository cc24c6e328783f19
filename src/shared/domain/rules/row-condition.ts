import {
  compareExpressions,
  expressionColumns,
  parseColumnExpression,
  type ColumnExpression,
  type ExpressionProblem,
} from '../column-expression.ts';
import {
  labelOfField,
  NUMBER_FIELDS,
  type CompareOperator,
  type NumberField,
  type RuleCheck,
} from './rule-set.ts';

/** A comparison over the amounts of one row, parsed. Columns are positions in {@link NUMBER_FIELDS}. */
export interface RowCondition {
  readonly left: ColumnExpression;
  readonly operator: CompareOperator;
  readonly right: ColumnExpression;
  readonly fields: readonly NumberField[];
}

type CompareCheck = Extract<RuleCheck, { kind: 'compare' }>;
export type ParsedCondition =
  | { readonly condition: RowCondition }
  | { readonly side: 'left' | 'right'; readonly problem: ExpressionProblem };

function parseSide(text: string) {
  const byId = parseColumnExpression(text, NUMBER_FIELDS, 'A row');
  if ('tree' in byId) return byId;
  // People write the labels that they see: “Total cost <= Gross revenue * 1.5”.
  const byLabel = parseColumnExpression(text, NUMBER_FIELDS.map(labelOfField), 'A row');
  return 'tree' in byLabel ? byLabel : byId;
}

/** Parses `totalCost <= grossRevenue * 1.5`: amounts by id or label, numbers, `+ - *` and parentheses. */
export function parseRowCondition({ left, operator, right }: CompareCheck): ParsedCondition {
  const parsedLeft = parseSide(left);
  if ('problem' in parsedLeft) return { side: 'left', problem: parsedLeft.problem };
  const parsedRight = parseSide(right);
  if ('problem' in parsedRight) return { side: 'right', problem: parsedRight.problem };
  const columns = new Set([...expressionColumns(parsedLeft.tree), ...expressionColumns(parsedRight.tree)]);
  const fields = NUMBER_FIELDS.filter((_, index) => columns.has(index));
  return { condition: { left: parsedLeft.tree, operator, right: parsedRight.tree, fields } };
}

/** Whether the row meets the condition, exactly; true when an amount that it needs is blank. */
export function holds(condition: RowCondition, e4: (field: NumberField) => bigint | null): boolean {
  const order = compareExpressions(condition.left, condition.right, (column) => {
    const field = NUMBER_FIELDS[column];
    return field === undefined ? null : e4(field);
  });
  if (order === null) return true;
  switch (condition.operator) {
    case '<=':
      return order <= 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
  }
}
