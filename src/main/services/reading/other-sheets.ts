import type { Finding } from '#shared/domain/findings';
import { suggestMapping } from '#shared/domain/mapping-suggestion';
import type { Inspection } from '#shared/domain/tables';

/**
 * What an import leaves out although people see it: the other visible sheets with rows. A warning where a sheet looks
 * like sales (every required field finds its column), because a month that nobody read is missing in every figure.
 * @param read index of the table that is read
 */
export function otherSheets({ tables }: Inspection, read: number): Finding[] {
  return tables.flatMap((table): Finding[] => {
    if (table.index === read || table.hidden || table.estimatedRows === 0) return [];
    const sales = suggestMapping(table, null).missing.length === 0;
    return [
      {
        code: 'reading.other_sheet',
        severity: sales ? 'warning' : 'info',
        sheet: table.sheet,
        row: 0,
        column: null,
        value: table.sheet,
        message: sales
          ? `The sheet “${table.sheet}” holds sales too. It was not read.`
          : `The sheet “${table.sheet}” was not read.`,
      },
    ];
  });
}
