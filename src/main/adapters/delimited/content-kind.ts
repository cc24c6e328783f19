/** What files that are renamed to .csv really are, by their first bytes. */
const SIGNATURES: readonly (readonly [string, readonly number[], number])[] = [
  ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d], 0],
  ['a zip archive or an Office document', [0x50, 0x4b, 0x03, 0x04], 0],
  ['an empty zip archive', [0x50, 0x4b, 0x05, 0x06], 0],
  ['an old Office document', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 0],
  ['a PNG picture', [0x89, 0x50, 0x4e, 0x47], 0],
  ['a JPEG picture', [0xff, 0xd8, 0xff], 0],
  ['a GIF picture', [0x47, 0x49, 0x46, 0x38], 0],
  ['a TIFF picture', [0x49, 0x49, 0x2a, 0x00], 0],
  ['a TIFF picture', [0x4d, 0x4d, 0x00, 0x2a], 0],
  ['a WebP picture or another media file', [0x52, 0x49, 0x46, 0x46], 0],
  ['a video', [0x66, 0x74, 0x79, 0x70], 4],
  ['a gzip archive', [0x1f, 0x8b, 0x08], 0],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 0],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], 0],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 0],
  ['a bzip2 archive', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59], 0],
  ['a Zstandard archive', [0x28, 0xb5, 0x2f, 0xfd], 0],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31], 0],
  ['a SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], 0],
  ['a program', [0x7f, 0x45, 0x4c, 0x46], 0],
  ['a program', [0x4d, 0x5a, 0x90, 0x00], 0],
  ['an Access database', [0x00, 0x01, 0x00, 0x00, 0x53, 0x74, 0x61, 0x6e], 0],
  ['text in UTF-32', [0xff, 0xfe, 0x00, 0x00], 0],
  ['text in UTF-32', [0x00, 0x00, 0xfe, 0xff], 0],
  ['a rich text document', [0x7b, 0x5c, 0x72, 0x74, 0x66], 0],
];

const MARKUP = /^\s*<(?:!doctype\s+html|html|head|table|\?xml)\b/i;

/** Names what a file is when it is no delimited text; null when it may be. `head` is the beginning of the file. */
export function foreignContent(head: Uint8Array): string | null {
  for (const [name, signature, at] of SIGNATURES) {
    if (signature.every((byte, index) => head[at + index] === byte)) return name;
  }
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 512)).toString('latin1');
  if (MARKUP.test(start.replace(/^\u00ef\u00bb\u00bf/, ''))) return 'a web page or XML document';
  return null;
}

/** Share of bytes that no text has: control characters other than tab, line ends, form feed and separators. */
export function controlShare(head: Uint8Array): number {
  let control = 0;
  for (const byte of head) {
    const text = byte >= 0x20 || (byte >= 9 && byte <= 13) || byte === 0 || (byte >= 0x1c && byte <= 0x1f);
    if (!text && byte !== 0x1b && byte !== 0x01) control += 1;
  }
  return head.length === 0 ? 0 : control / head.length;
}
