export { createKeychainSecretStore } from './keychain-secret-store.ts';
export { createSessionSecretStore } from './session-secret-store.ts';
