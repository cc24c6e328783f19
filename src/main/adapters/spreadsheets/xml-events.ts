import { AppError } from '#shared/errors/app-error';

/** Small parts (workbook, relationships, styles) read as events over text; large parts have byte scanners instead. */
export interface XmlHandlers {
  /** `name` is without its prefix; attributes keep theirs. */
  open?(name: string, attributes: Readonly<Record<string, string>>, depth: number): void;
  close?(name: string, depth: number): void;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Resolves the five named and all numeric character references; an unknown one stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, body: string) => {
    if (!body.startsWith('#')) return Object.hasOwn(NAMED, body) ? (NAMED[body] ?? whole) : whole;
    const point = /^#x/i.test(body) ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
      ? String.fromCodePoint(point)
      : '\uFFFD';
  });
}

/** Text of an XML part in UTF-8 or UTF-16 (by byte order mark or declaration). */
export function decodeXml(bytes: Uint8Array, fileName: string): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x3c && bytes[1] === 0);
  const utf16Big = (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0 && bytes[1] === 0x3c);
  const text = new TextDecoder(utf16 ? 'utf-16le' : utf16Big ? 'utf-16be' : 'utf-8').decode(bytes);
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw new AppError('reading.workbook_entities', 'input', { fileName });
  return text;
}

const ATTRIBUTE = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

export function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

/** Walks over the tags of a well-formed part; comments, instructions and text are passed over. */
export function readXml(text: string, handlers: XmlHandlers): void {
  const tags =
    /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>!?]+)((?:"[^"]*"|'[^']*'|[^"'>])*?)(\/?)>/g;
  let depth = 0;
  for (let match = tags.exec(text); match; match = tags.exec(text)) {
    const name = match[2];
    if (name === undefined) continue;
    const local = localName(name);
    if (match[1] === '/') {
      depth -= 1;
      handlers.close?.(local, depth);
      continue;
    }
    const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [, key = '', double, single] of (match[3] ?? '').matchAll(ATTRIBUTE)) {
      attributes[key] = decodeEntities(double ?? single ?? '');
    }
    handlers.open?.(local, attributes, depth);
    if (match[4] === '/') handlers.close?.(local, depth);
    else depth += 1;
  }
}
