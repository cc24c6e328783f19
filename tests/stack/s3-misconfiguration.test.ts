import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { never, sha256Of } from '../../src/main/adapters/local-files/object-store.fixture.ts';
import { createS3Probe } from '../../src/main/adapters/s3/index.ts';
import type { Timeouts } from '../../src/main/adapters/s3/link.ts';
import type { Secrets } from '../../src/main/services/connections/ports.ts';
import { NO_CONNECTIONS, type S3Connection } from '../../src/shared/domain/connections.ts';
import { AppError } from '../../src/shared/errors/app-error.ts';
import { renderError } from '../../src/shared/errors/index.ts';
import { s3ErrorReply, startFaultProxy } from '../support/fault-proxy.ts';
import { freePort, randomName, startS3Server, whyNoS3Server, type S3Server } from '../support/s3-server.ts';
import { openStore, secretsOf } from '../support/s3-store.ts';
import { selfSigned } from '../support/self-signed.ts';

const isLeftOut = whyNoS3Server() !== null;
const content = 'Kisumu';
const sha256 = sha256Of(content);
const token = randomName(30);
const PATIENT: Timeouts = { connectMs: 30_000, idleMs: 60_000 };
const patience = { attempts: 2, firstMs: 1, longestMs: 1, totalMs: 60_000 };

let server: S3Server;
let home: string;
beforeAll(async () => {
  if (!isLeftOut) server = await startS3Server();
});
afterAll(() => (isLeftOut ? undefined : server.stop()));
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mauzo-home-'));
  writeFileSync(join(home, 'source'), content);
  // Neither this machine's own AWS settings nor the metadata service of a cloud.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'aws-config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'aws-credentials'));
  for (const name of ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN', 'PROFILE'])
    vi.stubEnv(`AWS_${name}`, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});

const open = (connection: S3Connection, secrets: Secrets, timeouts = PATIENT) =>
  openStore(connection, secrets, home, { patience, timeouts });
const put = (connection: S3Connection, secrets: Secrets = secretsOf(server), timeouts = PATIENT) =>
  open(connection, secrets, timeouts).putFile('raw/a', join(home, 'source'), { sha256, signal: never });

