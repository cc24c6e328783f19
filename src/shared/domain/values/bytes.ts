/** Decodes UTF-8 into a string; what is not valid UTF-8 becomes U+FFFD. For single cells, not for whole files. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let i = start;
  while (i < end) {
    const first = bytes[i] ?? 0;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i += 1;
      continue;
    }
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const point = first < 0xc2 || first > 0xf4 || i + length > end ? -1 : codePoint(bytes, i, first, length);
    text += point < 0 ? '\ufffd' : String.fromCodePoint(point);
    i += point < 0 ? 1 : length;
  }
  return text;
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x10000] as const;

function codePoint(bytes: Uint8Array, at: number, first: number, length: number): number {
  let point = first & (0xff >> (length + 1));
  for (let k = 1; k < length; k += 1) {
    const next = bytes[at + k] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (next & 0x3f);
  }
  const overlong = point < (SMALLEST[length] ?? 0);
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return overlong || surrogate || point > 0x10ffff ? -1 : point;
}

/** Spaces that people and programs put around and inside numbers: space, tab, no-break, narrow no-break, thin, figure. */
export function isSpace(code: number): boolean {
  return (
    code === 0x20 ||
    code === 0x09 ||
    code === 0xa0 ||
    code === 0x202f ||
    code === 0x2009 ||
    code === 0x2007 ||
    code === 0x0a ||
    code === 0x0d
  );
}

/** Removes the spaces of {@link isSpace} at both ends. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * The marks that people write for "nothing here", the same in number and date columns. Anything else that is no value
 * is reported. Compared in lower case after trimming.
 */
const BLANK_MARKS: ReadonlySet<string> = new Set([
  '',
  '-',
  '--',
  '\u2013',
  '\u2014',
  '\u2212',
  'n/a',
  'na',
  'n.a.',
  '#n/a',
  'nil',
  'null',
]);

/** True when trimmed text means "no value": empty, dashes, n/a, na, n.a., #N/A, nil, null. */
export function isBlankMark(trimmed: string): boolean {
  return trimmed.length <= 4 && BLANK_MARKS.has(trimmed.toLowerCase());
}
