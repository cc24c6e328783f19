import type { LaunchedProcess, ProcessExit, ProcessLauncher } from '../../services/imports/launcher-port.ts';
import { isToEngine, type ToEngine, type ToMain } from './relay-messages.ts';

/** One end of an Electron message channel, as a utility process sees it. */
export interface HandedPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  start(): void;
  close(): void;
}

/** What Electron gives a utility process as `process.parentPort`. */
export interface MainPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: HandedPort[] }) => void): unknown;
}

interface Waiting {
  started(message: Extract<ToEngine, { type: 'parser-started' }>, port: HandedPort): void;
  exited(exit: ProcessExit): void;
}

/** Launches parsers by asking Electron's main process, which hands over one end of a channel to each. */
export function createUtilityProcessLauncher(main: MainPort): ProcessLauncher {
  const processes = new Map<number, Waiting>();
  let nextId = 1;
  const ask = (message: ToMain) => main.postMessage(message);

  main.on('message', ({ data, ports }) => {
    if (!isToEngine(data)) return;
    const process = processes.get(data.id);
    const [port] = ports;
    if (data.type === 'parser-exited') {
      processes.delete(data.id);
      process?.exited({ code: data.code, signal: null });
    } else if (process && port) process.started(data, port);
  });

  return {
    launch(_entry, options): LaunchedProcess {
      const id = nextId++;
      const heard: ((message: unknown) => void)[] = [];
      const ended: ((exit: ProcessExit) => void)[] = [];
      const unsent: unknown[] = [];
      let port: HandedPort | null = null;
      let pid: number | null = null;
      let exit: ProcessExit | null = null;
      processes.set(id, {
        started(message, handed) {
          pid = message.pid;
          port = handed;
          handed.on('message', ({ data }) => {
            for (const listener of heard) listener(data);
          });
          handed.start();
          for (const message of unsent.splice(0)) handed.postMessage(message);
        },
        exited(how) {
          exit = how;
          port?.close();
          for (const listener of ended) listener(how);
        },
      });
      ask({ type: 'parser-wanted', id, execArgv: options.execArgv, env: options.env });
      return {
        get pid() {
          return pid;
        },
        send(message) {
          if (port) port.postMessage(message);
          else unsent.push(message);
        },
        onMessage: (listener) => void heard.push(listener),
        onExit(listener) {
          if (exit === null) ended.push(listener);
          else listener(exit);
        },
        // Electron writes a utility process's stderr to the app's own.
        stderrTail: () => '',
        kill: () => ask({ type: 'parser-unwanted', id }),
      };
    },
  };
}
