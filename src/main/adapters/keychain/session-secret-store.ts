import type { SecretStore } from '../../services/connections/ports.ts';

/** Secrets in memory, for a machine without a keychain: they are gone when Mauzo is closed. */
export function createSessionSecretStore(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    get: (account) => Promise.resolve(secrets.get(account) ?? null),
    set(account, secret) {
      secrets.set(account, secret);
      return Promise.resolve();
    },
    remove(account) {
      secrets.delete(account);
      return Promise.resolve();
    },
  };
}
