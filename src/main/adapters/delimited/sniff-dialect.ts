import type { Dialect } from '#shared/domain/tables';
import { looseKind } from './cell-kinds.ts';

/** Delimiters that are tried, most usual first, with how far they are believed beside their equals. */
const DELIMITERS: readonly (readonly [string, number])[] = [
  [',', 1],
  [';', 1],
  ['\t', 1],
  ['|', 1],
  ['\u001f', 1],
  ['\u0001', 1],
  ['^', 0.9],
  ['~', 0.9],
  ['\u00a6', 0.9],
  ['\u00a7', 0.9],
  [':', 0.6],
  [' ', 0.5],
];
const MAX_ROWS = 300;
const MAX_CHARS = 64 * 1024;

interface Trial {
  readonly delimiter: string;
  readonly quote: Dialect['quote'];
  readonly escape: Dialect['escape'];
  readonly score: number;
  readonly rows: readonly (readonly string[])[];
}

/** A quoted value of a sample ends within this many characters, or it is none. */
const MAX_QUOTED_CHARS = 8 * 1024;

/** Where the quoted value that begins behind `from` ends: the offset of its closing quote; -1 when it has none. */
function closingQuote(text: string, from: number, delimiter: string, quote: string, escape: string): number {
  const limit = Math.min(text.length, from + MAX_QUOTED_CHARS);
  for (let i = from; i < limit; i += 1) {
    const char = text.charAt(i);
    if (escape === '\\' && char === '\\') i += 1;
    else if (char === quote) {
      const next = text.charAt(i + 1);
      if (next === '' || next === '\n' || next === '\r' || text.startsWith(delimiter, i + 1)) return i;
      if (escape !== '\\' && next === quote) i += 1;
    }
  }
  return -1;
}

/** Splits a sample by a dialect, quotes that never close taken as they stand; for scoring only. */
export function splitSample(text: string, delimiter: string, quote: string, escape: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let from = 0;
  let i = 0;
  let fresh = true;
  const endCell = (): void => {
    row.push(text.slice(from, i));
    fresh = true;
  };
  while (i < text.length && rows.length < MAX_ROWS) {
    const char = text.charAt(i);
    if (fresh && quote !== '' && char === quote) {
      const close = closingQuote(text, i + 1, delimiter, quote, escape);
      if (close >= 0) {
        row.push(text.slice(i + 1, close));
        i = close + 1;
        if (text.startsWith(delimiter, i) && i < text.length) i += delimiter.length;
        else {
          i += text.startsWith('\r\n', i) ? 2 : 1;
          rows.push(row);
          row = [];
        }
        from = i;
        continue;
      }
    }
    if (text.startsWith(delimiter, i)) {
      endCell();
      i += delimiter.length;
      from = i;
    } else if (char === '\n' || char === '\r') {
      endCell();
      rows.push(row);
      row = [];
      i += text.startsWith('\r\n', i) ? 2 : 1;
      from = i;
    } else {
      if (char !== ' ') fresh = false;
      i += 1;
    }
  }
  if (rows.length < MAX_ROWS && text.length < MAX_CHARS && (from < text.length || row.length > 0)) {
    endCell();
    rows.push(row);
  }
  return rows;
}

/**
 * Consistency of a split: regular patterns of rows times the share of cells with a known type (van den Burg, Nazábal,
 * Sutton: "Wrangling messy CSV files by detecting row and type patterns", 2019).
 */
