import type { MessagePort } from 'node:worker_threads';
import type * as Keyring from '@napi-rs/keyring';

export interface KeychainRequest {
  readonly operation: 'get' | 'set' | 'remove';
  readonly account: string;
  /** Only of `set`. */
  readonly secret: string;
}

export type KeychainAnswer =
  | { readonly value: string | null }
  /** `open`: there is no keychain to ask; `use`: it was asked and failed. */
  | { readonly failedTo: 'load' | 'open' | 'use'; readonly reason: string };

export interface KeychainWorkerData {
  /** File from which the native package is found. */
  readonly from: string;
  readonly service: string;
}

/**
 * What runs in the worker thread. Its source is handed to the thread as text (see `keychain-secret-store.ts`), so it
 * uses nothing of this module.
 *
 * On Linux the package falls back to a keyring of the kernel, which forgets everything at the next start of the
 * machine; a secret that somebody believes to be kept must not end there, so the secret service is required.
 */
export function serveKeychain(): void {
  const { createRequire } = process.getBuiltinModule('node:module');
  const threads = process.getBuiltinModule('node:worker_threads');
  const { from, service } = threads.workerData as KeychainWorkerData;
  const port = threads.parentPort as MessagePort;
  let failedTo: 'load' | 'open' | 'use' = 'load';
  const answer = ({ operation, account, secret }: KeychainRequest): KeychainAnswer => {
    failedTo = 'load';
    const { Entry } = createRequire(from)('@napi-rs/keyring') as typeof Keyring;
    failedTo = 'open';
    const entry = new Entry(service, account, { linux: { store: 'secret-service' } });
    failedTo = 'use';
    if (operation === 'get') return { value: entry.getPassword() };
    if (operation === 'set') entry.setPassword(secret);
    else entry.deletePassword();
    return { value: null };
  };
  port.on('message', (request: KeychainRequest) => {
    try {
      port.postMessage(answer(request));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      port.postMessage({ failedTo, reason } satisfies KeychainAnswer);
    }
  });
}
