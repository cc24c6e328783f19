import { ipcMain, type WebContents } from 'electron';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Dispatcher } from '../../shared/rpc/dispatcher.ts';
import {
  errorReply,
  MAX_REQUEST_BYTES,
  requestSchema,
  type Reply,
  type Request,
} from '../../shared/rpc/envelope.ts';
import { CHANNEL, type HostNotice } from '../../shared/rpc/host-notice.ts';
import type { EngineClient, EngineLink } from './engine-link.ts';
import { isTrustedSender } from './security.ts';

/** Names that the main process answers itself; everything else is the engine's. */
const SHELL_PREFIX = 'shell.';

interface WindowClient extends EngineClient {
  shell(request: Request): void;
}

/**
 * The only place where a window's message enters: the sender's frame and origin, the size and the form are checked
 * here, once. Inputs are checked again, against their own schema, by the dispatcher that serves them.
 */
export function openWindowChannel(link: EngineLink, shell: Dispatcher): void {
  const clients = new WeakMap<WebContents, WindowClient>();

  const clientOf = (contents: WebContents): WindowClient => {
    const known = clients.get(contents);
    if (known) return known;
    const client = createClient(contents, shell);
    clients.set(contents, client);
    contents.on('destroyed', () => link.drop(contents));
    // A reload starts a new page: what the old one had asked for is nobody's any more.
    contents.on('did-start-navigation', (event, _url, isInPlace, isMainFrame) => {
      const inPlace = isInPlace ?? event.isSameDocument;
      if ((isMainFrame ?? event.isMainFrame) && !inPlace) link.drop(contents);
    });
    return client;
  };

  ipcMain.on(CHANNEL, (event, message: unknown) => {
    if (!isTrustedSender(event.senderFrame)) return;
    const client = clientOf(event.sender);
    const parsed = requestSchema.safeParse(message);
    if (!parsed.success) {
      client.reply(errorReply(idOf(message), new AppError('app.invalid_request', 'input')));
      return;
    }
    const request = parsed.data;
    const sizeBytes = request.type === 'cancel' ? 0 : jsonLength(request.input);
    if (sizeBytes > MAX_REQUEST_BYTES) {
      const details = { sizeBytes, limitBytes: MAX_REQUEST_BYTES };
      client.reply(errorReply(request.id, new AppError('hosts.request_too_large', 'limit', details)));
      return;
    }
    if (request.type !== 'cancel' && request.name.startsWith(SHELL_PREFIX)) client.shell(request);
    else link.request(client, request);
  });
}

function createClient(contents: WebContents, shell: Dispatcher): WindowClient {
  const reply = (message: Reply) => {
    if (!contents.isDestroyed()) contents.send(CHANNEL, message);
  };
  let receive: (request: Request) => void = () => {};
  shell.serve({
    send: reply,
    onMessage: (listener) => {
      receive = listener;
      return () => {};
    },
    onClose: (listener) => {
      contents.once('destroyed', listener);
      return () => contents.removeListener('destroyed', listener);
    },
    close: () => {},
  });
  return {
    key: contents,
    reply,
    engineGone: () => {
      if (!contents.isDestroyed()) contents.send(CHANNEL, { type: 'engine-gone' } satisfies HostNotice);
    },
    shell: (request) => receive(request),
  };
}

function idOf(message: unknown): number {
  const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : 0;
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 ? id : 0;
}

/** Length of the input as JSON text: what the other hosts measure too. What JSON cannot hold is endless. */
function jsonLength(input: unknown): number {
  try {
    return JSON.stringify(input ?? null).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
