import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '#shared/errors/app-error';
import { isBusy, nameStoreFailure } from './sqlite-errors.ts';

/** Held while one engine works in a data folder. */
export interface HomeLock {
  release(): void;
}

const holderSchema = z.object({ pid: z.number().int(), since: z.string() });

/** Who holds the folder, for the message only: the lock itself is the operating system's. */
function readHolder(path: string): { pid: string; since: string } {
  try {
    const holder = holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { pid: String(holder.pid), since: holder.since };
  } catch {
    return { pid: '(unknown)', since: '(unknown)' };
  }
}

/**
 * Lets one engine work in a data folder at a time. The lock is an exclusive transaction on a small SQLite file of its
 * own: the operating system lets go of it when the process ends in whatever way. A second opener fails with
 * `app.home_in_use`. (Nothing else may open `engine.lock`: closing any descriptor of it drops POSIX locks.)
 */
export function lockHome(home: string): HomeLock {
  const path = join(home, 'engine.lock');
  const holderPath = join(home, 'engine.json');
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(home, { recursive: true });
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    writeFileSync(holderPath, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      throw new AppError(
        'app.home_in_use',
        'conflict',
        { home, ...readHolder(holderPath) },
        { cause: error },
      );
    }
    throw nameStoreFailure(error, path);
  }
  const held = database;
  return {
    release() {
      if (!held.isOpen) return;
      rmSync(holderPath, { force: true });
      held.close();
    },
  };
}
