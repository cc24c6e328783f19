/** Real servers for tests that need them: those that MAUZO_TEST_STACK names, else a stack of the run's own. */
import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../stack/files.mts';
import { whatIsMissing } from '../stack/provision.mts';
import { infoFileOf, logsOf, up, wipe } from '../stack/stack.mts';
import { root } from './electron-binary.mts';

const KEPT_LOGS = join(root, 'test-results', 'stack-logs');

export interface TestStack {
  /** For MAUZO_TEST_STACK. */
  readonly infoFile: string;
  /** Stops and removes a stack of the run's own; its logs are kept when something failed. */
  stop(somethingFailed: boolean): Promise<void>;
}

/** Answers why not when this machine lacks a program; rejects when a start or a download fails. */
export async function provideStack(
  signal: AbortSignal,
): Promise<TestStack | { readonly unavailable: string }> {
  const named = process.env['MAUZO_TEST_STACK'];
  if (named) return { infoFile: named, stop: () => Promise.resolve() };
  const missing = whatIsMissing(cacheFolder());
  if (missing.length > 0) return { unavailable: missing.join('; ') };
  const folder = mkdtempSync(join(tmpdir(), 'mauzo-stack-'));
  const stop = async (somethingFailed: boolean) => {
    if (somethingFailed && existsSync(logsOf(folder))) {
      cpSync(logsOf(folder), KEPT_LOGS, { recursive: true });
      console.log(`The logs of the stack are kept in ${KEPT_LOGS}`);
    }
    await wipe(folder);
  };
  try {
    await up({ folder, freePorts: true, say: (text) => console.log(text), signal });
  } catch (error) {
    await stop(true);
    throw error;
  }
  return { infoFile: infoFileOf(folder), stop };
}
