import { availableParallelism } from 'node:os';
import { AppError } from '#shared/errors/app-error';
import type { LaunchedProcess, ProcessExit, ProcessLauncher } from '../../services/imports/launcher-port.ts';
import type { FileParser, ParserRun } from '../../services/imports/ports.ts';
import { isParserMessage, type ParserMessage, type ParserRequest } from '../../parser/messages.ts';
import { privateBytes } from './process-memory.ts';

const MB = 1024 * 1024;
const LOOK_EVERY_MS = 250;
/** A parser that does not end after it was killed is given up after this long. */
const GONE_AFTER_MS = 5_000;
const MAX_POLARS_THREADS = 4;

export interface FileParserOptions {
  readonly launcher: ProcessLauncher;
  /** Private memory above which a parser is ended. */
  readonly memoryLimitBytes: number;
  /** Whole time that one file may take. */
  readonly timeLimitMs: number;
  /** A parser that says nothing for so long hangs (it reports every second while it works). */
  readonly inactivityMs: number;
  /** Told what a failed parser left: its stack or the end of its stderr. For the log. */
  readonly onFailure?: (failure: { fileName: string; error: AppError; detail: string }) => void;
}

/** Why the process ended, when we did not end it. */
function death(exit: ProcessExit, stderr: string, fileName: string, limitMb: number): AppError {
  if (
    /heap out of memory|memory allocation of \d+ bytes failed|ENOMEM|Array buffer allocation failed/.test(
      stderr,
    )
  ) {
    return new AppError('reading.parser_out_of_memory', 'limit', { fileName, limitMb });
  }
  const reason = exit.signal
    ? `signal ${exit.signal}`
    : exit.code === null
      ? 'it did not start'
      : `code ${exit.code}`;
  return new AppError('reading.parser_died', 'unavailable', { fileName, reason }, { retryable: false });
}

/** One request in one process, watched until it ends. */
class ParserProcess {
  readonly #options: FileParserOptions;
  readonly #fileName: string;
  readonly #child: LaunchedProcess;
  readonly #run: ParserRun;
  readonly #startedAt = performance.now();
  #heardAt = performance.now();
  #lookedAt = performance.now();
  #reportedRss = 0;
  #stack = '';
  #timer: NodeJS.Timeout | null = null;
  #settle: ((outcome: { result: unknown } | { error: unknown }) => void) | null = null;
  /** What the request ends with once the process is gone. */
  #outcome: { result: unknown } | { error: unknown } | null = null;

  constructor(options: FileParserOptions, fileName: string, run: ParserRun) {
    this.#options = options;
    this.#fileName = fileName;
    this.#run = run;
    const limitMb = Math.floor(options.memoryLimitBytes / MB);
    this.#child = options.launcher.launch('parser', {
      label: 'Mauzo parser',
      execArgv: [`--max-old-space-size=${Math.max(64, Math.floor(limitMb * 0.75))}`],
      env: { POLARS_MAX_THREADS: String(Math.max(1, Math.min(MAX_POLARS_THREADS, availableParallelism()))) },
    });
  }

  async ask(request: ParserRequest): Promise<unknown> {
    const abort = () => this.#end({ error: this.#run.signal.reason });
    const outcome = await new Promise<{ result: unknown } | { error: unknown }>((resolve) => {
      this.#settle = resolve;
      this.#child.onMessage((message) => {
        if (isParserMessage(message)) this.#hear(message, request);
      });
      this.#child.onExit((exit) => {
        const limitMb = Math.floor(this.#options.memoryLimitBytes / MB);
        const error = () => death(exit, this.#child.stderrTail(), this.#fileName, limitMb);
        resolve(this.#outcome ?? { error: error() });
      });
      this.#run.signal.addEventListener('abort', abort, { once: true });
      if (this.#run.signal.aborted) abort();
      this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
    });
    this.#run.signal.removeEventListener('abort', abort);
    if (this.#timer !== null) clearTimeout(this.#timer);
    if ('result' in outcome) return outcome.result;
    if (outcome.error instanceof AppError) {
      const detail = this.#stack === '' ? this.#child.stderrTail() : this.#stack;
      this.#options.onFailure?.({ fileName: this.#fileName, error: outcome.error, detail });
    }
    throw outcome.error;
  }

  #hear(message: ParserMessage, request: ParserRequest): void {
    this.#heardAt = performance.now();
    switch (message.kind) {
      case 'ready':
        this.#child.send(request);
        return;
      case 'alive':
        this.#reportedRss = message.rssBytes;
        return;
      case 'progress':
        if (this.#outcome === null) this.#run.onProgress?.(message);
        return;
      case 'done':
        this.#end({ result: message.result });
        return;
      case 'failed':
        this.#stack = message.stack;
        this.#end({ error: AppError.fromJSON(message.error) });
        return;
    }
  }

  /** Ends the process; the request is answered when it is gone, so that nothing is written any more. */
  #end(outcome: { result: unknown } | { error: unknown }): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#child.kill();
    setTimeout(() => this.#settle?.(outcome), GONE_AFTER_MS).unref();
  }

  #look(): void {
    void this.#check().finally(() => {
      if (this.#outcome === null) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
    });
  }

  async #check(): Promise<void> {
    const { memoryLimitBytes, timeLimitMs, inactivityMs } = this.#options;
    const now = performance.now();
    // A machine that slept, or a busy loop of our own, is not the parser's silence.
    if (now - this.#lookedAt > Math.max(LOOK_EVERY_MS * 8, inactivityMs / 4)) this.#heardAt = now;
    this.#lookedAt = now;
    const timeout = (limitMs: number, reason: string) =>
      this.#end({
        error: new AppError('reading.parser_timeout', 'timeout', {
          fileName: this.#fileName,
          seconds: Math.round(limitMs / 1000),
          reason,
        }),
      });
    if (now - this.#startedAt > timeLimitMs) timeout(timeLimitMs, 'the time limit');
    else if (now - this.#heardAt > inactivityMs) timeout(inactivityMs, 'it stopped answering');
    const pid = this.#child.pid;
    const bytes = (pid === null ? null : await privateBytes(pid)) ?? this.#reportedRss;
    if (bytes <= memoryLimitBytes) return;
    const limitMb = Math.floor(memoryLimitBytes / MB);
    this.#end({
      error: new AppError('reading.parser_out_of_memory', 'limit', { fileName: this.#fileName, limitMb }),
    });
  }
}

/** Reads each file in a process of its own, with limits of memory and time. */
export function createFileParser(options: FileParserOptions): FileParser {
  // The answers come from our own parser process, built from the same sources.
  const ask = <T>(fileName: string, run: ParserRun, request: ParserRequest): Promise<T> =>
    new ParserProcess(options, fileName, run).ask(request) as Promise<T>;
  return {
    inspect: (file, run) => ask(file.fileName, run, { operation: 'inspect', file }),
    validate: (request, run) => ask(request.file.fileName, run, { operation: 'validate', request }),
    read: (request, run) => ask(request.file.fileName, run, { operation: 'read', request }),
  };
}
