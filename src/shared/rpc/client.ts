import { AppError, toAppError } from '../errors/app-error.ts';
import type { Contract, InputOf, NamesOf, OutputOf } from './define.ts';
import type { CancelSignal, ClientTransport, Reply } from './envelope.ts';

export interface StreamHandlers<T> {
  /** `number` counts from 1 within this stream; a gap never happens on a live transport. */
  onEvent(data: T, number: number): void;
  /** Called once; null when the host ended the stream in order. */
  onEnd?(error: AppError | null): void;
}

/** Typed access to a contract over any transport. A dead transport rejects every pending call with `app.disconnected`. */
export interface RpcClient<C extends Contract> {
  call<N extends NamesOf<C, 'query' | 'command'>>(
    name: N,
    input: InputOf<C, N>,
    options?: { signal?: CancelSignal },
  ): Promise<OutputOf<C, N>>;
  /** Opens a stream; the returned function closes it. */
  open<N extends NamesOf<C, 'stream'>>(
    name: N,
    input: InputOf<C, N>,
    handlers: StreamHandlers<OutputOf<C, N>>,
  ): () => void;
}

interface Pending {
  settle(reply: Reply): void;
  fail(error: AppError): void;
}

export function createRpcClient<C extends Contract>(transport: ClientTransport): RpcClient<C> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let closed = false;

  transport.onMessage((reply) => pending.get(reply.id)?.settle(reply));
  transport.onClose(() => {
    closed = true;
    const waiting = [...pending.values()];
    pending.clear();
    for (const entry of waiting) entry.fail(disconnected());
  });

  const disconnected = () => new AppError('app.disconnected', 'unavailable');

  return {
    call(name, input, options) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(disconnected());
        if (options?.signal?.aborted) return reject(new AppError('app.cancelled', 'cancelled'));
        const id = nextId++;
        const cancel = () => {
          if (!pending.has(id)) return;
          transport.send({ type: 'cancel', id });
          finish();
          reject(new AppError('app.cancelled', 'cancelled'));
        };
        const finish = () => {
          pending.delete(id);
          options?.signal?.removeEventListener('abort', cancel);
        };
        options?.signal?.addEventListener('abort', cancel);
        pending.set(id, {
          settle(reply) {
            if (reply.type === 'ok') {
              finish();
              // The dispatcher validated it against the same schema on the other side.
              resolve(reply.output as OutputOf<C, typeof name>);
            } else if (reply.type === 'error') {
              finish();
              reject(AppError.fromJSON(reply.error));
            }
          },
          fail(error) {
            finish();
            reject(error);
          },
        });
        transport.send({ type: 'call', id, name, input });
      });
    },
    open(name, input, handlers) {
      const id = nextId++;
      const end = (error: AppError | null) => {
        if (pending.delete(id)) handlers.onEnd?.(error);
      };
      if (closed) {
        handlers.onEnd?.(disconnected());
        return () => {};
      }
      pending.set(id, {
        settle(reply) {
          if (reply.type === 'event') {
            try {
              handlers.onEvent(reply.data as OutputOf<C, typeof name>, reply.number);
            } catch (error) {
              transport.send({ type: 'cancel', id });
              end(toAppError(error));
            }
          } else if (reply.type === 'error') end(AppError.fromJSON(reply.error));
          else if (reply.type === 'end') end(null);
        },
        fail(error) {
          handlers.onEnd?.(error);
        },
      });
      transport.send({ type: 'open', id, name, input });
      return () => {
        if (pending.delete(id)) transport.send({ type: 'cancel', id });
      };
    },
  };
}
