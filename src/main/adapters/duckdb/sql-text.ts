/** A text literal. Only for paths and names of ours in statements that take no parameters; values of data are bound. */
export function quoteString(text: string): string {
  if (text.includes('\0')) throw new RangeError('text with a NUL character cannot be quoted');
  return `'${text.replaceAll("'", "''")}'`;
}

/** An identifier of the catalogue. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
