import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keychainMissing } from '../../scripts/lib/test-machine.mts';
import {
  type Ended,
  keychainSession,
  type KeychainSession,
  runWithoutKeychain,
} from '../support/keychain-session.ts';

const CHILD = [
  '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
  resolve(import.meta.dirname, 'keychain-child.ts'),
];
const missing = keychainMissing();
if (missing !== null) console.warn(`Skipped: the real keychain, because ${missing}.`);

const outcome = z.object({
  value: z.string().nullable().optional(),
  error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).optional(),
  second: z.object({ error: z.object({ code: z.string() }).optional() }),
  secondMs: z.number(),
});
function outcomeOf({ stdout, stderr }: Ended) {
  if (stdout === '') throw new Error(`no answer: ${stderr}`);
  return outcome.parse(JSON.parse(stdout));
}

let folder: string;
let session: KeychainSession;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mauzo-keychain-'));
  session = keychainSession(folder, randomBytes(12).toString('hex'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(missing !== null)('the keychain of a real desktop', () => {
  const ask = async (operation: string, account: string, secret = '') =>
    outcomeOf(await session.run([...CHILD, operation, account], { env: { TEST_SECRET: secret } }));

  it('keeps a secret from one process and session to the next, and nobody reads it in a file', async () => {
    const secret = `${randomBytes(16).toString('hex')} päßwörd 🔑 "'\\ `;
    const account = 's3.secretAccessKey|https://s3.example.org|AKID';
    expect((await ask('get', account)).value).toBeNull();
    expect(await ask('set', account, secret)).toMatchObject({ value: null });
    expect((await ask('get', account)).value).toBe(secret);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      expect(readFileSync(join(entry.parentPath, entry.name)).includes(secret.slice(0, 32))).toBe(false);
    }
  });

  it('replaces, removes, and removes what is not there', async () => {
    await ask('set', 'replaced', 'one');
    await ask('set', 'replaced', 'two');
    expect((await ask('get', 'replaced')).value).toBe('two');
    expect(await ask('remove', 'replaced')).toMatchObject({ value: null });
    expect((await ask('get', 'replaced')).value).toBeNull();
    expect(await ask('remove', 'replaced')).toMatchObject({ value: null });
  });

  it('keeps accounts apart that differ in a letter, and takes a long secret', async () => {
    const long = randomBytes(5_000).toString('hex');
    await ask('set', 'druid.password|http://a|amina', long);
    await ask('set', 'druid.password|http://b|amina', 'other');
    expect((await ask('get', 'druid.password|http://a|amina')).value).toBe(long);
    expect((await ask('get', 'druid.password|http://b|amina')).value).toBe('other');
    expect((await ask('get', 'druid.password|http://a|Amina')).value).toBeNull();
  });

  it('that is locked and that nobody unlocks says no by name', async () => {
    await ask('set', 'locked away', 'x');
    const locked = async (operation: string, account: string) =>
      outcomeOf(await session.run([...CHILD, operation, account], { locked: true }));
    for (const operation of ['get', 'set', 'remove'])
      expect((await locked(operation, 'locked away')).error?.code).toBe('keychain.refused');
    // To ask for what nobody stored unlocks nothing: so it can be told whether there is a keychain.
    expect((await locked('get', 'nobody')).value).toBeNull();
  });
});

describe('a computer without a keychain', () => {
  const cannot = process.platform !== 'linux';

  it.skipIf(cannot)(
    'says so with the words of the system, and never falls back to a keyring that forgets',
    async () => {
      for (const operation of ['get', 'set']) {
        const { error } = outcomeOf(await runWithoutKeychain(session, [...CHILD, operation, 'a']));
        expect(error).toMatchObject({
          code: 'keychain.unavailable',
          details: { reason: expect.stringContaining('DBus') },
        });
      }
    },
  );

  describe.skipIf(cannot)('or with one that does not answer', () => {
    let bus: Server;
    afterEach(() => {
      bus.close();
    });

    it('fails in time by name, the next time at once, and holds nothing up meanwhile', async () => {
      const path = join(folder, 'bus.sock');
      bus = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
      bus.listen(path);
      await once(bus, 'listening');
      const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` };
      // That there is an answer shows that the thread of everything else is free; the other one waits for ever.
      const ended = await runWithoutKeychain(session, [...CHILD, 'get', 'a', '2000'], {
        env,
        firstLine: true,
      });
      const { error, second, secondMs } = outcomeOf(ended);
      expect([error?.code, second.error?.code]).toEqual(['keychain.no_answer', 'keychain.no_answer']);
      expect(error?.details).toEqual({ seconds: 2 });
      expect(secondMs).toBeLessThan(2_000);
    });
  });
});
