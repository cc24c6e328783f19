/** Entry of the engine process: serves the contract to the process that started it, over one data folder. */
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { version } from '../../../package.json';
import { AppError, toAppError } from '#shared/errors/app-error';
import { createFileLog } from '../adapters/logging/file-log.ts';
import { connectInProcess } from '../hosts/in-process/index.ts';
import { openProcessChannel, type ProcessChannel } from '../parser/process-channel.ts';
import type { Log } from '../services/diagnostics/ports.ts';
import { createChannelTransport } from './channel-transport.ts';
import { createEngine, type Engine } from './create-engine.ts';
import { killAfterWrites } from './fault-hook.ts';
import { homeFolders } from './home-folders.ts';
import { createMainProcessLauncher } from './main-process-launcher.ts';
import { openParser } from './open-parser.ts';

/** An engine that was just killed may hold the data folder for a moment. */
const LOCK_PATIENCE_MS = 5_000;
const LOCK_RETRY_MS = 100;

interface Arguments {
  readonly home: string;
  readonly host: 'electron' | 'browser';
  readonly sample: string;
  readonly demo: boolean;
}

function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      home: { type: 'string' },
      host: { type: 'string', default: 'electron' },
      sample: { type: 'string' },
      demo: { type: 'boolean', default: false },
    },
  });
  if (values.home === undefined)
    throw new AppError('app.engine_start_failed', 'input', { reason: 'no --home' });
  return {
    home: resolve(values.home),
    host: values.host === 'browser' ? 'browser' : 'electron',
    sample: values.sample ?? join(__dirname, '..', '..', 'resources', 'sample'),
    demo: values.demo,
  };
}

async function openEngine(
  { home, host, sample }: Arguments,
  channel: ProcessChannel,
  log: Log,
): Promise<Engine> {
  const launcher = channel.isUtility ? createMainProcessLauncher(channel) : { folder: __dirname };
  const writes = Number(process.env['MAUZO_FAULT_KILL_AFTER_WRITE'] ?? 0);
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return await createEngine({
        home,
        host,
        version,
        sampleDir: sample,
        parser: openParser(launcher, log),
        log,
        ...(writes > 0 ? { wrapStores: (stores) => killAfterWrites(stores, writes) } : {}),
      });
    } catch (error) {
      const inUse = error instanceof AppError && error.code === 'app.home_in_use';
      if (!inUse || Date.now() > deadline) throw error;
      await wait(LOCK_RETRY_MS);
    }
  }
}

/** Imports the sample when nothing was ever imported. */
async function importSampleOnce(engine: Engine, log: Log): Promise<void> {
  const { client, close } = connectInProcess(engine.dispatcher);
  try {
    const { jobs } = await client.call('jobs.list', {});
    const { entries } = await client.call('history.list', {});
    if (jobs.length === 0 && entries.length === 0) await client.call('imports.start-sample', {});
  } catch (error) {
    log.warn({ error: toAppError(error) }, 'The sample could not be imported');
  } finally {
    close();
  }
}

async function serve(channel: ProcessChannel): Promise<void> {
  const { transport, refuse } = createChannelTransport(channel);
  let engine: Engine | null = null;
  let closing = false;
  const end = async () => {
    if (closing) return;
    closing = true;
    await engine?.close();
    process.exit(0);
  };
  // Without the process that shows it, an engine must not go on: the next one needs the data folder.
  channel.onClose(() => void end());
  process.once('SIGTERM', () => void end());
  try {
    const args = readArguments(process.argv.slice(2));
    const log = createFileLog(homeFolders(args.home, '').logs);
    process.on('unhandledRejection', (reason) =>
      log.error({ error: toAppError(reason) }, 'Unhandled rejection'),
    );
    try {
      engine = await openEngine(args, channel, log);
    } catch (error) {
      log.error({ error: toAppError(error) }, 'The engine could not start');
      throw error;
    }
    engine.dispatcher.serve(transport);
    if (args.demo) await importSampleOnce(engine, log);
  } catch (error) {
    // It stays, so that every request is answered with the cause instead of "disconnected".
    refuse(toAppError(error));
  }
}

const channel = openProcessChannel();
if (channel === null) {
  process.stderr.write('This is a part of Mauzo that other parts start; it does nothing by itself.\n');
  process.exitCode = 2;
} else void serve(channel);