const failureOf = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown = await work.then(
    () => new Error('it worked'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
};

/** Nowhere in what is shown, logged or sent, nor in what hangs on it. */
function expectNoSecret(shown: unknown, secrets: Secrets): void {
  const text = [JSON.stringify(shown), inspect(shown, { depth: 20, showHidden: true, getters: true })].join(
    '\n',
  );
  expect(Object.entries(secrets).filter(([, secret]) => text.includes(secret))).toEqual([]);
}

/** Everything that the store and the probe can ask fails with the code, and nothing was stored. */
async function expectCode(
  code: string,
  connection: S3Connection,
  {
    secrets = secretsOf(server),
    onlyWriting = false,
    timeouts = PATIENT,
  }: { secrets?: Secrets; onlyWriting?: boolean; timeouts?: Timeouts } = {},
): Promise<AppError> {
  const store = open(connection, secrets, timeouts);
  const writing = await failureOf(put(connection, secrets, timeouts));
  const list = async () => {
    for await (const object of store.list('')) expect(object).toBeUndefined();
  };
  const reading = onlyWriting
    ? []
    : await Promise.all(
        [store.head('raw/a'), store.localPath('raw/a'), list(), store.sweep()].map(failureOf),
      );
  const context = { connections: { ...NO_CONNECTIONS, s3: connection }, secrets };
  const probe = createS3Probe({ timeouts });
  const steps = await probe.test(context, never);
  const failed = steps.filter(({ state }) => state === 'failed');
  expect([writing, ...reading].map((error) => error.code)).toEqual([writing, ...reading].map(() => code));
  expect(failed.map(({ error }) => error?.code)).toEqual([code]);
  expect(steps.at(-1)).toBe(failed[0]);
  const [line] = await probe.look(context, never);
  expect([line?.state, line?.error?.code]).toEqual(onlyWriting ? ['ok', undefined] : ['failed', code]);
  const words = Object.values(renderError(writing)).join(' ');
  expect(words).not.toMatch(/[‹›]|undefined|\[object/);
  expectNoSecret([writing, reading, steps, line, words], secrets);
  const left = readdirSync(join(server.folder, server.bucket), { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
  return writing;
}

describe.skipIf(isLeftOut)('each wrong setting has a code of its own', () => {
  it('wrong key id', async () => {
    const error = await expectCode('s3.wrong_key_id', server.connection({ accessKeyId: 'AKNOBODY' }));
    expect(error).toMatchObject({ retryable: false, details: { keyId: 'AKNOBODY' } });
  });

  it('wrong secret', async () => {
    const secrets = { 's3.secretAccessKey': randomName(20) };
    const error = await expectCode('s3.wrong_secret', server.connection(), { secrets });
    expect(error.retryable).toBe(false);
  });

  it('a session token that nobody gave out', async () => {
    const secrets = { ...secretsOf(server), 's3.sessionToken': token };
    const error = await expectCode('s3.token_invalid', server.connection(), { secrets });
    expect(error.retryable).toBe(false);
  });

  it('wrong region', async () => {
    const error = await expectCode('s3.wrong_region', server.connection({ region: 'us-west-2' }));
    expect(error.details).toMatchObject({ region: 'us-west-2', expectedRegion: server.region });
  });

  it('missing bucket', async () => {
    const error = await expectCode('s3.no_such_bucket', server.connection({ bucket: 'nobodys' }));
    expect(error.details['bucket']).toBe('nobodys');
  });

  it('no right to write', async () => {
    const readOnly = await startS3Server({ readOnly: true, folder: server.folder, credentials: server });
    try {
      const connection = server.connection({ endpoint: readOnly.endpoint });
      const error = await expectCode('s3.no_right', connection, { onlyWriting: true });
      expect(error.details).toMatchObject({ operation: 'PutObject', right: 's3:PutObject' });
    } finally {
      await readOnly.stop();
    }
  });

  it('no path style', async () => {
    const endpoint = `http://localhost:${server.port}`;
    const error = await expectCode('s3.path_style', server.connection({ endpoint, pathStyle: false }));
    expect(error.details).toMatchObject({ endpoint });
  });

  it('https where the server speaks http', async () => {
    const endpoint = `https://127.0.0.1:${server.port}`;
    const error = await expectCode('s3.scheme', server.connection({ endpoint }));
    expect(error.details).toMatchObject({ used: 'https', spoken: 'http' });
  });

  it('closed port', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const error = await expectCode('s3.port_closed', server.connection({ endpoint }));
    expect(error.retryable).toBe(true);
  });

  it('unknown host', async () => {
    const error = await expectCode(
      's3.unknown_host',
      server.connection({ endpoint: 'http://mauzo.invalid' }),
    );
    expect(error.details['host']).toBe('mauzo.invalid');
  });

  it('another kind of server', async () => {
    const page = createServer((_, response) => response.writeHead(404).end('<html>Console</html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${portOf(page)}`;
      const error = await expectCode('s3.not_s3', server.connection({ endpoint }));
      expect(error.details).toMatchObject({ endpoint, status: 404 });
    } finally {
      page.close();
    }
  });

  it('a server that never answers', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${portOf(silent)}`;
      const timeouts = { connectMs: 3_000, idleMs: 1_000 };
      const error = await expectCode('s3.timeout', server.connection({ endpoint }), { timeouts });
      expect(error.retryable).toBe(true);
    } finally {
      silent.close();
    }
  });

  it.each([20, -20])('a clock that is wrong by %i minutes', async (minutes) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
    const error = await expectCode('s3.clock_skew', server.connection());
    expect(error.details['ownTime']).toBe(new Date().toISOString());
  });

  it('a header for checksums that the server does not know', async () => {
    const proxy = await startFaultProxy(server);
    try {
      for (const [status, name, text] of [
        [501, 'NotImplemented', 'A header you provided implies functionality that is not implemented'],
        [400, 'InvalidArgument', "Unsupported header 'x-amz-checksum-sha256' received for this API call."],
      ] as const) {
        proxy.fault = ({ operation }) =>
          operation === 'PutObject' ? s3ErrorReply(status, name, text) : null;
        const connection = server.connection({ endpoint: proxy.endpoint });
        const error = await expectCode('s3.checksum_refused', connection, { onlyWriting: true });
        expect(error.details).toMatchObject({ operation: 'PutObject', message: text });
      }
    } finally {
      await proxy.close();
    }
  });
});

function portOf(listening: Server): number {
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe.skipIf(isLeftOut)('https', () => {
  let tlsServer: S3Server;
  let folder: string;
  let cert: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-tls-'));
    const tls = selfSigned(folder, 'localhost');
    cert = readFileSync(tls.cert, 'utf8');
    tlsServer = await startS3Server({ tls, folder: server.folder, credentials: server });
  });
  afterAll(async () => {
    await tlsServer.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const trusted = async (work: () => Promise<unknown>) => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, cert]);
    try {
      await work();
    } finally {
      setDefaultCACertificates(before);
    }
  };
  const named = () => `https://localhost:${tlsServer.port}`;

  it('works where the certificate is trusted and for this name', () =>
    trusted(async () => {
      const connection = server.connection({ endpoint: named() });
      await put(connection);
      expect(await open(connection, secretsOf(server)).head('raw/a')).toMatchObject({ sha256 });
      rmSync(join(server.folder, server.bucket, 'raw'), { recursive: true });
    }));

  it('http where the server speaks https', async () => {
    const endpoint = `http://127.0.0.1:${tlsServer.port}`;
    const error = await expectCode('s3.scheme', server.connection({ endpoint }));
    expect(error.details).toMatchObject({ used: 'http', spoken: 'https' });
  });

  it('certificate that nobody vouches for', async () => {
    const error = await expectCode('s3.certificate_untrusted', server.connection({ endpoint: named() }));
    expect(error.details).toMatchObject({ endpoint: named(), reason: expect.stringMatching(/self.signed/) });
  });

  it('certificate for another name', () =>
    trusted(async () => {
      const connection = server.connection({ endpoint: tlsServer.endpoint });
      const error = await expectCode('s3.certificate_name', connection);
      expect(error.details).toMatchObject({ host: '127.0.0.1', names: 'DNS:localhost' });
    }));
});

describe.skipIf(isLeftOut)('credentials', () => {
  const awsFile = (secret: string, profile = 'branch') =>
    writeFileSync(
      join(home, 'aws-credentials'),
      `[${profile}]\naws_access_key_id = ${server.accessKeyId}\naws_secret_access_key = ${secret}\n`,
    );
  const ofProfile = (profile: string | null) =>
    server.connection({ credentials: 'profile', profile, accessKeyId: null });
  const ofEnvironment = () => server.connection({ credentials: 'environment', accessKeyId: null });
  const works = async (connection: S3Connection, secrets: Secrets) => {
    expect(await open(connection, secrets).head('raw/a')).toBeNull();
  };

  it.each([
    ['Access key ID', { accessKeyId: null }, { 's3.secretAccessKey': randomName() }],
    ['Secret access key', {}, {}],
  ])('keys without “%s”', async (field, changes, secrets) => {
    const error = await expectCode('s3.credentials_missing', server.connection(changes), { secrets });
    expect(error.details).toEqual({ field });
  });

  it('a profile that is not there, and one that is', async () => {
    const error = await expectCode('s3.profile_unusable', ofProfile('branch'), { secrets: {} });
    expect(error.details['profile']).toBe('branch');
    awsFile(server.secretAccessKey);
    await works(ofProfile('branch'), {});
    awsFile(server.secretAccessKey, 'default');
    await works(ofProfile(null), {});
  });

  it('no credentials in the environment, and some', async () => {
    const error = await expectCode('s3.environment_missing', ofEnvironment(), { secrets: {} });
    expect(error.retryable).toBe(false);
    vi.stubEnv('AWS_ACCESS_KEY_ID', server.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.secretAccessKey);
    await works(ofEnvironment(), {});
  });

  it('are read again after they were refused: a sign-in helps without a new connection', async () => {
    const old = randomName(20);
    awsFile(old);
    const store = open(ofProfile('branch'), {});
    const error = await failureOf(store.head('raw/a'));
    expect(error.code).toBe('s3.wrong_secret');
    expectNoSecret(error, { 's3.secretAccessKey': old });
    awsFile(server.secretAccessKey);
    expect(await store.head('raw/a')).toBeNull();
  });

  it('a session token goes with each request, and comes back in no error even if the server repeats it', async () => {
    const secrets = { 's3.secretAccessKey': randomName(20), 's3.sessionToken': token };
    const proxy = await startFaultProxy(server);
    try {
      const text = `You sent ${Object.values(secrets).join(' and ')}.`;
      for (const [status, name] of [
        [400, 'ExpiredToken'],
        [403, 'AccessDenied'],
        [403, 'SignatureDoesNotMatch'],
        [400, 'Whatever'],
        [500, 'InternalError'],
      ] as const) {
        proxy.fault = () => s3ErrorReply(status, name, text);
        const error = await failureOf(put(server.connection({ endpoint: proxy.endpoint }), secrets));
        expect(error.code).toMatch(/^s3\./);
        expectNoSecret(error, secrets);
      }
      expect(new Set(proxy.log.map(({ headers }) => headers['x-amz-security-token']))).toEqual(
        new Set([token]),
      );
      expectNoSecret(
        proxy.log.map(({ path }) => path),
        secrets,
      );
    } finally {
      await proxy.close();
    }
  });
});
