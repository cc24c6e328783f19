import { AppError, toAppError } from '../errors/app-error.ts';
import type { Contract, NamesOf, OutputOf, ParsedInputOf } from './define.ts';
import {
  errorReply,
  requestSchema,
  type CancelSignal,
  type Reply,
  type ServerTransport,
} from './envelope.ts';

export interface CallContext {
  readonly signal: CancelSignal;
}

/** What serves a contract: one handler per query and command, one opener per stream. */
export type Handlers<C extends Contract> = {
  readonly [N in NamesOf<C, 'query' | 'command'>]: (
    input: ParsedInputOf<C, N>,
    context: CallContext,
  ) => Promise<OutputOf<C, N>> | OutputOf<C, N>;
} & {
  /** Starts to emit and returns what stops it. */
  readonly [N in NamesOf<C, 'stream'>]: (
    input: ParsedInputOf<C, N>,
    emit: (data: OutputOf<C, N>) => void,
  ) => (() => void) | Promise<() => void>;
};

export interface Dispatcher {
  /** Serves one client until its transport closes; then its streams stop and its running calls are cancelled. */
  serve(transport: ServerTransport): void;
}

export interface DispatcherOptions {
  /** Validate outputs too: in tests and development. */
  readonly checkOutputs: boolean;
  /** Called for every error that is answered, with its cause, before it crosses the wire without it. */
  onError?(name: string, error: AppError): void;
}

interface Cancellable extends CancelSignal {
  cancel(): void;
}

function createCancellable(): Cancellable {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    get aborted() {
      return aborted;
    },
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
    cancel() {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
    },
  };
}

type LooseHandler = (input: unknown, second: unknown) => unknown;

export function createDispatcher<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  options: DispatcherOptions,
): Dispatcher {
  const find = (name: string) => {
    const operation = Object.hasOwn(contract, name) ? contract[name] : undefined;
    if (!operation) throw new AppError('app.unknown_operation', 'input', { name: name.slice(0, 100) });
    // The mapped type guarantees a handler per operation; its parameters are checked by the schema below.
    return {
      operation,
      handler: (handlers as unknown as Record<string, LooseHandler>)[name] as LooseHandler,
    };
  };

  const parseInput = (name: string, schema: Contract[string]['input'], input: unknown) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new AppError('app.invalid_input', 'input', {
      name,
      path: issue ? issue.path.map(String).join('.') : '',
      problem: issue?.message ?? '',
    });
  };

  const checkOutput = (name: string, schema: Contract[string]['output'], output: unknown) => {
    if (!options.checkOutputs) return output;
    const parsed = schema.safeParse(output);
    if (parsed.success) return output;
    throw new AppError('app.invalid_output', 'bug', {
      name,
      problem: JSON.stringify(parsed.error.issues[0]).slice(0, 300),
    });
  };

  return {
    serve(transport) {
      const running = new Map<number, () => void>();
      let open = true;
      const send = (reply: Reply) => {
        if (open) transport.send(reply);
      };
      const fail = (id: number, name: string, thrown: unknown) => {
        const error = toAppError(thrown);
        options.onError?.(name, error);
        send(errorReply(id, error));
      };

      const runCall = async (id: number, name: string, input: unknown) => {
        const cancellable = createCancellable();
        running.set(id, () => cancellable.cancel());
        try {
          const { operation, handler } = find(name);
          if (operation.kind === 'stream') throw new AppError('app.unknown_operation', 'input', { name });
          const output = await handler(parseInput(name, operation.input, input), { signal: cancellable });
          send({ type: 'ok', id, output: checkOutput(name, operation.output, output) });
        } catch (error) {
          fail(id, name, error);
        } finally {
          running.delete(id);
        }
      };

      const runStream = async (id: number, name: string, input: unknown) => {
        let stopped = false;
        let stop: (() => void) | undefined;
        const end = () => {
          stopped = true;
          running.delete(id);
          stop?.();
        };
        running.set(id, end);
        try {
          const { operation, handler } = find(name);
          if (operation.kind !== 'stream') throw new AppError('app.unknown_operation', 'input', { name });
          let number = 0;
          const emit = (data: unknown) => {
            if (stopped) return;
            number += 1;
            send({ type: 'event', id, number, data: checkOutput(name, operation.output, data) });
          };
          stop = (await handler(parseInput(name, operation.input, input), emit)) as () => void;
          if (stopped) stop();
        } catch (error) {
          end();
          fail(id, name, error);
        }
      };

      transport.onMessage((message) => {
        const parsed = requestSchema.safeParse(message);
        if (!parsed.success) {
          // An id that no reply may carry is answered as 0.
          const id = Number.isSafeInteger(message?.id) && message.id >= 0 ? message.id : 0;
          fail(id, '', new AppError('app.invalid_request', 'input'));
          return;
        }
        const request = parsed.data;
        if (request.type === 'cancel') running.get(request.id)?.();
        else if (running.has(request.id))
          fail(request.id, request.name, new AppError('app.invalid_request', 'input'));
        else if (request.type === 'call') void runCall(request.id, request.name, request.input);
        else void runStream(request.id, request.name, request.input);
      });
      transport.onClose(() => {
        open = false;
        for (const stop of running.values()) stop();
      });
    },
  };
}
