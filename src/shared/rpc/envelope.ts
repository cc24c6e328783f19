import { z } from 'zod';
import type { AppError } from '../errors/app-error.ts';

/** Largest request that a host accepts, in bytes of JSON text. Files never travel in requests. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const id = z.number().int().nonnegative();

/** What a client sends. `call` is answered once; `open` by events until `close` or the end. */
export const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id, name: z.string().max(100), input: z.unknown() }),
  z.strictObject({ type: z.literal('open'), id, name: z.string().max(100), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id }),
]);
export type Request = z.infer<typeof requestSchema>;

export const appErrorSchema = z.object({
  code: z.string(),
  kind: z.enum([
    'input',
    'permission',
    'notFound',
    'conflict',
    'unavailable',
    'timeout',
    'cancelled',
    'limit',
    'bug',
  ]),
  details: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]),
  ),
  retryable: z.boolean(),
  correlationId: z.string(),
});

/** What a host answers: one `ok` or `error` for a call; numbered `event`s, then `end` or `error`, for a stream. */
export const replySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ok'), id, output: z.unknown() }),
  z.object({ type: z.literal('error'), id, error: appErrorSchema }),
  z.object({ type: z.literal('event'), id, number: z.number().int(), data: z.unknown() }),
  z.object({ type: z.literal('end'), id }),
]);
export type Reply = z.infer<typeof replySchema>;

/** The reply that says why a request failed. Only code and details cross, never the cause. */
export function errorReply(id: number, error: AppError): Reply {
  const { details, ...rest } = error.toJSON();
  return { type: 'error', id, error: { ...rest, details: { ...details } } };
}

/**
 * A two-way pipe of messages between a client and a dispatcher: Electron IPC, a WebSocket or memory.
 * Messages are JSON-like values; `onClose` fires once when the pipe is gone, after which `send` does nothing.
 */
export interface Transport<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}
export type ClientTransport = Transport<Request, Reply>;
export type ServerTransport = Transport<Reply, Request>;

/** The part of AbortSignal that shared code needs; every runtime's AbortSignal fits. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
