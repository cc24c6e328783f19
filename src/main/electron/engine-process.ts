import { fork } from 'node:child_process';
import { utilityProcess, MessageChannelMain } from 'electron';
import type { Reply, Request } from '../../shared/rpc/envelope.ts';

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

/**
 * Under `utilityProcess` only the main process can start processes: the engine asks for a parser by this message and
 * gets one end of a channel to it; the main process never reads what goes through.
 */
interface ParserWanted {
  readonly type: 'parser-wanted';
  readonly id: number;
  readonly memoryLimitMb: number;
}

function isParserWanted(message: unknown): message is ParserWanted {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'parser-wanted'
  );
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
  engine.on('message', (message: unknown) => {
    if (isParserWanted(message)) startParser(engine, message, options.parserEntry);
    else options.onReply(message as Reply);
  });
  engine.on('exit', (code) => options.onExit(code));
  return {
    get pid() {
      return engine.pid;
    },
    send: (request) => engine.postMessage(request),
    kill: () => void engine.kill(),
  };
}

function startParser(engine: Electron.UtilityProcess, wanted: ParserWanted, parserEntry: string): void {
  const parser = utilityProcess.fork(parserEntry, [], {
    serviceName: 'Mauzo file reader',
    execArgv: [`--max-old-space-size=${wanted.memoryLimitMb}`],
  });
  const { port1, port2 } = new MessageChannelMain();
  parser.postMessage({ type: 'port' }, [port1]);
  parser.once('spawn', () =>
    engine.postMessage({ type: 'parser-started', id: wanted.id, pid: parser.pid ?? null }, [port2]),
  );
  parser.once('exit', (code) => engine.postMessage({ type: 'parser-exited', id: wanted.id, code }));
}
