/** Words that only tell the unit of a column: "Amount (KES)" is the column "Amount". */
const UNIT_WORDS = new Set(['kes', 'ksh', 'kshs', 'kenya', 'shillings', 'shs', 'usd', 'incl', 'excl', 'vat']);

/**
 * The words of a header, without case, accents, punctuation and camel case: `GrossRevenue (KES)` and
 * `gross_revenue kes` have the same words.
 */
export function headerWords(header: string): string[] {
  return header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The comparable form of a header: its words without spaces. */
export const headerKey = (header: string): string => headerWords(header).join('');

/** The comparable form without unit words; '' when nothing else is left. */
export const headerKeyWithoutUnits = (header: string): string =>
  headerWords(header)
    .filter((word) => !UNIT_WORDS.has(word))
    .join('');
