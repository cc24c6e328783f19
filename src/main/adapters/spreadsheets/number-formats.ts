/** What a number format shows: a date (with or without time), a time of day, or anything else. */
export type FormatMeaning = 'date' | 'time' | 'number';

/**
 * Meanings of the built-in formats that no styles part spells out (ECMA-376 part 1, 18.8.30), with those of the
 * East Asian versions (27 to 36, 50 to 58). 45 to 47 are times; 46 is an elapsed time and so a number.
 */
export function builtInMeaning(id: number): FormatMeaning {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58))
    return 'date';
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id === 45 || id === 47) return 'time';
  return 'number';
}

/**
 * The meaning of a format code: the letters d, y, m, h, s outside quotes, brackets and escapes, in the section for
 * positive numbers. `[h]:mm` counts elapsed hours and stays a number; an m with h or s and without d or y is minutes.
 */
export function formatMeaning(code: string): FormatMeaning {
  const bare =
    code
      .replace(/"[^"]*"?/g, '')
      .replace(/[\\_*]./gs, '')
      .split(';', 1)[0]
      ?.toLowerCase() ?? '';
  if (/\[(?:h+|m+|s+)\]/.test(bare)) return 'number';
  // Brackets hold colours, conditions and locales ([$-409], [Red], [>100]); "general" holds letters of its own.
  const letters = bare.replace(/\[[^\]]*\]/g, '').replace(/general/g, '');
  if (/[yd]|[eg](?=[-/. ]?m)/.test(letters.replace(/am\/pm|a\/p/g, ''))) return 'date';
  if (/[hs]/.test(letters)) return 'time';
  if (/m/.test(letters.replace(/am\/pm/g, '')) && !/[0#?]/.test(letters)) return 'date';
  return 'number';
}
