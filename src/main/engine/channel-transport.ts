import type { AppError } from '#shared/errors/app-error';
import { isToEngine } from '../adapters/processes/relay-messages.ts';
import { replySchema, type Reply, type Request, type ServerTransport } from '#shared/rpc/envelope';
import type { ProcessChannel } from '../parser/process-channel.ts';

/** A {@link ServerTransport} over the channel to the starting process, usable before the engine is up. */
export interface ChannelTransport {
  readonly transport: ServerTransport;
  /** Answers every request, those that wait and those to come, with this error. */
  refuse(error: AppError): void;
}

const isRequest = (message: unknown) =>
  typeof message !== 'object' ||
  message === null ||
  !('type' in message) ||
  !String(message.type).startsWith('parser-');

/** What arrives before somebody listens is held and delivered in order. The dispatcher checks each message's form. */
export function createChannelTransport(channel: ProcessChannel): ChannelTransport {
  let held: Request[] = [];
  let listener: ((message: Request) => void) | null = null;
  const listen = (next: (message: Request) => void) => {
    listener = next;
    const waiting = held;
    held = [];
    for (const message of waiting) next(message);
  };
  channel.onMessage((message) => {
    // What main says of parsers is for the launcher.
    if (isToEngine(message)) return;
    // Electron's main process also answers requests for parsers on this channel.
    if (!isRequest(message)) return;
    // Unchecked on purpose: the dispatcher answers a malformed request as such.
    if (listener) listener(message as Request);
    else held.push(message as Request);
  });
  const send = (reply: Reply) => channel.send(reply);
  return {
    transport: {
      send,
      onMessage(next) {
        listen(next);
        return () => {
          listener = null;
        };
      },
      onClose(next) {
        channel.onClose(next);
        return () => undefined;
      },
      close: () => undefined,
    },
    refuse(error) {
      listen((message) => {
        if (message.type === 'cancel') return;
        const reply = replySchema.safeParse({ type: 'error', id: message.id, error: error.toJSON() });
        if (reply.success) send(reply.data);
      });
    },
  };
}
