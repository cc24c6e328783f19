/** One end of a channel that a process was handed. */
export interface ProcessPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
}

/** The way from a process of ours to the one that started it. */
export interface ProcessChannel {
  /** True under Electron, where only the main process starts processes. */
  readonly isUtility: boolean;
  send(message: unknown): void;
  /** `ports` came with the message; only Electron hands any over. */
  onMessage(listener: (message: unknown, ports: readonly ProcessPort[]) => void): void;
  /** Called when the other side is gone. */
  onClose(listener: () => void): void;
}

/** Electron's `MessagePortMain`. */
interface HandedPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
}

/** What Electron gives a utility process as `process.parentPort`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: readonly HandedPort[] }) => void): void;
  on(event: 'close', listener: () => void): void;
}

const isParentPort = (port: unknown): port is ParentPort =>
  typeof port === 'object' && port !== null && 'postMessage' in port && 'on' in port;

function portOf(handed: HandedPort): ProcessPort {
  return {
    send: (message) => handed.postMessage(message),
    onMessage(listener) {
      handed.on('message', (event) => listener(event.data));
      handed.start();
    },
    onClose: (listener) => handed.on('close', listener),
  };
}

/** The channel of this process: Electron's `parentPort` where there is one, else Node's; null when nobody listens. */
export function openProcessChannel(): ProcessChannel | null {
  const port: unknown = Reflect.get(process, 'parentPort');
  if (isParentPort(port)) {
    return {
      isUtility: true,
      send: (message) => port.postMessage(message),
      onMessage: (listener) =>
        port.on('message', (event) => listener(event.data, (event.ports ?? []).map(portOf))),
      onClose: (listener) => port.on('close', listener),
    };
  }
  if (process.send === undefined) return null;
  return {
    isUtility: false,
    // A failed send means that the starter is gone: 'disconnect' tells.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', (message) => listener(message, [])),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}

/**
 * The channel over which a parser is asked. Under Node that is the channel to its starter; under Electron the main
 * process hands over one end of a channel to the engine (`{ type: 'port' }`), and until then everything is held.
 */
export function openParserChannel(): ProcessPort | null {
  const channel = openProcessChannel();
  if (channel === null || !channel.isUtility) return channel;
  let engine: ProcessPort | null = null;
  const held: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  const closers: (() => void)[] = [];
  channel.onMessage((_, ports) => {
    const [port] = ports;
    if (engine !== null || port === undefined) return;
    engine = port;
    for (const listener of listeners) port.onMessage(listener);
    for (const closer of closers) port.onClose(closer);
    for (const message of held.splice(0)) port.send(message);
  });
  return {
    send(message) {
      if (engine) engine.send(message);
      else held.push(message);
    },
    onMessage(listener) {
      listeners.push(listener);
      engine?.onMessage(listener);
    },
    onClose(listener) {
      channel.onClose(listener);
      closers.push(listener);
      engine?.onClose(listener);
    },
  };
}
