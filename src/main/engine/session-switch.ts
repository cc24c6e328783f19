import type { Contract } from '#shared/rpc/define';
import type { Handlers } from '#shared/rpc/dispatcher';

/** What answers while one set of connections holds. */
export interface Session<C extends Contract> {
  readonly handlers: Handlers<C>;
  /** Cuts running work off; the next session takes it up. */
  close(): Promise<void>;
}

export interface SessionSwitch<C extends Contract, S extends Session<C>> {
  /** Answer through whichever session is there; while one is being replaced, they wait for the next. */
  readonly handlers: Handlers<C>;
  current(): Promise<S>;
  /**
   * Closes the session and opens another; streams go on with what the new one tells. When it cannot be opened, `reopen`
   * is tried as well and the failure is thrown.
   */
  replace(open: () => Promise<S>, reopen: () => Promise<S>): Promise<void>;
  close(): Promise<void>;
}

interface OpenStream {
  restart(): Promise<void>;
}

// The mapped type of `Handlers` cannot be built name by name: what goes in and out of it is checked by the dispatcher.
type LooseHandlers = Record<string, (input: unknown, second: unknown) => unknown>;
type LooseStream = (input: unknown, emit: unknown) => Promise<() => void> | (() => void);

export function createSessionSwitch<C extends Contract, S extends Session<C>>(
  contract: C,
  first: S,
): SessionSwitch<C, S> {
  let current: Promise<S> = Promise.resolve(first);
  let replacing: Promise<void> = Promise.resolve();
  const streams = new Set<OpenStream>();

  const handlerOf = async (name: string) => {
    const handler = ((await current).handlers as unknown as LooseHandlers)[name];
    if (!handler) throw new RangeError(`no handler of ${name}`);
    return handler;
  };

  const openStream = async (name: string, input: unknown, emit: unknown): Promise<() => void> => {
    let stop: () => void = () => undefined;
    let stopped = false;
    const start = async () => {
      const begun = await ((await handlerOf(name)) as LooseStream)(input, emit);
      if (stopped) begun();
      else stop = begun;
    };
    const stream: OpenStream = {
      async restart() {
        stop();
        stop = () => undefined;
        await start();
      },
    };
    await start();
    streams.add(stream);
    return () => {
      stopped = true;
      streams.delete(stream);
      stop();
    };
  };

  const handlers: LooseHandlers = Object.fromEntries(
    Object.entries(contract).map(([name, { kind }]) => [
      name,
      kind === 'stream'
        ? (input: unknown, emit: unknown) => openStream(name, input, emit)
        : async (input: unknown, context: unknown) => (await handlerOf(name))(input, context),
    ]),
  );

  const swap = async (open: () => Promise<S>, reopen: () => Promise<S>): Promise<void> => {
    const old = await current;
    const { promise, resolve, reject } = Promise.withResolvers<S>();
    // Whoever asks meanwhile waits here; without anybody waiting a failure must not end the process.
    promise.catch(() => undefined);
    current = promise;
    await old.close();
    try {
      resolve(await open());
    } catch (error) {
      try {
        resolve(await reopen());
      } catch {
        reject(error);
      }
      await restartStreams();
      throw error;
    }
    await restartStreams();
  };

  const restartStreams = async () => {
    await Promise.all([...streams].map((stream) => stream.restart()));
  };

  return {
    handlers: handlers as unknown as Handlers<C>,
    current: () => current,
    replace(open, reopen) {
      replacing = replacing.catch(() => undefined).then(() => swap(open, reopen));
      return replacing;
    },
    async close() {
      await replacing.catch(() => undefined);
      await (await current).close();
    },
  };
}
