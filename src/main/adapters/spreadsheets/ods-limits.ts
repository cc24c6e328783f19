import { AppError } from '#shared/errors/app-error';
import { TagKind, XmlBytes, isWord } from './xml-bytes.ts';
import type { ZipArchive } from './zip-archive.ts';

/** Cells with a value that the library may unroll; each one costs it some 150 bytes. */
const MAX_VALUES = 4_000_000;

/**
 * An ODS says "this cell, 16,384 times, in a million rows" in one tag, and the library makes an object of each. Counts
 * what the repeats stand for before the library may. Throws `reading.workbook_too_large`.
 */
export async function checkOdsRepeats(zip: ZipArchive, fileName: string, signal: AbortSignal): Promise<void> {
  const part = zip.find('content.xml');
  if (!part) return;
  const xml = new XmlBytes(fileName);
  let rowRepeats = 1;
  let inRow = 0;
  let total = 0;
  for await (const chunk of zip.read(part)) {
    if (signal.aborted) throw new AppError('app.cancelled', 'cancelled');
    xml.push(chunk);
    while (xml.next()) {
      if (xml.kind !== TagKind.open && xml.kind !== TagKind.selfClosed) continue;
      const { buf, nameStart, nameEnd, tagEnd } = xml;
      if (isWord(buf, nameStart, nameEnd, 'table-row')) {
        rowRepeats = repeats(buf, nameEnd, tagEnd, 'number-rows-repeated');
        inRow = 0;
      } else if (isWord(buf, nameStart, nameEnd, 'table-cell')) {
        const attributes = text(buf, nameEnd, tagEnd);
        if (!/value-type|formula/.test(attributes)) continue;
        const cells = repeats(buf, nameEnd, tagEnd, 'number-columns-repeated');
        inRow += cells;
        total += cells * rowRepeats;
        if (total > MAX_VALUES || inRow > 16_384) {
          throw new AppError('reading.workbook_too_large', 'limit', {
            fileName,
            problem: `it repeats values more than ${MAX_VALUES} times`,
          });
        }
      }
    }
  }
}

const text = (buf: Uint8Array, start: number, end: number) =>
  Buffer.from(buf.buffer, buf.byteOffset + start, end - start).toString('latin1');

function repeats(buf: Uint8Array, start: number, end: number, name: string): number {
  const match = new RegExp(`${name}\\s*=\\s*["'](\\d+)["']`).exec(text(buf, start, end));
  return match ? Number(match[1]) : 1;
}
