import type { AppError, AppErrorJson } from '#shared/errors/app-error';
import { connectionOf } from '#shared/errors/connection-failure';
import { renderError } from '#shared/errors/index';

/** Exit codes of the command line. */
export const EXIT = { done: 0, doneWithFindings: 1, usage: 2, failed: 3, connection: 4 } as const;

/** Where a command writes; tests pass their own. */
export interface Output {
  /** Results. */
  out(text: string): void;
  /** Progress, errors and hints. */
  err(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** `Cc` are control characters; the others change the direction of text and so hide what stands there. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What a file name or cell could do to a terminal (move the cursor, hide text) is shown instead of done. */
export const plain = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/** Title, cause, remedy, what was kept, and the code. */
export function errorText(error: Pick<AppErrorJson, 'code' | 'details'>): string {
  const { title, cause, remedy, kept, code } = renderError(error);
  const lines = [title, `  ${cause}`, `  ${remedy}`, ...(kept === null ? [] : [`  ${kept}`]), `  (${code})`];
  return `${lines.map(plain).join('\n')}\n`;
}

/** The error document of `--json`, with its words for people who read logs. */
export function errorDocument(error: AppErrorJson) {
  const { title, cause, remedy, kept } = renderError(error);
  return { ...error, title, cause, remedy, kept };
}

/** Codes that say that the command line asked for something that there is not. */
const USAGE = new Set([
  'cli.usage',
  'cli.not_available',
  'cli.bad_file',
  'connections.invalid',
  'connections.from_environment',
  'connections.environment_invalid',
]);

/** Areas of the services that Mauzo can be connected to. */
const CONNECTION = /^(s3|druid|postgres|keychain|connections)\./;

/** Codes that say that a connection is not set. */
const MISSING = new Set(['moving.no_database']);

export function exitCodeOf(error: AppError): number {
  if (connectionOf(error) !== null || MISSING.has(error.code)) return EXIT.connection;
  const asked = error.kind === 'input' && error.code.startsWith('analytics.');
  if (asked || USAGE.has(error.code)) return EXIT.usage;
  return CONNECTION.test(error.code) ? EXIT.connection : EXIT.failed;
}

export type Align = 'left' | 'right';

/** An aligned table: header, a line, rows. Widths count code points. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): string {
  const cells = [header, ...rows].map((row) => row.map(plain));
  const lengthOf = (text: string) => Array.from(text).length;
  const widths = header.map((_, index) => Math.max(...cells.map((row) => lengthOf(row[index] ?? ''))));
  const pad = (text: string, index: number) => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(text)));
    return align[index] === 'right' ? space + text : text + space;
  };
  const lines = cells.map((row) => row.map(pad).join('  ').trimEnd());
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '));
  return `${lines.join('\n')}\n`;
}

/** Groups the digits of a decimal text; never through a float. */
export function groupDigits(decimal: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(decimal);
  if (!match) return decimal;
  return `${match[1] ?? ''}${(match[2] ?? '').replace(/\B(?=(\d{3})+$)/g, ',')}${match[3] ?? ''}`;
}

/** An amount of a ledger with its digits grouped, two decimals at least; blank when it is unknown. */
export function amountText(decimal: string | null): string {
  if (decimal === null) return '';
  const [whole = '', fraction = ''] = decimal.split('.');
  return groupDigits(`${whole}.${fraction.padEnd(2, '0')}`);
}
