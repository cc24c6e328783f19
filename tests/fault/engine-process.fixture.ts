import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MauzoContract } from '../../src/shared/contract/index.ts';
import type { JobState } from '../../src/shared/domain/job.ts';
import { createRpcClient, type RpcClient } from '../../src/shared/rpc/client.ts';
import type { ClientTransport, Reply } from '../../src/shared/rpc/envelope.ts';

const ENTRY = resolve('out/main/engine.cjs');

export interface EngineProcess {
  readonly client: RpcClient<MauzoContract>;
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** As `kill -9`. */
  kill(): Promise<void>;
  /** Lets go of the channel: the engine closes and ends. */
  end(): Promise<void>;
}

/** Starts the built engine over a data folder. */
export function startEngineProcess(home: string, env: Readonly<Record<string, string>> = {}): EngineProcess {
  if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is missing: run “npm run build” first`);
  const child = fork(ENTRY, ['--home', home, '--host', 'electron', '--sample', resolve('resources/sample')], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  return {
    client: createRpcClient<MauzoContract>(childTransport(child)),
    pid: child.pid ?? -1,
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

function childTransport(child: ChildProcess): ClientTransport {
  return {
    send(message) {
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage(listener) {
      const heard = (message: unknown) => listener(message as Reply);
      child.on('message', heard);
      return () => void child.off('message', heard);
    },
    onClose(listener) {
      child.once('exit', listener);
      return () => void child.off('exit', listener);
    },
    close: () => child.disconnect(),
  };
}

/** Resolves when the job is in a state from which nothing moves by itself. */
export function whenSettled(
  client: RpcClient<MauzoContract>,
  settled: (jobs: ReadonlyMap<string, JobState>) => boolean,
): Promise<ReadonlyMap<string, JobState>> {
  return new Promise((done, fail) => {
    const jobs = new Map<string, JobState>();
    const stop = client.open(
      'jobs.watch',
      {},
      {
        onEvent(event) {
          if (event.type === 'snapshot') for (const job of event.jobs) jobs.set(job.jobId, job.state);
          else if (event.type === 'job') jobs.set(event.job.jobId, event.job.state);
          if (!settled(jobs)) return;
          stop();
          done(jobs);
        },
        onEnd: (error) => fail(error ?? new Error('the stream ended')),
      },
    );
  });
}
