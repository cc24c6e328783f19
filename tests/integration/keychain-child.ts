/**
 * Does one thing with the real keychain adapter and prints what came of it as JSON, and for a get the same of another
 * one. Arguments: get, set or remove; the account; how long to wait. A secret comes in TEST_SECRET.
 */
import { createKeychainSecretStore } from '../../src/main/adapters/keychain/index.ts';
import { toAppError } from '../../src/shared/errors/app-error.ts';

const [operation = '', account = '', patienceMs = '30000'] = process.argv.slice(2);
const keychain = createKeychainSecretStore({ patienceMs: Number(patienceMs) });

async function run() {
  try {
    if (operation === 'set') await keychain.set(account, process.env['TEST_SECRET'] ?? '');
    else if (operation === 'remove') await keychain.remove(account);
    else return { value: await keychain.get(account) };
    return { value: null };
  } catch (error) {
    return { error: toAppError(error).toJSON() };
  }
}

const first = await run();
const startedAt = performance.now();
const second = operation === 'get' ? await run() : first;
const secondMs = performance.now() - startedAt;
process.stdout.write(`${JSON.stringify({ ...first, second, secondMs })}\n`);
keychain.close();
