import { holds, parseRowCondition } from '#shared/domain/rules/row-condition';
import {
  labelOfField,
  type NumberField,
  type RuleCheck,
  type RuleFacts,
} from '#shared/domain/rules/rule-set';
import { daysFromCivil, MICROS_PER_DAY } from '#shared/domain/values/calendar';
import { formatE4, parseE4Text } from '#shared/domain/values/numbers';
import { describeCheck } from '#shared/domain/rules/rule-words';
import { dayInWords } from '../value-messages.ts';
import type { NumberValues, RowCheck } from './ports.ts';

const ONE = 10_000n;

function limitOf(text: string | null): bigint | null {
  if (text === null) return null;
  const parsed = parseE4Text(text, { decimal: '.', grouping: '' });
  return parsed.ok ? parsed.e4 : null;
}

/** Counts are whole numbers in the columns, ten-thousandths in rules. */
const unitOf = (field: NumberField): bigint => (field === 'lineItemCount' ? ONE : 1n);

const exact = (column: NumberValues, index: number, unit: bigint): bigint => {
  const value = column.values[index] ?? 0;
  return (Number.isNaN(value) ? column.big(index) : BigInt(value)) * unit;
};

/** The largest double that is not above, or the smallest that is not below: integers up to 2^53 are compared exactly. */
const asDouble = (limit: bigint | null, unit: bigint, otherwise: number): number =>
  limit === null ? otherwise : Number(limit) / Number(unit);

/** Rows whose amount lies outside `[min, max]`, judged exactly: only those near a limit or beyond 2^53 as bigints. */
function outsideCheck(
  field: NumberField,
  min: bigint | null,
  max: bigint | null,
  why: (value: string) => string,
): RowCheck {
  const unit = unitOf(field);
  const low = asDouble(min, unit, Number.NEGATIVE_INFINITY);
  const high = asDouble(max, unit, Number.POSITIVE_INFINITY);
  return {
    judge(rows, tell) {
      const column = rows.numbers(field);
      if (column === null) return;
      const { values, present } = column;
      for (let index = 0; index < rows.count; index++) {
        if (present[index] !== 1) continue;
        const value = values[index] ?? 0;
        if (value > low && value < high) continue;
        const amount = exact(column, index, unit);
        if ((min !== null && amount < min) || (max !== null && amount > max)) {
          const text = formatE4(amount);
          tell(index, text, why(text));
        }
      }
    },
  };
}

export function rangeCheck(check: Extract<RuleCheck, { kind: 'range' }>): RowCheck {
  const label = labelOfField(check.field);
  const [min, max] = [limitOf(check.min), limitOf(check.max)];
  return outsideCheck(check.field, min, max, (value) => {
    const amount = limitOf(value) ?? 0n;
    return min !== null && amount < min
      ? `${label} is ${value}, below ${check.min ?? ''}.`
      : `${label} is ${value}, above ${check.max ?? ''}.`;
  });
}

export function outlierCheck(
  { field }: Extract<RuleCheck, { kind: 'outlier' }>,
  { limit }: Extract<RuleFacts, { kind: 'usual' }>,
): RowCheck {
  const most = limitOf(limit) ?? 0n;
  const label = labelOfField(field);
  return outsideCheck(
    field,
    -most,
    most,
    (value) => `${label} is ${value}; earlier rows hardly ever have more than ${limit}. Is a digit too many?`,
  );
}

export function compareCheck(check: Extract<RuleCheck, { kind: 'compare' }>): RowCheck {
  const parsed = parseRowCondition(check);
  // Rules are checked before they are kept; one that is not parsed any more judges nothing and says so.
  if ('problem' in parsed) throw new Error(`rule cannot be parsed: ${parsed.problem.message}`);
  const { condition } = parsed;
  const sentence = describeCheck(check);
  return {
    judge(rows, tell) {
      const columns = new Map(condition.fields.map((field) => [field, rows.numbers(field)]));
      if ([...columns.values()].includes(null)) return;
      for (let index = 0; index < rows.count; index++) {
        const amount = (field: NumberField) => {
          const column = columns.get(field);
          return column?.present[index] === 1 ? exact(column, index, unitOf(field)) : null;
        };
        if (holds(condition, amount)) continue;
        const found = condition.fields.map(
          (field) => `${labelOfField(field)} is ${formatE4(amount(field) ?? 0n)}`,
        );
        tell(index, null, `${found.join(', ')}. Expected: ${sentence}`);
      }
    },
  };
}

function dayStart(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return daysFromCivil(year, month, date) * MICROS_PER_DAY;
}

/** @param today calendar day of the import */
export function dateWindowCheck(check: Extract<RuleCheck, { kind: 'date-window' }>, today: string): RowCheck {
  const { from, to, lastDays } = check;
  const low = Math.max(
    from === null ? Number.NEGATIVE_INFINITY : dayStart(from),
    lastDays === null ? Number.NEGATIVE_INFINITY : dayStart(today) - lastDays * MICROS_PER_DAY,
  );
  const high = to === null ? Number.POSITIVE_INFINITY : dayStart(to) + MICROS_PER_DAY;
  const sentence = describeCheck(check);
  return {
    judge(rows, tell) {
      const column = rows.numbers('__time');
      if (column === null) return;
      for (let index = 0; index < rows.count; index++) {
        const micros = column.values[index] ?? 0;
        if (micros >= low && micros < high) continue;
        tell(index, dayInWords(micros), `The date is ${dayInWords(micros)}. ${sentence}`);
      }
    },
  };
}
