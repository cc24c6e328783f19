import { Worker } from 'node:worker_threads';
import type { AppError } from '#shared/errors/app-error';
import type { SecretStore } from '../../services/connections/ports.ts';
import { keychainFailure, keychainSilence } from './keychain-errors.ts';
import {
  type KeychainAnswer,
  type KeychainRequest,
  type KeychainWorkerData,
  serveKeychain,
} from './keychain-worker.ts';

/** Name under which the keychain lists our entries. */
const SERVICE = 'Mauzo';
/** A locked keychain waits for a person to type a password. */
const PATIENCE_MS = 60_000;

export interface KeychainOptions {
  readonly service?: string;
  readonly patienceMs?: number;
}

interface Call {
  readonly settle: (answer: KeychainAnswer) => void;
  readonly fail: (error: AppError) => void;
}

/**
 * The keychain of the operating system. Its calls block the thread that makes them, as long as a person does not answer
 * a locked one, and even the attempt to reach a stuck one takes seconds; so they are made in a thread of their own, one
 * after another. After `patienceMs` a call fails with `keychain.no_answer`, and so does every other at once until the
 * keychain comes back.
 */
export function createKeychainSecretStore(options: KeychainOptions = {}): SecretStore & { close(): void } {
  const { service = SERVICE, patienceMs = PATIENCE_MS } = options;
  let worker: Worker | null = null;
  let running: Call | null = null;
  /** True while an answer that nobody waits for any more is still to come. */
  let isStuck = false;
  let tail: Promise<unknown> = Promise.resolve();

  const ended = (cause: unknown) => {
    worker = null;
    isStuck = false;
    const reason = cause instanceof Error ? cause.message : 'the thread that asks it ended';
    running?.fail(keychainFailure('load', reason));
  };

  const start = (): Worker => {
    const workerData: KeychainWorkerData = { from: import.meta.url, service };
    // As text, because neither a bundle nor the tests have the function in a file of its own.
    const started = new Worker(`(${serveKeychain.toString()})();`, { eval: true, execArgv: [], workerData });
    started.unref();
    started.on('message', (answer: KeychainAnswer) => {
      isStuck = false;
      running?.settle(answer);
    });
    started.on('error', ended);
    started.on('exit', ended);
    return started;
  };

  const call = (request: KeychainRequest): Promise<string | null> =>
    new Promise((resolve, reject) => {
      if (isStuck) return reject(keychainSilence(patienceMs));
      worker ??= start();
      const finish = () => {
        clearTimeout(timer);
        running = null;
      };
      const timer = setTimeout(() => {
        isStuck = true;
        finish();
        reject(keychainSilence(patienceMs));
      }, patienceMs);
      running = {
        settle(answer) {
          finish();
          if ('value' in answer) resolve(answer.value);
          else reject(keychainFailure(answer.failedTo, answer.reason));
        },
        fail(error) {
          finish();
          reject(error);
        },
      };
      worker.postMessage(request);
    });

  const inTurn = (request: KeychainRequest): Promise<string | null> => {
    const result = tail.then(() => call(request));
    tail = result.catch(() => undefined);
    return result;
  };

  return {
    get: (account) => inTurn({ operation: 'get', account, secret: '' }),
    set: async (account, secret) => void (await inTurn({ operation: 'set', account, secret })),
    remove: async (account) => void (await inTurn({ operation: 'remove', account, secret: '' })),
    close() {
      // Not waited for: a thread inside the keychain ends when that answers.
      void worker?.terminate();
      worker = null;
    },
  };
}
