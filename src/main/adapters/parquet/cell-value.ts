import { CellKind } from '../../services/reading/ports.ts';
import { plainNumber } from '../spreadsheets/plain-decimal.ts';
import type { ColumnText } from './column-text.ts';

export interface CellValue {
  readonly kind: number;
  readonly text: string;
}

/** DuckDB writes years after 9999 with more digits and years before Christ with a suffix: those stay text. */
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,9})?$/;

/**
 * The cell of a value as DuckDB writes it. A double is shown with at most 15 significant digits, as a workbook shows
 * it, unless it is a whole number that a double holds exactly; infinities and not-a-number are errors, never numbers.
 */
export function cellValue({ kind, shape }: ColumnText, text: string): CellValue {
  switch (shape) {
    case 'text':
    case 'whole':
    case 'decimal':
      return { kind, text };
    case 'double': {
      const value = Number(text);
      if (!Number.isFinite(value)) return { kind: CellKind.error, text };
      return { kind, text: Number.isSafeInteger(value) ? String(value + 0) : plainNumber(value) };
    }
    case 'boolean':
      return { kind, text: text === 'true' ? 'TRUE' : 'FALSE' };
    case 'date':
      return { kind: DATE.test(text) ? kind : CellKind.text, text };
    case 'timestamp': {
      const match = TIMESTAMP.exec(text);
      if (!match) return { kind: CellKind.text, text };
      const fraction = (match[3] ?? '').slice(0, 7).replace(/\.?0+$/, '');
      const [, day = '', time = ''] = match;
      return { kind, text: time === '00:00:00' && fraction === '' ? day : `${day}T${time}${fraction}` };
    }
  }
}
