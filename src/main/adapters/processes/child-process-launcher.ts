import { fork } from 'node:child_process';
import { join } from 'node:path';
import { withoutSecrets } from './plain-environment.ts';
import type { LaunchedProcess, ProcessExit, ProcessLauncher } from '../../services/imports/launcher-port.ts';

const STDERR_CHARACTERS = 8 * 1024;

/**
 * Launches entries with `child_process.fork`.
 * @param folder where the built entries lie (`out/main`)
 * @param execPath the Node that runs them; the running one when absent
 */
export function createChildProcessLauncher({
  folder,
  execPath = process.execPath,
}: {
  folder: string;
  execPath?: string;
}): ProcessLauncher {
  return {
    launch(entry, options): LaunchedProcess {
      const child = fork(join(folder, `${entry}.cjs`), [], {
        execPath,
        execArgv: [...options.execArgv],
        env: { ...withoutSecrets(process.env), ...options.env },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        windowsHide: true,
      });
      let stderr = '';
      child.stderr?.setEncoding('utf8');
      child.stderr?.on('data', (text: string) => {
        stderr = (stderr + text).slice(-STDERR_CHARACTERS);
      });
      let exit: ProcessExit | null = null;
      const listeners: ((exit: ProcessExit) => void)[] = [];
      const ended = (how: ProcessExit) => {
        if (exit !== null) return;
        exit = how;
        for (const listener of listeners) listener(how);
      };
      // 'close' comes after stderr is drained; 'error' when the process could not be started.
      child.once('close', (code, signal) => ended({ code, signal }));
      child.on('error', (error) => {
        stderr = (stderr + error.message).slice(-STDERR_CHARACTERS);
        if (child.pid === undefined) ended({ code: null, signal: null });
      });
      return {
        get pid() {
          return child.pid ?? null;
        },
        send(message) {
          if (!child.connected) return;
          // A failed send means that the process is going away: `onExit` tells.
          child.send(message as object, () => undefined);
        },
        onMessage(listener) {
          child.on('message', listener);
        },
        onExit(listener) {
          if (exit === null) listeners.push(listener);
          else listener(exit);
        },
        stderrTail: () => stderr,
        kill() {
          child.kill('SIGKILL');
        },
      };
    },
  };
}
