/** Size of a sheet in every version of Excel since 2007. */
export const MAX_ROWS = 1_048_576;
export const MAX_COLUMNS = 16_384;

/** Zero-based column of a cell reference such as `XFD12` in bytes; -1 when there are no letters. */
export function columnOf(buf: Uint8Array, start: number, end: number): number {
  let column = 0;
  let at = start;
  for (; at < end; at += 1) {
    const letter = (buf[at] ?? 0) & 0xdf;
    if (letter < 0x41 || letter > 0x5a) break;
    column = column * 26 + (letter - 0x40);
    if (column > MAX_COLUMNS) return column - 1;
  }
  return column - 1;
}

/** A whole number in bytes; -1 when it is none or has more than nine digits. */
export function wholeNumber(buf: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 9) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (buf[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `A1`-style name of a zero-based column. */
export function columnName(column: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}
