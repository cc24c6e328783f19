/** One command at a time changes a run folder. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RunFolder } from './files.mts';
import { isRunning, processSchema, thisProcess } from './processes.mts';
import { StackError } from './stack-error.mts';

export async function withLock<T>(folder: RunFolder, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  take(folder);
  try {
    return await work();
  } finally {
    rmSync(folder.lock, { force: true });
  }
}

function take(folder: RunFolder): void {
  const text = JSON.stringify(thisProcess());
  try {
    writeFileSync(folder.lock, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = readHolder(folder);
    if (holder) {
      throw new StackError(
        `Another command works on the stack in ${folder.path} (pid ${holder.pid}).`,
        'Wait until it has ended.',
      );
    }
    // It was killed before it could let go.
    writeFileSync(folder.lock, text, { mode: 0o600 });
  }
}

function readHolder(folder: RunFolder): { readonly pid: number } | null {
  const text = readFileSync(folder.lock, 'utf8');
  if (text === '') return null;
  const holder = processSchema.parse(JSON.parse(text));
  return isRunning(holder) ? holder : null;
}
