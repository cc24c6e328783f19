/**
 * Under Electron only the main process can start utility processes. The engine asks it for a parser and gets one end of
 * a channel to it; the main process never sees what goes through that channel.
 */
export interface ParserWanted {
  readonly type: 'parser-wanted';
  readonly id: number;
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface ParserUnwanted {
  readonly type: 'parser-unwanted';
  readonly id: number;
}

/** Comes with the port to the parser. */
export interface ParserStarted {
  readonly type: 'parser-started';
  readonly id: number;
  readonly pid: number | null;
}

export interface ParserExited {
  readonly type: 'parser-exited';
  readonly id: number;
  readonly code: number;
}

export type ToMain = ParserWanted | ParserUnwanted;
export type ToEngine = ParserStarted | ParserExited;

function hasType(message: unknown, types: readonly string[]): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string' &&
    types.includes(message.type)
  );
}

export const isToMain = (message: unknown): message is ToMain =>
  hasType(message, ['parser-wanted', 'parser-unwanted']);
export const isToEngine = (message: unknown): message is ToEngine =>
  hasType(message, ['parser-started', 'parser-exited']);
