import { constants, setPriority } from 'node:os';
import { toAppError } from '#shared/errors/app-error';
import type { ParserRun } from '../services/imports/ports.ts';
import { createReadingService, type ReadingService } from '../services/reading/index.ts';
import { compilePattern } from '../adapters/patterns/compile-pattern.ts';
import { openPolarsWriter } from '../adapters/polars/canonical-parquet.ts';
import { openers } from './openers.ts';
import { isParserRequest, type ParserMessage, type ParserRequest } from './messages.ts';
import { openParserChannel, type ProcessPort } from './process-channel.ts';

const ALIVE_EVERY_MS = 1_000;
const PROGRESS_EVERY_MS = 100;

/** Below everything that a person waits for. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW > 10 ? 10 : constants.priority.PRIORITY_LOW);
  } catch {
    // Some containers forbid it; the file is read all the same, only less politely.
  }
}

/** Progress now and then, and the last of it before the answer. */
function runOf(send: (message: ParserMessage) => void): ParserRun & { flush(): void } {
  let last = 0;
  let held: ParserMessage | null = null;
  return {
    flush() {
      if (held !== null) send(held);
    },
    // Cancelling is done by ending the process.
    signal: new AbortController().signal,
    onProgress(progress) {
      const now = performance.now();
      held = { kind: 'progress', ...progress };
      if (now - last < PROGRESS_EVERY_MS) return;
      last = now;
      send(held);
      held = null;
    },
  };
}

function perform(service: ReadingService, request: ParserRequest, run: ParserRun): Promise<unknown> {
  switch (request.operation) {
    case 'inspect':
      return service.inspect(request.file, run);
    case 'validate':
      return service.validate(request.request, run);
    case 'read':
      return service.read(request.request, run);
  }
}

async function answer(request: ParserRequest, send: (message: ParserMessage) => void): Promise<void> {
  const service = createReadingService({ openers, openWriter: openPolarsWriter, compilePattern });
  const run = runOf(send);
  const result = await perform(service, request, run);
  run.flush();
  send({ kind: 'done', result });
}

function serve(channel: ProcessPort): void {
  const send = (message: ParserMessage) => channel.send(message);
  lowerPriority();
  channel.onClose(() => process.exit(0));
  let asked = false;
  channel.onMessage((message) => {
    if (asked || !isParserRequest(message)) return;
    asked = true;
    const alive = setInterval(
      () => send({ kind: 'alive', rssBytes: process.memoryUsage.rss() }),
      ALIVE_EVERY_MS,
    );
    answer(message, send)
      .catch((thrown: unknown) => {
        const error = toAppError(thrown);
        const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
        send({ kind: 'failed', error: error.toJSON(), stack: stack.slice(0, 4_000) });
      })
      .finally(() => clearInterval(alive));
  });
  send({ kind: 'ready' });
}

const channel = openParserChannel();
if (channel === null) {
  process.stderr.write('This is a part of Mauzo that other parts start; it does nothing by itself.\n');
  process.exitCode = 2;
} else serve(channel);
