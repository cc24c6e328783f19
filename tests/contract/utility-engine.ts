/**
 * A stand-in for the engine, bundled by utility-process.test.ts and run as a real utility process of Electron: it has
 * the real launcher start the real parser, and does nothing else. (The engine itself needs a newer Node than the
 * Electron of the tests has.)
 */
import { createMainProcessLauncher } from '../../src/main/engine/main-process-launcher.ts';
import { openProcessChannel } from '../../src/main/parser/process-channel.ts';
import { isParserMessage } from '../../src/main/parser/messages.ts';
import { requestSchema } from '../../src/shared/rpc/envelope.ts';

const channel = openProcessChannel();
if (!channel) throw new Error('started without a channel');
const launcher = createMainProcessLauncher(channel);

channel.onMessage((message) => {
  const request = requestSchema.safeParse(message);
  if (!request.success || request.data.type !== 'call') return;
  const { id, input } = request.data;
  const parser = launcher.launch('parser', {
    label: 'parser',
    execArgv: ['--max-old-space-size=256'],
    env: { POLARS_MAX_THREADS: '1' },
  });
  let answer: unknown = null;
  parser.onMessage((said) => {
    if (!isParserMessage(said)) return;
    if (said.kind === 'ready')
      parser.send({ operation: 'inspect', file: { path: String(input), fileName: 'sample' } });
    if (said.kind !== 'done' && said.kind !== 'failed') return;
    answer = said;
    parser.kill();
  });
  // Answered only when the process is gone: that main ends it on request is part of what is tested.
  parser.onExit((exit) => channel.send({ type: 'ok', id, output: { answer, exit, pid: parser.pid } }));
});
