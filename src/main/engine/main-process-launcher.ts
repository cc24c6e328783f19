import type { ProcessChannel, ProcessPort } from '../parser/process-channel.ts';
import type { LaunchedProcess, ProcessExit, ProcessLauncher } from '../services/imports/launcher-port.ts';

/** What main answers to `parser-wanted`; the first comes with one end of a channel to the parser. */
type MainMessage =
  | { readonly type: 'parser-started'; readonly id: number; readonly pid: number | null }
  | { readonly type: 'parser-exited'; readonly id: number; readonly code: number | null };

const DEFAULT_MEMORY_LIMIT_MB = 1_024;

function isMainMessage(message: unknown): message is MainMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    (message.type === 'parser-started' || message.type === 'parser-exited')
  );
}

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
  let nextId = 1;
  channel.onMessage((message, ports) => {
    if (!isMainMessage(message)) return;
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
      let killed = false;
      const held: unknown[] = [];
      const messageListeners: ((message: unknown) => void)[] = [];
      const exitListeners: ((exit: ProcessExit) => void)[] = [];
      const kill = () => {
        killed = true;
        if (pid === null || exit !== null) return;
        try {
          process.kill(pid, 'SIGKILL');
        } catch (error) {
          // It ended by itself in this very moment: main tells.
          if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
        }
      };
      processes.set(id, {
        started(startedPid, startedPort) {
          pid = startedPid;
          port = startedPort ?? null;
          if (killed) return kill();
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
      channel.send({ type: 'parser-wanted', id, memoryLimitMb: memoryLimitOf(options.execArgv) });
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
        kill,
      };
    },
  };
}

function memoryLimitOf(execArgv: readonly string[]): number {
  for (const argument of execArgv) {
    const match = /^--max-old-space-size=(\d+)$/.exec(argument);
    if (match) return Number(match[1]);
  }
  return DEFAULT_MEMORY_LIMIT_MB;
}
