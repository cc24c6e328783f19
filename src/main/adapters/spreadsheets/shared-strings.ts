import { AppError } from '#shared/errors/app-error';
import { ByteRun, TagKind, XmlBytes, isWord, unescapeXString } from './xml-bytes.ts';
import type { ZipArchive, ZipPart } from './zip-archive.ts';

const BLOCK_BYTES = 8 * 1024 * 1024;
/** Text of all shared strings together; beyond this a workbook would not fit beside the rest of the parser. */
const MAX_TEXT_BYTES = 384 * 1024 * 1024;
const MAX_STRINGS = 32 * 1024 * 1024;

/** The distinct texts of a workbook as UTF-8 in blocks, so that growing copies nothing. Counts in the file are not trusted. */
export class SharedStrings {
  count = 0;
  private blocks: Uint8Array[] = [];
  private used = BLOCK_BYTES;
  private textBytes = 0;
  private places = new Uint32Array(4096 * 3);
  private readonly fileName: string;

  constructor(fileName: string) {
    this.fileName = fileName;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.textBytes += length;
    if (this.textBytes > MAX_TEXT_BYTES || this.count >= MAX_STRINGS) {
      throw new AppError('reading.workbook_too_large', 'limit', {
        fileName: this.fileName,
        problem: 'its texts together are too long',
      });
    }
    if (this.used + length > BLOCK_BYTES) {
      this.blocks.push(new Uint8Array(BLOCK_BYTES));
      this.used = 0;
    }
    const block = this.blocks.length - 1;
    this.blocks[block]?.set(bytes.subarray(start, end), this.used);
    const at = this.count * 3;
    if (at >= this.places.length) {
      const larger = new Uint32Array(this.places.length * 2);
      larger.set(this.places);
      this.places = larger;
    }
    this.places[at] = block;
    this.places[at + 1] = this.used;
    this.places[at + 2] = this.used + length;
    this.used += length;
    this.count += 1;
  }

  blockOf(index: number): Uint8Array {
    return this.blocks[this.places[index * 3] ?? 0] ?? EMPTY;
  }
  startOf(index: number): number {
    return this.places[index * 3 + 1] ?? 0;
  }
  endOf(index: number): number {
    return this.places[index * 3 + 2] ?? 0;
  }
}

const EMPTY = new Uint8Array(0);

/** Reads the shared strings part: plain and rich text joined, phonetic guides left out. */
export async function readSharedStrings(
  zip: ZipArchive,
  part: ZipPart | null,
  fileName: string,
  signal: AbortSignal,
): Promise<SharedStrings> {
  const strings = new SharedStrings(fileName);
  if (!part) return strings;
  const xml = new XmlBytes(fileName);
  const text = new ByteRun();
  let inText = false;
  let phonetic = false;
  for await (const chunk of zip.read(part)) {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    xml.push(chunk);
    while (xml.next()) {
      if (inText) text.appendXml(xml.buf, xml.textStart, xml.textEnd);
      if (xml.kind === TagKind.cdata) {
        if (inText) text.append(xml.buf, xml.nameStart, xml.nameEnd);
        continue;
      }
      const { buf, nameStart, nameEnd, kind } = xml;
      if (isWord(buf, nameStart, nameEnd, 't')) {
        inText = kind === TagKind.open && !phonetic;
        xml.keepText = inText;
      } else if (isWord(buf, nameStart, nameEnd, 'rPh')) phonetic = kind === TagKind.open;
      else if (isWord(buf, nameStart, nameEnd, 'si')) {
        if (kind === TagKind.open) text.length = 0;
        else {
          if (kind === TagKind.selfClosed) text.length = 0;
          unescapeXString(text);
          strings.add(text.bytes, 0, text.length);
        }
      }
    }
  }
  if (!xml.isAtEnd()) throw xml.damaged('the shared texts end in the middle of a tag');
  return strings;
}
