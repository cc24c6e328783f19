import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createEngine, type Engine } from '../../src/main/engine/create-engine.ts';
import type { HttpHost } from '../../src/main/hosts/http/index.ts';
import { createChildProcessLauncher } from '../../src/main/adapters/processes/index.ts';
import type { SecretStore } from '../../src/main/services/connections/ports.ts';
import type { Connections, SecretName } from '../../src/shared/domain/connections.ts';
import { send, signIn, startHost } from '../contract/http-fixture.ts';
import { createSimpleParser } from './engine/simple-parser.fixture.ts';

/** Made for each run: none of them stands in a file of the project. */
const secret = () => `${randomBytes(9).toString('base64url')}/+ é${randomBytes(9).toString('hex')}`;
const planted = {
  saved: secret(),
  token: secret(),
  draft: secret(),
  refused: secret(),
  environment: secret(),
  inAddress: randomBytes(12).toString('hex'),
};
/** Each as it could stand somewhere. */
const forms = Object.entries(planted).flatMap(([name, value]) =>
  [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('hex'),
  ].map((form) => [name, form] as const),
);
const leaks = (text: string) => [
  ...new Set(forms.filter(([, form]) => text.includes(form)).map(([name]) => name)),
];

const CONNECTIONS: Connections = {
  version: 1,
  s3: {
    endpoint: 'http://localhost:9',
    region: 'us-east-1',
    bucket: 'sales',
    prefix: '',
    pathStyle: true,
    credentials: 'keys',
    accessKeyId: 'AKID',
    profile: null,
  },
  druid: {
    coordinatorUrl: 'http://localhost:9',
    brokerUrl: 'http://localhost:9',
    datasource: 'sales_analytics',
    username: 'amina',
    s3Endpoint: null,
    s3Credentials: 'task',
    maxTasks: null,
  },
  postgres: {
    host: 'localhost',
    port: 9,
    database: 'mauzo',
    schema: 'mauzo',
    user: 'amina',
    tls: 'off',
    caFile: null,
  },
  figuresFrom: 'local',
};

