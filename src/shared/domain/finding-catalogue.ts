import { readingErrors } from '../errors/reading.ts';
import type { ErrorEntry } from '../errors/catalogue.ts';
import type { Severity } from './findings.ts';

/** What a finding means to a person: a short title, and why it matters or what was done. */
export interface FindingEntry {
  readonly title: string;
  readonly severity: Severity;
  readonly explanation: string;
}

const error = (title: string, explanation: string): FindingEntry => ({
  title,
  severity: 'error',
  explanation,
});
const warning = (title: string, explanation: string): FindingEntry => ({
  title,
  severity: 'warning',
  explanation,
});

/** Findings about values and rows; an error rejects its row, a warning keeps it. */
export const valueFindings = {
  'value.missing': error(
    'Required value is missing',
    'Date, branch and revenue are needed in every row; without them the row cannot be placed or counted.',
  ),
  'value.not_a_date': error('Not a date', 'The value cannot be read as a date in the order that was chosen.'),
  'value.no_such_day': error(
    'A day that does not exist',
    'No calendar has this day; it is never moved to another.',
  ),
  'value.future_date': error('Date in the future', 'The date lies after today. Check the year.'),
  'value.too_old': error('Date before the year 2000', 'Sales before 2000 are taken for typing errors.'),
  'value.not_a_number': error(
    'Not a number',
    'The value cannot be read as an amount. It is never taken as 0.',
  ),
  'value.other_currency': error(
    'Amount in another currency',
    'Figures are kept in one currency; amounts in another cannot be added to them. Convert them first.',
  ),
  'value.share': error(
    'A percentage instead of an amount',
    'A share says nothing about the amount; it is never taken as one.',
  ),
  'value.out_of_range': error('Amount out of range', 'Amounts can have 14 digits before the decimal sign.'),
  'value.not_whole': error('Not a whole number', 'A number of line items is a whole number, 1 or more.'),
  'value.too_few_lines': error('Line items below 1', 'A row stands for at least one line item.'),
  'value.error_value': error(
    'Formula error in a cell',
    'The program that made the file could not compute this cell. It is never taken as 0.',
  ),
  'value.uncomputed': error(
    'Formula without a result',
    'The file holds a formula but not its result. Open the workbook in Excel, save it and import it again.',
  ),
  'value.text_too_long': error('Text is too long', 'Names can have up to 2,000 characters.'),
  'value.rounded': warning(
    'Rounded to four decimals',
    'Amounts are kept with four decimals; this one had more.',
  ),
  'value.returns_positive': warning(
    'Return written as a positive amount',
    'Returns reduce sales, so the amount was taken as negative.',
  ),
  'value.blank_as_zero': {
    title: 'Blank read as zero',
    severity: 'info',
    explanation: 'The mapping says that a blank cell of this column means nothing was returned.',
  },
  'value.read_as': {
    title: 'Read as another name',
    severity: 'info',
    explanation: 'You said that this name stands for another; the rows count under that one.',
  },
  'row.cost_above_revenue': warning(
    'Cost is above revenue',
    'The cost is more than one and a half times the revenue. The row counts as it is.',
  ),
  'row.total': error(
    'A total among the rows',
    'The row adds up other rows; with them it would count twice. Give the branch its name if it is a sale.',
  ),
  'row.maybe_total': warning(
    'Could be a total',
    'The row has a date and is named like a total. It counts; if it adds up other rows, they count twice.',
  ),
  'row.duplicate': warning(
    'Row occurs twice',
    'All cells are equal to those of an earlier row of this file. Both count.',
  ),
  'row.duplicates_not_searched': warning(
    'Not all rows were compared for duplicates',
    'The file has more rows than Mauzo compares; rows after this one were not searched for duplicates.',
  ),
} as const satisfies Record<string, FindingEntry>;

export type ValueFindingCode = keyof typeof valueFindings;

const ofReading: Readonly<Record<string, ErrorEntry>> = readingErrors;
const ofValues: Readonly<Record<string, FindingEntry>> = valueFindings;

/** The words of a finding by its code; severities of `reading.*` findings are on the findings themselves. */
export function describeFinding(code: string): { readonly title: string; readonly explanation: string } {
  if (Object.hasOwn(ofValues, code) && ofValues[code]) return ofValues[code];
  const entry = Object.hasOwn(ofReading, code) ? ofReading[code] : undefined;
  return entry
    ? { title: entry.title, explanation: `${entry.cause} ${entry.remedy}` }
    : { title: code, explanation: 'This version of Mauzo has no words for this finding.' };
}
