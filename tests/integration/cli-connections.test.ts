import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keychainMissing } from '../../scripts/lib/test-machine.mts';
import {
  type Ended,
  keychainSession,
  type KeychainSession,
  runWithoutKeychain,
} from '../support/keychain-session.ts';

const CLI = join(process.env['MAUZO_ENTRIES'] ?? resolve('out/main'), 'cli.cjs');
const missing = keychainMissing();
if (missing !== null) console.warn(`Skipped: connections with a real keychain, because ${missing}.`);

const viewDocument = z.object({
  connections: z.object({ s3: z.object({ bucket: z.string() }).nullable(), figuresFrom: z.string() }),
  secrets: z.record(z.string(), z.string()),
  fromEnvironment: z.array(z.string()),
  keychain: z.object({ available: z.boolean(), reason: z.string().nullable() }),
});
const errorDocument = z.object({ error: z.object({ code: z.string() }) });
const reportsDocument = z.object({
  reports: z.array(
    z.object({
      target: z.string(),
      ok: z.boolean(),
      steps: z.array(z.object({ error: z.object({ code: z.string() }).nullable() })),
    }),
  ),
});

let root: string;
let home: string;
let session: KeychainSession;
let said: Ended[];
beforeAll(() => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not built: run “npm run build” first.`);
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mauzo-cli-connections-'));
  home = join(root, 'home');
  session = keychainSession(root, randomBytes(12).toString('hex'));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Given {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}
const wordsOf = (words: string) => [
  '--disable-warning=ExperimentalWarning',
  CLI,
  'connections',
  ...words.split(' '),
  '--home',
  home,
];
const remember = (ended: Ended) => {
  said.push(ended);
  return ended;
};
/** Runs `mauzo connections …` on a desktop with a keychain. */
const withKeychain = async (words: string, given: Given = {}) =>
  remember(await session.run(wordsOf(words), given));
/** The same on a server without one. */
const without = async (words: string, given: Given = {}) =>
  remember(await runWithoutKeychain(session, wordsOf(words), given));
const viewOf = ({ stdout }: Ended) => viewDocument.parse(JSON.parse(stdout));
const codeOf = ({ stdout }: Ended) => errorDocument.parse(JSON.parse(stdout)).error.code;

/** Neither what was printed nor a file of the data folder or the keychain holds the secret. */
function expectHidden(secret: string): void {
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toContain(secret);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(readFileSync(join(entry.parentPath, entry.name)).includes(secret)).toBe(false);
  }
}

describe.skipIf(missing !== null)('connections on a desktop', () => {
  it('are set with a secret from stdin, which stays with its address until the connection is removed', async () => {
    const secret = randomBytes(20).toString('hex');
    const s3 = 'set s3 --endpoint http://localhost:9 --bucket sales --access-key-id AKID';
    const set = await withKeychain(`${s3} --secret-stdin secret-access-key --json`, { input: `${secret}\n` });
    expect([set.status, viewOf(set).secrets['s3.secretAccessKey']]).toEqual([0, 'keychain']);
    const shown = await withKeychain('show');
    expect(shown.stdout).toMatch(/secret-access-key +in the keychain/);

    const moved = await withKeychain('set s3 --endpoint http://localhost:10 --json');
    expect([moved.status, viewOf(moved).secrets['s3.secretAccessKey']]).toEqual([0, 'missing']);
    expect(moved.stderr).toContain('--secret-stdin secret-access-key');
    const tested = await withKeychain('test s3 --json');
    const [report] = reportsDocument.parse(JSON.parse(tested.stdout)).reports;
    expect([tested.status, report?.ok, report?.steps.at(-1)?.error?.code]).toEqual([
      4,
      false,
      'connections.secret_missing',
    ]);

    const back = await withKeychain('set s3 --endpoint http://localhost:9 --json');
    expect(viewOf(back).secrets['s3.secretAccessKey']).toBe('keychain');
    const removed = await withKeychain('remove s3 --json');
    expect([removed.status, viewOf(removed).connections.s3]).toEqual([0, null]);
    const again = await withKeychain(`${s3} --json`);
    expect(viewOf(again).secrets['s3.secretAccessKey']).toBe('missing');
    expectHidden(secret);
  });

  it('are tested in the keychain too', async () => {
    const { status, stdout } = await withKeychain('test keychain');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/✓ Store a value.*✓ Remove it/s)]);
  });
});

describe.skipIf(process.platform !== 'linux')('connections on a server without a keychain', () => {
  it('take no secret that could not be kept, and say what helps', async () => {
    const secret = randomBytes(20).toString('hex');
    const words = 'set postgres --host localhost --database d --user u --secret-stdin password --json';
    const set = await without(words, { input: `${secret}\n` });
    expect([set.status, codeOf(set)]).toEqual([4, 'keychain.unavailable']);
    const shown = viewOf(await without('show --json'));
    expect(shown.keychain).toEqual({ available: false, reason: expect.stringContaining('DBus') });
    expect((await without('test keychain')).status).toBe(4);
    expectHidden(secret);
  });

  it('come from the environment, which nothing here changes', async () => {
    const secret = randomBytes(20).toString('hex');
    const env = {
      MAUZO_S3_ENDPOINT: 'http://localhost:9',
      MAUZO_S3_BUCKET: 'sales',
      MAUZO_S3_ACCESS_KEY_ID: 'AKID',
      MAUZO_S3_SECRET_ACCESS_KEY: secret,
    };
    const shown = viewOf(await without('show --json', { env }));
    expect(shown).toMatchObject({
      connections: { s3: { bucket: 'sales' } },
      fromEnvironment: ['s3'],
      secrets: { 's3.secretAccessKey': 'environment' },
    });
    for (const words of ['set s3 --bucket other --json', 'remove s3 --json']) {
      const refused = await without(words, { env });
      expect([refused.status, codeOf(refused)]).toEqual([2, 'connections.from_environment']);
    }
    expect(viewOf(await without('show --json')).connections.s3).toBeNull();
    const wrong = await without('show --json', {
      env: { ...env, MAUZO_S3_ENDPOINT: `http://u:${secret}@h` },
    });
    expect([wrong.status, codeOf(wrong)]).toEqual([2, 'connections.environment_invalid']);
    expectHidden(secret);
  });

  it('need no keychain where no secret is needed, and end with 4 when one is missing', async () => {
    const set = await without('set s3 --bucket sales --credentials environment');
    expect([set.status, set.stderr]).toEqual([0, '']);
    expect((await without('keep-figures-from local')).status).toBe(0);
    expect((await without('test druid')).status).toBe(4);
    expect(viewOf(await without('show --json')).connections.s3?.bucket).toBe('sales');
  });

  it.each([
    ['set s4 --bucket x', 'Did you mean “s3”'],
    ['set s3', 'Nothing is given'],
    ['set s3 --host x', '--host is no setting of s3'],
    ['set s3 --bucket Sales_2024', 's3.bucket'],
    ['set s3 --endpoint ftp://x', '--endpoint must be an address'],
    ['set s3 --secret-stdin password', 's3 has no password'],
    ['set postgres --host x', '--database is required'],
    ['set s3 --credentials kees', 'Did you mean “keys”'],
    ['set s3 --clear bukcet', 'Did you mean “bucket”'],
    ['keep-figures-from druid', 'figuresFrom'],
    ['keep-figures-from cloud', 'Possible are: local, druid'],
    ['test s5', 'Did you mean “s3”'],
    ['remvoe', 'Did you mean “connections remove”'],
  ])('answer 2 for “%s” and say what was meant', async (words, text) => {
    const { status, stdout, stderr } = await without(words);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(text)]);
  });
});
