/** Does one thing with the real keychain adapter and prints what came of it as JSON: `get|set|remove ACCOUNT [SECRET]`. */
import { createKeychainSecretStore } from '../../src/main/adapters/keychain/index.ts';
import { toAppError } from '../../src/shared/errors/app-error.ts';

const [operation = '', account = '', patience = '20000'] = process.argv.slice(2);
const secret = process.env['TEST_SECRET'] ?? '';
const keychain = createKeychainSecretStore({ patienceMs: Number(patience) });

let lastTickAt = performance.now();
let longestBlockMs = 0;
const ticks = setInterval(() => {
  longestBlockMs = Math.max(longestBlockMs, performance.now() - lastTickAt);
  lastTickAt = performance.now();
}, 5);

async function run(): Promise<unknown> {
  try {
    if (operation === 'set') return { value: await keychain.set(account, secret) };
    if (operation === 'remove') return { value: await keychain.remove(account) };
    return { value: await keychain.get(account) };
  } catch (error) {
    return { error: toAppError(error).toJSON() };
  }
}
console.log(JSON.stringify(await run()));
clearInterval(ticks);
keychain.close();
