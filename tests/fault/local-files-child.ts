/**
 * Copies a file and kills its own process before the n-th call that touches the disk. Prints the number of such calls
 * when it comes to the end. Arguments: stage|put, folder, source, n (0: never).
 */
import { createHash } from 'node:crypto';
import fs, { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [mode = '', folder = '', source = '', killAt = '0'] = process.argv.slice(2);
let calls = 0;

function beforeCall(): void {
  calls += 1;
  if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

function instrument(owner: object, name: string): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') throw new Error(`no function ${name}`);
  Reflect.set(owner, name, function replaced(this: unknown, ...args: unknown[]): unknown {
    beforeCall();
    return Reflect.apply(original, this, args);
  });
}

const handle = await open(source, 'r');
const handlePrototype: unknown = Object.getPrototypeOf(handle);
await handle.close();
if (typeof handlePrototype !== 'object' || handlePrototype === null) throw new Error('no prototype');
for (const name of ['read', 'write', 'sync', 'stat']) instrument(handlePrototype, name);
for (const name of ['open', 'rename', 'rm', 'mkdir']) instrument(fs.promises, name);
syncBuiltinESMExports();

// Loaded after the calls are wrapped, so that it binds to the wrapped ones.
const { createLocalObjectStore, createStagingArea } =
  await import('../../src/main/adapters/local-files/index.ts');
const signal = new AbortController().signal;
if (mode === 'stage') {
  await createStagingArea({ folder }).stageFile(source, { signal });
} else {
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
  await createLocalObjectStore({ folder }).putFile(`raw/sales/${sha256}`, source, { sha256, signal });
}
console.log(calls);