describe('secrets that are typed, stored, or in the environment', () => {
  let home: string;
  let engine: Engine;
  let host: HttpHost;
  const keychain = new Map<string, string>();
  /** Every byte that came over the wire. */
  const replies: string[] = [];
  let socket: WebSocket;
  let nextId = 1;

  /** Sends what a page would, and resolves with the text of the first reply. */
  const ask = (name: string, input: unknown, type: 'call' | 'open' = 'call'): Promise<string> => {
    const id = nextId++;
    return new Promise((resolve) => {
      const listen = (data: Buffer) => {
        const text = data.toString();
        if ((JSON.parse(text) as { id: number }).id !== id) return;
        socket.off('message', listen);
        resolve(text);
      };
      socket.on('message', listen);
      socket.send(JSON.stringify({ type, id, name, input }));
    });
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'mauzo-secrets-'));
    const store: SecretStore = {
      get: (account) => Promise.resolve(keychain.get(account) ?? null),
      set: (account, value) => Promise.resolve(void keychain.set(account, value)),
      remove: (account) => Promise.resolve(void keychain.delete(account)),
    };
    engine = await createEngine({
      home,
      host: 'browser',
      version: 'test',
      sampleDir: join(home, 'none'),
      parser: createSimpleParser(),
      env: { MAUZO_DRUID_PASSWORD: planted.environment },
      keychain: store,
      memoryMiB: 256,
    });
    host = await startHost(engine);
    socket = new WebSocket(`ws://127.0.0.1:${host.port}/api/rpc`, {
      headers: { cookie: await signIn(host), origin: host.origin },
    });
    socket.on('message', (data: Buffer) => replies.push(data.toString()));
    await new Promise((resolve) => socket.once('open', resolve));
  });
  afterAll(async () => {
    socket.close();
    await host.close();
    await engine.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('are in no reply, file, log or metric', async () => {
    const secrets: Partial<Record<SecretName, string>> = {
      's3.secretAccessKey': planted.saved,
      's3.sessionToken': planted.token,
    };
    await ask('connections.watch', {}, 'open');
    const saved = await ask('connections.save', { connections: CONNECTIONS, secrets });
    expect(saved).toContain('"druid.password":"environment"');
    expect([...keychain.values()]).toEqual([planted.saved, planted.token]);
    await ask('connections.get', {});
    for (const target of ['s3', 'druid', 'postgres', 'keychain']) {
      // Nobody answers at these addresses: errors are where secrets slip out.
      expect(await ask('connections.test', { target })).toContain(`"ok":${target === 'keychain'}`);
      await ask('connections.test', {
        target,
        connections: CONNECTIONS,
        secrets: { 's3.secretAccessKey': planted.draft, 'postgres.password': planted.draft },
      });
    }
    expect(await ask('app.doctor', {})).toContain('Object store');
    const refusals: [string, unknown][] = [
      [
        'connections.invalid',
        { connections: { ...CONNECTIONS, s3: null }, secrets: { 's3.secretAccessKey': planted.refused } },
      ],
      [
        'connections.from_environment',
        { connections: CONNECTIONS, secrets: { 'druid.password': planted.refused } },
      ],
      [
        'app.invalid_input',
        { connections: CONNECTIONS, secrets: { 's3.secretAccessKey': [planted.refused] } },
      ],
      [
        'app.invalid_input',
        { connections: CONNECTIONS, secrets: { 's3.secretAccessKey': planted.refused.repeat(1_000) } },
      ],
      ['app.invalid_input', { connections: CONNECTIONS, secrets: {}, password: planted.refused }],
      [
        'app.invalid_input',
        {
          connections: {
            ...CONNECTIONS,
            s3: { ...CONNECTIONS.s3, endpoint: `https://amina:${planted.inAddress}@host` },
          },
          secrets: {},
        },
      ],
    ];
    for (const [code, input] of refusals) expect(await ask('connections.save', input)).toContain(code);

    const metrics = await send(host.port, '/metrics', {
      headers: { authorization: `Bearer ${host.metricsToken}` },
    });
    expect(metrics.body).toContain('mauzo_data_version');
    expect(leaks(metrics.body)).toEqual([]);
    expect(replies.length).toBeGreaterThan(15);
    expect(leaks(replies.join('\n'))).toEqual([]);

    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const names = files.map((entry) => join(entry.parentPath, entry.name));
    const log = names.find((name) => name.endsWith('engine.log')) ?? '';
    expect(readFileSync(log, 'utf8')).toContain('connections.invalid');
    // The store with its journal, the log, and whatever else there is.
    expect(names.some((name) => /store\.sqlite/.test(name))).toBe(true);
    for (const name of names) expect([name, leaks(readFileSync(name, 'latin1'))]).toEqual([name, []]);
    for (const name of names) expect([name, leaks(readFileSync(name, 'utf8'))]).toEqual([name, []]);
  });
});

describe('a process that reads a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mauzo-environment-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('inherits no secret, neither in its environment nor in its arguments', async () => {
    const told = join(folder, 'told.json');
    writeFileSync(
      join(folder, 'parser.cjs'),
      `require('node:fs').writeFileSync(process.env.TELL, JSON.stringify([process.env, process.argv, process.execArgv]));`,
    );
    const variables = [
      'MAUZO_S3_SECRET_ACCESS_KEY',
      'MAUZO_S3_SESSION_TOKEN',
      'MAUZO_DRUID_PASSWORD',
      'MAUZO_POSTGRES_PASSWORD',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'PGPASSWORD',
    ];
    for (const name of variables) process.env[name] = planted.environment;
    try {
      const child = createChildProcessLauncher({ folder }).launch('parser', {
        label: 'parser',
        execArgv: [],
        env: { TELL: told, POLARS_MAX_THREADS: '1' },
      });
      await new Promise<void>((resolve) => child.onExit(() => resolve()));
    } finally {
      for (const name of variables) delete process.env[name];
    }
    expect(existsSync(told)).toBe(true);
    const text = readFileSync(told, 'utf8');
    expect(text).toContain('POLARS_MAX_THREADS');
    expect(text).toContain('PATH');
    expect(leaks(text)).toEqual([]);
  });
});
