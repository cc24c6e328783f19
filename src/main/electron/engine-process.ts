import { fork } from 'node:child_process';
import { utilityProcess, MessageChannelMain } from 'electron';
import type { Reply, Request } from '../../shared/rpc/envelope.ts';
import { withoutSecrets } from '../adapters/processes/plain-environment.ts';
import { isToMain, type ParserWanted, type ToEngine } from '../adapters/processes/relay-messages.ts';

/** A running engine as the main process sees it. */
export interface EngineProcess {
  readonly pid: number | undefined;
  send(request: Request): void;
  kill(): void;
}

export interface EngineProcessOptions {
  readonly engineEntry: string;
  readonly parserEntry: string;
  readonly args: readonly string[];
  /**
   * A Node 24 binary. Set only by tests that run on an Electron whose own Node is too old for the engine; then engine
   * and parsers are child processes, with the same messages.
   */
  readonly nodePath: string | null;
  onReply(reply: Reply): void;
  onExit(code: number | null): void;
}

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  return options.nodePath === null ? startUtility(options) : startChild(options, options.nodePath);
}

function startChild(options: EngineProcessOptions, nodePath: string): EngineProcess {
  const child = fork(options.engineEntry, [...options.args], {
    execPath: nodePath,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => options.onReply(message as Reply));
  child.on('exit', (code) => options.onExit(code));
  child.on('error', () => options.onExit(null));
  return {
    pid: child.pid,
    send: (request) => {
      if (child.connected) child.send(request);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function startUtility(options: EngineProcessOptions): EngineProcess {
  const engine = utilityProcess.fork(options.engineEntry, [...options.args], { serviceName: 'Mauzo engine' });
  const parsers = new Map<number, Electron.UtilityProcess>();
  engine.on('message', (message: unknown) => {
    if (!isToMain(message)) options.onReply(message as Reply);
    else if (message.type === 'parser-wanted') startParser(engine, parsers, message, options.parserEntry);
    else parsers.get(message.id)?.kill();
  });
  engine.on('exit', (code) => {
    // Without the engine nobody waits for what its parsers read.
    for (const parser of parsers.values()) parser.kill();
    options.onExit(code);
  });
  return {
    get pid() {
      return engine.pid;
    },
    send: (request) => engine.postMessage(request),
    kill: () => void engine.kill(),
  };
}

function startParser(
  engine: Electron.UtilityProcess,
  parsers: Map<number, Electron.UtilityProcess>,
  { id, execArgv, env }: ParserWanted,
  parserEntry: string,
): void {
  const parser = utilityProcess.fork(parserEntry, [], {
    serviceName: 'Mauzo file reader',
    execArgv: [...execArgv],
    env: { ...withoutSecrets(process.env), ...env },
  });
  parsers.set(id, parser);
  const { port1, port2 } = new MessageChannelMain();
  parser.postMessage({ type: 'port' }, [port1]);
  parser.once('spawn', () =>
    engine.postMessage({ type: 'parser-started', id, pid: parser.pid ?? null } satisfies ToEngine, [port2]),
  );
  parser.once('exit', (code) => {
    parsers.delete(id);
    engine.postMessage({ type: 'parser-exited', id, code } satisfies ToEngine);
  });
}
