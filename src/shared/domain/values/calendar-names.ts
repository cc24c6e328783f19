/** Month names in English and Swahili, long and short, lower case → 1 to 12. */
const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    ['january', 'jan', 'januari'],
    ['february', 'feb', 'februari'],
    ['march', 'mar', 'machi', 'mac'],
    ['april', 'apr', 'aprili'],
    ['may', 'mei'],
    ['june', 'jun', 'juni'],
    ['july', 'jul', 'julai'],
    ['august', 'aug', 'agosti', 'ago'],
    ['september', 'sep', 'sept', 'septemba'],
    ['october', 'oct', 'oktoba', 'okt'],
    ['november', 'nov', 'novemba'],
    ['december', 'dec', 'desemba', 'des'],
  ].flatMap((names, index) => names.map((name): [string, number] => [name, index + 1])),
);

/** Weekday names in English and Swahili → 0 (Sunday) to 6. */
const WEEKDAYS: ReadonlyMap<string, number> = new Map(
  [
    ['sunday', 'sun', 'jumapili', 'jpi'],
    ['monday', 'mon', 'jumatatu', 'jtt'],
    ['tuesday', 'tue', 'tues', 'jumanne', 'jnn'],
    ['wednesday', 'wed', 'jumatano', 'jtn'],
    ['thursday', 'thu', 'thur', 'thurs', 'alhamisi', 'alh'],
    ['friday', 'fri', 'ijumaa', 'ijm'],
    ['saturday', 'sat', 'jumamosi', 'jms'],
  ].flatMap((names, index) => names.map((name): [string, number] => [name, index])),
);

/** 1 to 12, or 0 when the word is no month. */
export const monthOf = (word: string): number => MONTHS.get(word.toLowerCase()) ?? 0;

/** 0 (Sunday) to 6, or -1 when the word is no weekday. */
export const weekdayOf = (word: string): number => WEEKDAYS.get(word.toLowerCase()) ?? -1;
