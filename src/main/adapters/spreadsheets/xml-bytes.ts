import { AppError } from '#shared/errors/app-error';

/** One token (a tag, or the text of one cell) may not be longer; Excel's longest cell text is 32,767 characters. */
const MAX_TOKEN_BYTES = 4 * 1024 * 1024;

export const LT = 0x3c;
export const GT = 0x3e;
export const SLASH = 0x2f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const AMPERSAND = 0x26;

export const TagKind = { open: 0, close: 1, selfClosed: 2, cdata: 3, other: 4 } as const;

/**
 * Walks over the tags of an XML part that arrives in chunks, without a string per tag. After `next()` returned true,
 * the fields describe the tag and the text before it, as offsets into `buf`, valid until the next `push`.
 * Refuses DTDs and entities (`reading.workbook_entities`) and endless tokens (`reading.workbook_damaged`).
 */
export class XmlBytes {
  buf: Uint8Array = new Uint8Array(1024 * 1024);
  /** Text before the tag: `textStart` to `textEnd`. */
  textStart = 0;
  textEnd = 0;
  /** Local name of the tag, without prefix. */
  nameStart = 0;
  nameEnd = 0;
  /** Where the tag ends: attributes lie between `nameEnd` and `tagEnd`; for CDATA its content from `nameStart` to `nameEnd`. */
  tagEnd = 0;
  kind: number = TagKind.other;
  /** Whether the text before the tag is kept over chunks; text outside cells is dropped. */
  keepText = false;
  private pos = 0;
  private end = 0;
  private first = true;
  private readonly fileName: string;

  constructor(fileName: string) {
    this.fileName = fileName;
  }

  push(chunk: Uint8Array): void {
    const rest = this.end - this.pos;
    if (rest > MAX_TOKEN_BYTES) throw this.damaged('a cell or a tag of a sheet never ends');
    if (rest + chunk.length > this.buf.length) {
      const larger = new Uint8Array(Math.max(this.buf.length * 2, rest + chunk.length));
      larger.set(this.buf.subarray(this.pos, this.end));
      this.buf = larger;
    } else if (rest > 0) this.buf.copyWithin(0, this.pos, this.end);
    this.buf.set(chunk, rest);
    this.pos = 0;
    this.end = rest + chunk.length;
    if (this.first && this.end >= 2) this.checkEncoding();
  }

  /** Whether the part ended between tags, as a whole document does. */
  isAtEnd(): boolean {
    for (let at = this.pos; at < this.end; at += 1) if ((this.buf[at] ?? 0) > 0x20) return false;
    return true;
  }

  next(): boolean {
    const { buf, end } = this;
    let lt = this.pos;
    while (lt < end && buf[lt] !== LT) lt += 1;
    if (lt >= end) {
      if (!this.keepText) this.pos = end;
      return false;
    }
    if (!this.keepText) this.pos = lt;
    let at = lt + 1;
    if (at >= end) return false;
    let kind: number = TagKind.open;
    const head = buf[at];
    if (head === SLASH) {
      kind = TagKind.close;
      at += 1;
    } else if (head === 0x21 || head === 0x3f) return this.special(lt);
    let nameStart = at;
    let byte = 0;
    for (; at < end; at += 1) {
      byte = buf[at] ?? 0;
      if (byte === GT || byte === SLASH || byte <= 0x20) break;
      if (byte === 0x3a) nameStart = at + 1;
    }
    const nameEnd = at;
    while (at < end) {
      byte = buf[at] ?? 0;
      if (byte === GT) break;
      if (byte === QUOTE || byte === APOSTROPHE) {
        at += 1;
        while (at < end && buf[at] !== byte) at += 1;
      }
      at += 1;
    }
    if (at >= end) return false;
    if (buf[at - 1] === SLASH && kind === TagKind.open) kind = TagKind.selfClosed;
    this.textStart = this.pos;
    this.textEnd = lt;
    this.nameStart = nameStart;
    this.nameEnd = nameEnd;
    this.tagEnd = at;
    this.kind = kind;
    this.pos = at + 1;
    return true;
  }

