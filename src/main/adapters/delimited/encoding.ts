import { isAscii, isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import type { Dialect } from '#shared/domain/tables';

export interface DetectedEncoding {
  readonly encoding: Dialect['encoding'];
  readonly bom: boolean;
}

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Bytes of the byte order mark that a dialect says is there. */
export function bomLength({ encoding, bom }: DetectedEncoding): number {
  return bom ? (encoding === 'utf-8' ? 3 : 2) : 0;
}

/** By byte order mark, or by where the zero bytes of UTF-16 stand; null when only the whole file can tell. */
export function encodingOfHead(head: Uint8Array): DetectedEncoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bom: true };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bom: true };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bom: true };
  let even = 0;
  let odd = 0;
  const length = Math.min(head.length, 4096) & ~1;
  for (let i = 0; i < length; i += 2) {
    if (head[i] === 0) even += 1;
    if (head[i + 1] === 0) odd += 1;
  }
  const pairs = length / 2;
  if (pairs >= 2 && odd > pairs * 0.4 && even < pairs * 0.05) return { encoding: 'utf-16le', bom: false };
  if (pairs >= 2 && even > pairs * 0.4 && odd < pairs * 0.05) return { encoding: 'utf-16be', bom: false };
  return null;
}

/** Length of `bytes` without a character that is cut at its end. */
export function completeUtf8Length(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Counts well-formed characters beyond ASCII and bytes that are part of none. */
function countCharacters(bytes: Uint8Array): { good: number; bad: number } {
  let good = 0;
  let bad = 0;
  for (let i = 0; i < bytes.length;) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) {
      i += 1;
      continue;
    }
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
    if (needs > 0 && isUtf8(bytes.subarray(i, i + needs)) && i + needs <= bytes.length) {
      good += 1;
      i += needs;
    } else {
      bad += 1;
      i += 1;
    }
  }
  return { good, bad };
}

/**
 * UTF-8 when the whole file is well-formed, or when damaged characters are few beside good ones (they are reported row
 * by row); Windows-1252 otherwise. Reads the file once, at the speed of the disk.
 */
export async function encodingOfWhole(handle: FileHandle, signal: AbortSignal): Promise<DetectedEncoding> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let kept = 0;
  let position = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, kept, chunk.length - kept, position);
    const have = kept + bytesRead;
    position += bytesRead;
    const all = chunk.subarray(0, have);
    const whole = bytesRead === 0 ? have : completeUtf8Length(all);
    const complete = all.subarray(0, whole);
    if (!isAscii(complete) && !isUtf8(complete)) {
      const { good, bad } = countCharacters(complete);
      return { encoding: good > bad * 4 ? 'utf-8' : 'windows-1252', bom: false };
    }
    if (bytesRead === 0) return { encoding: 'utf-8', bom: false };
    chunk.copy(chunk, 0, whole, have);
    kept = have - whole;
  }
}
