import { isToEngine, type ToMain } from '../adapters/processes/relay-messages.ts';
import type { ProcessChannel, ProcessPort } from '../parser/process-channel.ts';
import type { LaunchedProcess, ProcessExit, ProcessLauncher } from '../services/imports/launcher-port.ts';

interface Launched {
  started(pid: number | null, port: ProcessPort | undefined): void;
  exited(exit: ProcessExit): void;
}

/**
 * Launches parsers from an engine that runs as Electron's utility process: only the main process can fork those, so it
 * is asked by message and hands over a channel. What main never sees is what goes through that channel.
 */
export function createMainProcessLauncher(channel: ProcessChannel): ProcessLauncher {
  const processes = new Map<number, Launched>();
  const ask = (message: ToMain) => channel.send(message);
  let nextId = 1;
  channel.onMessage((message, ports) => {
    if (!isToEngine(message)) return;
    const launched = processes.get(message.id);
    if (message.type === 'parser-started') launched?.started(message.pid, ports[0]);
    else {
      processes.delete(message.id);
      launched?.exited({ code: message.code, signal: null });
    }
  });
  return {
    launch(_, options): LaunchedProcess {
      const id = nextId++;
      let pid: number | null = null;
      let port: ProcessPort | null = null;
      let exit: ProcessExit | null = null;
      const held: unknown[] = [];
      const messageListeners: ((message: unknown) => void)[] = [];
      const exitListeners: ((exit: ProcessExit) => void)[] = [];
      processes.set(id, {
        started(startedPid, startedPort) {
          pid = startedPid;
          port = startedPort ?? null;
          port?.onMessage((message) => {
            for (const listener of messageListeners) listener(message);
          });
          for (const message of held.splice(0)) port?.send(message);
        },
        exited(how) {
          exit = how;
          for (const listener of exitListeners) listener(how);
        },
      });
      ask({ type: 'parser-wanted', id, execArgv: options.execArgv, env: options.env });
      return {
        get pid() {
          return pid;
        },
        send(message) {
          if (port) port.send(message);
          else held.push(message);
        },
        onMessage: (listener) => void messageListeners.push(listener),
        onExit(listener) {
          if (exit === null) exitListeners.push(listener);
          else listener(exit);
        },
        // A utility process writes to the stderr of the app.
        stderrTail: () => '',
        kill: () => ask({ type: 'parser-unwanted', id }),
      };
    },
  };
}