  /** Comments, instructions and CDATA. */
  private special(lt: number): boolean {
    const { buf, end } = this;
    const isInstruction = buf[lt + 1] === 0x3f;
    if (!isInstruction && lt + 4 > end) return false;
    const isComment = buf[lt + 2] === 0x2d;
    const isCdata = buf[lt + 2] === 0x5b;
    if (!isInstruction && !isComment && !isCdata) {
      throw new AppError('reading.workbook_entities', 'input', { fileName: this.fileName });
    }
    const from = lt + (isInstruction ? 2 : isComment ? 4 : 9);
    const mark = isInstruction ? 0x3f : isComment ? 0x2d : 0x5d;
    for (let at = from; at < end; at += 1) {
      if (buf[at] !== GT || buf[at - 1] !== mark) continue;
      if (!isInstruction && (buf[at - 2] !== mark || at - 2 < from)) continue;
      this.textStart = this.pos;
      this.textEnd = lt;
      this.nameStart = from;
      this.nameEnd = isInstruction ? at - 1 : at - 2;
      this.tagEnd = at;
      this.kind = isCdata ? TagKind.cdata : TagKind.other;
      this.pos = at + 1;
      return true;
    }
    return false;
  }

  private checkEncoding(): void {
    this.first = false;
    const [a, b] = this.buf;
    const utf16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || a === 0 || b === 0;
    const declared = /^(?:\uFEFF)?\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(
      Buffer.from(this.buf.buffer, this.buf.byteOffset, Math.min(this.end, 200)).toString('utf8'),
    )?.[1];
    if (utf16 || (declared !== undefined && !/^(?:utf-?8|us-ascii|ascii)$/i.test(declared))) {
      throw this.damaged('a sheet is not written in UTF-8');
    }
  }

  damaged(problem: string): AppError {
    return new AppError('reading.workbook_damaged', 'input', { fileName: this.fileName, problem });
  }
}

/** A growing run of bytes: the text of one cell put together from several pieces. */
export class ByteRun {
  bytes: Uint8Array = new Uint8Array(4096);
  length = 0;
  private readonly limit: number;

  constructor(limit = MAX_TOKEN_BYTES) {
    this.limit = limit;
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    if (needed > this.limit) {
      throw new AppError('reading.workbook_too_large', 'limit', {
        problem: 'the text of one cell is too long',
      });
    }
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  append(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.set(source.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** Appends XML text: character references are resolved, CRLF and CR become LF as XML says. */
  appendXml(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    for (let at = start; at < end; at += 1) {
      const byte = source[at] ?? 0;
      if (byte === AMPERSAND) at = this.appendReference(source, at, end);
      else if (byte === 0x0d) {
        this.bytes[this.length++] = 0x0a;
        if (at + 1 < end && source[at + 1] === 0x0a) at += 1;
      } else this.bytes[this.length++] = byte;
    }
  }

  private appendReference(source: Uint8Array, start: number, end: number): number {
    let semicolon = start + 1;
    while (semicolon < end && semicolon < start + 12 && source[semicolon] !== 0x3b) semicolon += 1;
    if (source[semicolon] !== 0x3b || semicolon >= end) {
      this.bytes[this.length++] = AMPERSAND;
      return start;
    }
    const body = Buffer.from(source.buffer, source.byteOffset + start + 1, semicolon - start - 1).toString(
      'latin1',
    );
    const point = referencePoint(body);
    if (point === null) {
      this.bytes[this.length++] = AMPERSAND;
      return start;
    }
    // A reference is never shorter than the UTF-8 bytes of its character, so `reserve` was enough.
    const character = Buffer.from(String.fromCodePoint(point));
    this.bytes.set(character, this.length);
    this.length += character.length;
    return semicolon;
  }
}

function referencePoint(body: string): number | null {
  switch (body) {
    case 'amp':
      return AMPERSAND;
    case 'lt':
      return LT;
    case 'gt':
      return GT;
    case 'quot':
      return QUOTE;
    case 'apos':
      return APOSTROPHE;
    default:
  }
  const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(body);
  if (!digits) return null;
  const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? point : 0xfffd;
}

/** `_x000D_` stands for a control character and `_x005F_` for an underscore in texts of a workbook (ST_Xstring). */
export function unescapeXString(run: ByteRun, from = 0): void {
  const { bytes } = run;
  let at = from;
  while (at + 7 <= run.length && !(bytes[at] === 0x5f && bytes[at + 1] === 0x78)) at += 1;
  if (at + 7 > run.length) return;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, run.length - from).toString('utf8');
  const plain = text.replace(/_x([0-9A-Fa-f]{4})_/g, (whole, hex: string) => {
    const unit = Number.parseInt(hex, 16);
    return unit >= 0xd800 && unit <= 0xdfff ? whole : String.fromCharCode(unit);
  });
  if (plain === text) return;
  run.length = from;
  const encoded = Buffer.from(plain);
  run.append(encoded, 0, encoded.length);
}

/** True when the bytes are exactly the ASCII word. */
export function isWord(buf: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let index = 0; index < word.length; index += 1) {
    if (buf[start + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}
