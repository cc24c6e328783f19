/** `npm run stack -- up|down|status|wipe`: a real S3 server, PostgreSQL and Druid on this computer, without Docker. */
import { parseArgs } from 'node:util';
import { StackError } from './stack-error.mts';
import { down, status, up, wipe, type StackStatus } from './stack.mts';

const USAGE = `npm run stack -- up|down|status|wipe [--folder DIR] [--free-ports] [--json]
  up            starts S3, PostgreSQL and Druid on this computer; answers when all of them work
  down          stops them; data, ports and credentials stay
  status        what runs where, and how much memory it takes
  wipe          stops them and removes their data
  --folder DIR  the run folder (default: run, in the cache folder mauzo-stack)
  --free-ports  with up: any ports that are free, instead of the fixed ones
  --json        with status: one JSON document, with the credentials`;

function readCommand() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        folder: { type: 'string' },
        'free-ports': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, command: positionals.length === 1 ? (positionals[0] ?? '') : '' };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = readCommand();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

try {
  if (options.help) console.log(USAGE);
  else process.exitCode = await obey();
} catch (error) {
  if (interrupted.signal.aborted) {
    console.error('Interrupted: what was started has been stopped.');
    process.exit(130);
  }
  if (!(error instanceof StackError)) throw error;
  const cause = error.cause instanceof Error ? `\n  Cause: ${error.cause.message}` : '';
  console.error(`\n${error.message}${cause}\n  Remedy: ${error.remedy}`);
  process.exit(3);
}

async function obey(): Promise<number> {
  const { folder } = options;
  switch (options.command) {
    case 'up': {
      const startedAt = Date.now();
      await up({
        folder,
        freePorts: options['free-ports'],
        say: (text) => console.error(text),
        signal: interrupted.signal,
      });
      console.log(`Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n`);
      printStatus(await status(folder));
      return 0;
    }
    case 'down':
      await down(folder);
      return 0;
    case 'status': {
      const answer = await status(folder);
      if (options.json) console.log(JSON.stringify(answer, null, 2));
      else printStatus(answer);
      return answer.services.every(({ state }) => state === 'healthy') ? 0 : 1;
    }
    case 'wipe':
      await wipe(folder);
      return 0;
    default:
      console.error(USAGE);
      return 2;
  }
}

function printStatus({ services, folder, logs, infoFile, info }: StackStatus): void {
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`.padStart(9);
  for (const { service, state, port, pid, residentBytes } of services) {
    const place = pid === null ? '' : `port ${port}  pid ${pid}`.padEnd(24) + mib(residentBytes);
    console.log(`${service.padEnd(12)} ${state.padEnd(12)} ${place}`.trimEnd());
  }
  const total = services.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  if (total > 0) console.log(`${'memory'.padEnd(50)}${mib(total)}`);
  console.log(`\nfolder  ${folder}\nlogs    ${logs}`);
  if (info) console.log(`info    ${infoFile}  (addresses and credentials, for MAUZO_TEST_STACK)`);
}
