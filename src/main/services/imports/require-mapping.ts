import { checkMapping } from '#shared/domain/mapping-suggestion';
import type { Mapping } from '#shared/domain/mapping';
import { SALES_FIELDS } from '#shared/domain/sales-schema';
import type { InspectedTable } from '#shared/domain/tables';
import { AppError } from '#shared/errors/app-error';

/** Throws `mapping.incomplete` or `mapping.expression_invalid` when the import could not go on with this mapping. */
export function requireComplete(table: InspectedTable, mapping: Mapping): void {
  const { missing, problems } = checkMapping(mapping, table);
  const invalid = problems.find((problem) => problem.position !== null);
  if (invalid) {
    const source = mapping.fields[invalid.field];
    throw new AppError('mapping.expression_invalid', 'input', {
      field: labelOf(invalid.field),
      expression: source?.kind === 'computed' ? source.expression : '',
      problem: invalid.message,
      position: invalid.position,
    });
  }
  if (missing.length > 0)
    throw new AppError('mapping.incomplete', 'input', {
      fields: missing.map(labelOf),
      problems: problems.map((problem) => problem.message),
    });
}

const labelOf = (id: string) => SALES_FIELDS.find((field) => field.id === id)?.label ?? id;
