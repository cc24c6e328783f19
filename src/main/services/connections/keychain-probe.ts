import { randomBytes } from 'node:crypto';
import type { ProbeStep } from '#shared/contract/connections';
import { AppError, toAppError } from '#shared/errors/app-error';
import type { ConnectionProbe, SecretStore } from './ports.ts';

/** Nothing is ever stored under it: asking for it tells whether somebody answers, and unlocks nothing. */
const NOBODY = 'nobody';

async function step(name: string, detail: string, run: () => Promise<void>): Promise<ProbeStep> {
  const startedAt = performance.now();
  try {
    await run();
    return { name, state: 'ok', detail, elapsedMs: performance.now() - startedAt, error: null };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.kind === 'cancelled') throw error;
    const elapsedMs = performance.now() - startedAt;
    return { name, state: 'failed', detail: '', elapsedMs, error: error.toJSON() };
  }
}

/** Stores, reads and removes a random value; the signal is looked at between the three, which cannot be cut off. */
export function createKeychainProbe(keychain: SecretStore): ConnectionProbe {
  return {
    async test(_, signal) {
      const account = `probe|${randomBytes(8).toString('hex')}`;
      const secret = randomBytes(24).toString('base64');
      const parts: readonly [string, string, () => Promise<void>][] = [
        ['Store a value', 'taken', () => keychain.set(account, secret)],
        [
          'Read it again',
          'the same value',
          async () => {
            if ((await keychain.get(account)) === secret) return;
            throw new AppError('keychain.refused', 'permission', { reason: 'it answered another value' });
          },
        ],
        ['Remove it', 'removed', () => keychain.remove(account)],
      ];
      const steps: ProbeStep[] = [];
      for (const [name, detail, run] of parts) {
        if (signal.aborted) {
          await keychain.remove(account);
          throw new AppError('app.cancelled', 'cancelled');
        }
        const done = await step(name, detail, run);
        steps.push(done);
        if (done.state === 'failed') break;
      }
      return steps;
    },
    async look() {
      const startedAt = performance.now();
      const { error } = await step('', '', async () => void (await keychain.get(NOBODY)));
      const latencyMs = performance.now() - startedAt;
      return [
        error === null
          ? { name: 'Keychain', state: 'ok', latencyMs, version: null, error }
          : { name: 'Keychain', state: 'failed', latencyMs: null, version: null, error },
      ];
    },
  };
}
