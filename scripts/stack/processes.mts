/** Processes that outlive the command that starts them: recorded so that only they, and never a stranger with the same pid, are ended. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { writeFileAtomically, type RunFolder } from './files.mts';
import { descendantsOf } from './process-tree.mts';
import { StackError } from './stack-error.mts';

const POLL_MS = 50;
const KILL_LIMIT_MS = 10_000;
/** Some containers have nobody who takes notice. */
const REAP_LIMIT_MS = 5_000;

export const processSchema = z.strictObject({
  pid: z.int().positive(),
  /** When it was started, as the system tells it: a pid is used again, the pair is not. */
  startedAt: z.string().min(1),
});
const recordsSchema = z.record(z.string(), processSchema);
type RecordedProcess = z.infer<typeof processSchema>;
type Records = z.infer<typeof recordsSchema>;

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The run folder when not said. */
  readonly cwd?: string;
}

/** Null when no process with this pid runs. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') {
    const answer = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
    const [, state, start] = /^(\S+)\s+(.+)$/.exec(answer.stdout.trim()) ?? [];
    return start === undefined || state?.startsWith('Z') ? null : start;
  }
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name of the program, in parentheses, may hold spaces: fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const ticks = fields[19];
  if (ticks === undefined || state === 'Z' || state === 'X') return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
}

/** The process that runs this. */
export function thisProcess(): RecordedProcess {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? 'unknown' };
}

export const isRunning = ({ pid, startedAt }: RecordedProcess) => startOf(pid) === startedAt;

export class ProcessTable {
  readonly #folder: RunFolder;

  constructor(folder: RunFolder) {
    this.#folder = folder;
  }

  #read(): Records {
    if (!existsSync(this.#folder.processes)) return {};
    return recordsSchema.parse(JSON.parse(readFileSync(this.#folder.processes, 'utf8')));
  }

  #write(change: (records: Records) => void): void {
    const records = this.#read();
    change(records);
    writeFileAtomically(this.#folder.processes, `${JSON.stringify(records, null, 2)}\n`);
  }

  /** The pid of the service's process, null when it does not run. */
  pidOf(service: string): number | null {
    const record = this.#read()[service];
    return record && isRunning(record) ? record.pid : null;
  }

  /** By service, of those that run. */
  pids(): Record<string, number> {
    const running = Object.entries(this.#read()).filter(([, record]) => isRunning(record));
    return Object.fromEntries(running.map(([service, { pid }]) => [service, pid]));
  }

  async start(service: string, { command, args, env, cwd }: Command): Promise<void> {
    const log = openSync(this.#folder.logOf(service), 'a', 0o600);
    try {
      const child = spawn(command, args, {
        cwd: cwd ?? this.#folder.path,
        env,
        detached: true,
        stdio: ['ignore', log, log],
      });
      await once(child, 'spawn');
      child.unref();
      const { pid } = child;
      const startedAt = pid === undefined ? null : startOf(pid);
      // One that ends at once leaves nothing to record; waiting for its health says so, with the end of its log.
      this.#write((records) => {
        delete records[service];
        if (pid !== undefined && startedAt !== null) records[service] = { pid, startedAt };
      });
    } catch (error) {
      throw new StackError(`${command} could not be started.`, 'See the cause.', { cause: error });
    } finally {
      closeSync(log);
    }
  }

  /** Asks it to end, waits, and kills it when it does not. Nothing happens when it does not run. */
  async stop(service: string, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
    const record = this.#read()[service];
    if (!record) return;
    // What it started ends a moment after it, and holds on to its files until then.
    const family = [record, ...(isRunning(record) ? descendantsOf(record.pid) : []).flatMap(recordOf)];
    signalIfRunning(record, signal);
    if (!(await haveEnded(family, patienceMs))) {
      for (const member of family) signalIfRunning(member, 'SIGKILL');
      if (!(await haveEnded(family, KILL_LIMIT_MS))) {
        throw new StackError(
          `${service} (pid ${record.pid}) does not end, not even when it is killed.`,
          'Restart this computer.',
        );
      }
    }
    await isReaped(record);
    this.#write((records) => delete records[service]);
  }
}

function recordOf(pid: number): readonly RecordedProcess[] {
  const startedAt = startOf(pid);
  return startedAt === null ? [] : [{ pid, startedAt }];
}

function signalIfRunning(record: RecordedProcess, signal: NodeJS.Signals): void {
  try {
    if (isRunning(record)) process.kill(record.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function haveEnded(family: readonly RecordedProcess[], patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (family.some(isRunning)) {
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** A process that has ended keeps its pid until its parent takes notice: PostgreSQL thinks then that it still runs. */
async function isReaped({ pid }: RecordedProcess): Promise<void> {
  const deadline = Date.now() + REAP_LIMIT_MS;
  while (process.platform === 'linux' && existsSync(`/proc/${pid}`) && Date.now() < deadline) {
    await delay(POLL_MS);
  }
}