function scoreOf(rows: readonly (readonly string[])[]): number {
  const patterns = new Map<number, number>();
  let known = 0;
  let cells = 0;
  for (const row of rows) {
    if (row.every((cell) => cell.trim() === '')) continue;
    patterns.set(row.length, (patterns.get(row.length) ?? 0) + 1);
    for (const cell of row) {
      cells += 1;
      if (looseKind(cell) !== 'text' || /^[\p{L}\p{N}][\p{L}\p{N} .,&/()'-]{0,60}$/u.test(cell.trim()))
        known += 1;
    }
  }
  if (cells === 0) return 0;
  let pattern = 0;
  for (const [width, count] of patterns) pattern += count * (Math.max(0.001, width - 1) / width);
  return (pattern / patterns.size) * (known / cells);
}

/** True when a line has a quoted cell with the delimiter inside: then quotation marks mean something in this file. */
function quotesHoldDelimiters(text: string, delimiter: string): boolean {
  const mark = delimiter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  // The first run stops at a delimiter, so that no text is gone over twice.
  const cell = `"[^"\\r\\n${mark}]*${mark}[^"\\r\\n]*"`;
  return new RegExp(`(?:^|${mark})${cell}(?:${mark}|\\r|\\n|$)`, 'm').test(text);
}

/**
 * Ways of quoting to try, with how far each is believed. Double quotes are the rule even when the sample has none; that
 * quotation marks mean nothing at all must show clearly.
 */
function quotesToTry(text: string, delimiter: string): [Dialect['quote'], Dialect['escape'], number][] {
  const tries: [Dialect['quote'], Dialect['escape'], number][] = [['"', '"', 1]];
  for (const quote of ['"', "'"] as const) {
    const beside = [
      `${delimiter}${quote}`,
      `${quote}${delimiter}`,
      `\n${quote}`,
      `\r${quote}`,
      `${quote}\n`,
      `${quote}\r`,
    ].some((pair) => text.includes(pair));
    if (!beside && !text.startsWith(quote)) continue;
    if (quote === "'") tries.push([quote, quote, 1]);
    if (text.includes(`\\${quote}`)) tries.push([quote, '\\', 1]);
  }
  if (!quotesHoldDelimiters(text, delimiter)) tries.push(['', '', 0.8]);
  return tries;
}

/** `, ` and doubled delimiters: the longer one when every delimiter of the sample is written so. */
function widen({ delimiter, quote, escape, rows }: Trial, text: string): string {
  if (delimiter === ' ' || rows.every((row) => row.length === 1)) return delimiter;
  const spaced = `${delimiter} `;
  if (text.includes(spaced)) {
    const wider = splitSample(text, spaced, quote, escape);
    if (wider.length === rows.length && rows.every((row, i) => row.length === wider[i]?.length))
      return spaced;
  }
  const inBetween = rows.every(
    (row) => row.length % 2 === 1 && row.every((cell, i) => i % 2 === 0 || cell === ''),
  );
  return inBetween ? delimiter + delimiter : delimiter;
}

function recordDelimiterOf(rows: string, quote: string): Dialect['recordDelimiter'] {
  let lf = 0;
  let cr = 0;
  let both = 0;
  let quoted = false;
  for (let i = 0; i < rows.length; i += 1) {
    const char = rows.charAt(i);
    if (quote !== '' && char === quote) quoted = !quoted;
    if (quoted || (char !== '\r' && char !== '\n')) continue;
    if (char === '\n') lf += 1;
    else if (rows.charAt(i + 1) === '\n') {
      both += 1;
      i += 1;
    } else if (i + 1 < rows.length) cr += 1;
  }
  const kinds = [lf, cr, both].filter((count) => count > 0).length;
  if (kinds > 1) return cr > 0 && cr * 20 < lf + both ? (lf > both ? '\n' : '\r\n') : 'mixed';
  return both > 0 ? '\r\n' : cr > 0 ? '\r' : '\n';
}

/** How a delimited text is written, by its beginning (decoded, without byte order mark). */
export function sniffDialect(sample: string): Omit<Dialect, 'encoding' | 'bom'> {
  const text = sample.slice(0, MAX_CHARS);
  let best: Trial = { delimiter: ',', quote: '"', escape: '"', score: -1, rows: [] };
  for (const [delimiter, weight] of DELIMITERS) {
    if (delimiter !== ',' && !text.includes(delimiter)) continue;
    for (const [quote, escape, trust] of quotesToTry(text, delimiter)) {
      const rows = splitSample(text, delimiter, quote, escape);
      const score = scoreOf(rows) * weight * trust;
      if (score > best.score * 1.0001) best = { delimiter, quote, escape, score, rows };
    }
  }
  const delimiter = widen(best, text);
  const { quote, escape } = best;
  return {
    delimiter,
    quote,
    escape,
    recordDelimiter: recordDelimiterOf(text, quote),
    comment: commentOf(best.rows),
  };
}

/** `#` when lines that begin with it stand above the table and have another width than its rows. */
function commentOf(rows: readonly (readonly string[])[]): string {
  const widths = rows.map((row) => row.length);
  const usual = [...widths].sort((a, b) => a - b)[Math.floor(widths.length / 2)] ?? 1;
  const first = rows[0];
  const isComment = first?.[0]?.startsWith('#') === true && rows.length > 1;
  return isComment && (first.length !== usual || rows[1]?.[0]?.startsWith('#') === true) ? '#' : '';
}
