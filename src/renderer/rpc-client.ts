import type { CallName, Input, MauzoContract, Output, StreamName } from '#shared/contract/index';
import { AppError } from '#shared/errors/app-error';
import type { MauzoBridge } from '#shared/rpc/bridge';
import { createRpcClient, type RpcClient, type StreamHandlers } from '#shared/rpc/client';
import { replySchema, type CancelSignal, type ClientTransport, type Reply } from '#shared/rpc/envelope';

/** `connecting` only before the first answer; `lost` while it connects again. */
export type ConnectionState = 'connecting' | 'ready' | 'lost';

/** The engine as pages see it: it outlives the connection. */
export interface Engine {
  /** Waits for the first connection; rejects with `app.disconnected` while the engine is not answering. */
  call<N extends CallName>(name: N, input: Input<N>, options?: { signal?: CancelSignal }): Promise<Output<N>>;
  /**
   * Opens a stream and opens it again after each reconnect. `onEnd` is called when the host ended it or refused it,
   * never for a lost connection.
   */
  open<N extends StreamName>(name: N, input: Input<N>, handlers: StreamHandlers<Output<N>>): () => void;
  state(): ConnectionState;
  /** Returns what unsubscribes. */
  subscribe(listener: () => void): () => void;
}

/** One attempt to reach a host. `onOpen` comes once, when messages can be sent; then at most one close. */
export type Connect = (onOpen: () => void) => ClientTransport;

export interface EngineOptions {
  readonly connect: Connect;
  /** Schedules an attempt; tests pass their own. Returns what cancels it. */
  schedule(run: () => void, delayMs: number): () => void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** How long a call waits for the first connection before it says that the engine is not answering. */
const FIRST_ANSWER_MS = 10_000;

/** Waiting time before attempt `n` (from 0): doubles from a quarter of a second to five seconds. */
export function retryDelayMs(attempt: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
}

export function createEngine({ connect, schedule }: EngineOptions): Engine {
  const listeners = new Set<() => void>();
  const reopen = new Set<() => void>();
  const waiting = new Set<() => void>();
  let state: ConnectionState = 'connecting';
  let client: RpcClient<MauzoContract> | null = null;
  let attempt = 0;

  const setState = (next: ConnectionState) => {
    if (state === next) return;
    state = next;
    for (const listener of listeners) listener();
  };

  const start = () => {
    const onOpen = () => {
      attempt = 0;
      client = candidate;
      setState('ready');
      for (const go of waiting) go();
      for (const open of reopen) open();
    };
    const transport = connect(onOpen);
    const candidate = createRpcClient<MauzoContract>(transport);
    transport.onClose(() => {
      client = null;
      if (state === 'ready' || attempt > 3) setState('lost');
      schedule(start, retryDelayMs(attempt++));
    });
  };
  start();

  const connected = (signal: CancelSignal | undefined) =>
    new Promise<RpcClient<MauzoContract>>((resolve, reject) => {
      if (client) return resolve(client);
      if (state === 'lost') return reject(new AppError('app.disconnected', 'unavailable'));
      const finish = (settle: () => void) => {
        waiting.delete(go);
        stopTimer();
        signal?.removeEventListener('abort', cancel);
        settle();
      };
      const go = () => {
        const current = client;
        if (current) finish(() => resolve(current));
      };
      const cancel = () => finish(() => reject(new AppError('app.cancelled', 'cancelled')));
      const stopTimer = schedule(
        () => finish(() => reject(new AppError('app.disconnected', 'unavailable'))),
        FIRST_ANSWER_MS,
      );
      signal?.addEventListener('abort', cancel);
      waiting.add(go);
    });

  return {
    async call(name, input, options) {
      const current = await connected(options?.signal);
      return current.call(name, input, options);
    },
    open(name, input, handlers) {
      let close: (() => void) | null = null;
      const open = () => {
        close =
          client?.open(name, input, {
            onEvent: (data, number) => handlers.onEvent(data, number),
            onEnd(error) {
              close = null;
              if (error?.code === 'app.disconnected') return;
              reopen.delete(open);
              handlers.onEnd?.(error);
            },
          }) ?? null;
      };
      reopen.add(open);
      open();
      return () => {
        reopen.delete(open);
        close?.();
      };
    },
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Over the preload bridge, which holds what is sent until its engine is up. */
export function bridgeConnect(bridge: MauzoBridge): Connect {
  return (onOpen) => {
    const stops: (() => void)[] = [];
    const close = () => {
      for (const stop of stops.splice(0)) stop();
    };
    queueMicrotask(onOpen);
    return {
      send: (message) => bridge.send(message),
      onMessage(listener) {
        const stop = bridge.onMessage(listener);
        stops.push(stop);
        return stop;
      },
      onClose(listener) {
        const stop = bridge.onClose(() => {
          listener();
          // After every listener of this round: the next attempt subscribes anew.
          queueMicrotask(close);
        });
        stops.push(stop);
        return stop;
      },
      close,
    };
  };
}

/** Over a WebSocket of the host that served this page. Messages that are no replies close it. */
export function socketConnect(url: string): Connect {
  return (onOpen) => {
    const socket = new WebSocket(url);
    socket.addEventListener('open', onOpen);
    const parse = (event: MessageEvent): Reply | null => {
      const parsed = replySchema.safeParse(JSON.parse(String(event.data)));
      return parsed.success ? parsed.data : null;
    };
    return {
      send(message) {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
      },
      onMessage(listener) {
        const handle = (event: MessageEvent) => {
          const reply = parse(event);
          if (reply) listener(reply);
          else socket.close(1003);
        };
        socket.addEventListener('message', handle);
        return () => socket.removeEventListener('message', handle);
      },
      onClose(listener) {
        socket.addEventListener('close', listener);
        return () => socket.removeEventListener('close', listener);
      },
      close: () => socket.close(),
    };
  };
}

/** Electron when the preload is there, else the host of this page. */
export function connectToHost(): Engine {
  const schedule = (run: () => void, delayMs: number) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  };
  if (window.mauzo) return createEngine({ connect: bridgeConnect(window.mauzo), schedule });
  const url = new URL('/api/rpc', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return createEngine({ connect: socketConnect(url.href), schedule });
}
