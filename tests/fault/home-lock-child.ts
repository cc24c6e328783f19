/** Locks a data folder, changes a setting in its store and waits to be killed. Argument: the folder. */
import { join } from 'node:path';
import { lockHome, openEmbeddedStores } from '../../src/main/adapters/embedded/index.ts';

const home = process.argv[2] ?? '';
lockHome(home);
const stores = await openEmbeddedStores({ path: join(home, 'mauzo.sqlite') });
await stores.settings.update({ organisation: 'Before the kill' });
process.stdout.write('locked\n');
setInterval(() => undefined, 1_000_000);
