import type { AppErrorJson } from '#shared/errors/app-error';
import type { ParserFile, ReadRequest, ValidateRequest } from '../services/imports/ports.ts';

/** The one request that a parser process gets. */
export type ParserRequest =
  | { readonly operation: 'inspect'; readonly file: ParserFile }
  | { readonly operation: 'validate'; readonly request: ValidateRequest }
  | { readonly operation: 'read'; readonly request: ReadRequest };

/** What a parser process says. `alive` comes every second while its loop turns. */
export type ParserMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'alive'; readonly rssBytes: number }
  | {
      readonly kind: 'progress';
      readonly bytesDone: number;
      readonly bytesTotal: number;
      readonly rows: number;
    }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: AppErrorJson; readonly stack: string };

const KINDS: ReadonlySet<unknown> = new Set(['ready', 'alive', 'progress', 'done', 'failed']);

/** True for messages of our own parser; the process is ours, only its data are hostile. */
export const isParserMessage = (message: unknown): message is ParserMessage =>
  typeof message === 'object' && message !== null && 'kind' in message && KINDS.has(message.kind);

export const isParserRequest = (message: unknown): message is ParserRequest =>
  typeof message === 'object' &&
  message !== null &&
  'operation' in message &&
  ['inspect', 'validate', 'read'].includes(String(message.operation));
