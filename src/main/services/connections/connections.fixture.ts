import type { ProbeStep } from '#shared/contract/connections';
import { type Connections, NO_CONNECTIONS } from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import { ConnectionsService, type ConnectionsOptions } from './connections-service.ts';
import type { ConnectionContext, ConnectionProbe, ConnectionsKeeper, SecretStore } from './ports.ts';

/** A keychain in memory that can be away or locked, and counts how often it is asked. */
export class FakeKeychain implements SecretStore {
  readonly secrets = new Map<string, string>();
  state: 'open' | 'absent' | 'locked' = 'open';
  /** Accounts that were asked for while it was locked: each would have shown a window to a person. */
  prompts = 0;

  get(account: string) {
    return this.#answer(account, () => this.secrets.get(account) ?? null);
  }
  set(account: string, secret: string) {
    return this.#answer(account, () => void this.secrets.set(account, secret));
  }
  remove(account: string) {
    return this.#answer(account, () => void this.secrets.delete(account));
  }

  #answer<T>(account: string, answer: () => T): Promise<T> {
    if (this.state === 'absent')
      return Promise.reject(new AppError('keychain.unavailable', 'unavailable', { reason: 'no bus' }));
    // Real ones unlock only for what is there.
    if (this.state === 'locked' && account !== 'nobody') {
      this.prompts += 1;
      return Promise.reject(new AppError('keychain.refused', 'permission', { reason: 'dismissed' }));
    }
    return Promise.resolve(answer());
  }
}

export class MemoryKeeper implements ConnectionsKeeper {
  connections: Connections = NO_CONNECTIONS;
  read() {
    return Promise.resolve(this.connections);
  }
  write(connections: Connections) {
    this.connections = connections;
    return Promise.resolve();
  }
}

export class FakeProbe implements ConnectionProbe {
  /** What it was asked with, for {@link test} and {@link look}. */
  readonly tested: ConnectionContext[] = [];
  readonly looked: ConnectionContext[] = [];
  answer: (context: ConnectionContext, signal: AbortSignal) => Promise<readonly ProbeStep[]> = () =>
    Promise.resolve([{ name: 'Ask', state: 'ok', detail: 'yes', elapsedMs: 1, error: null }]);
  line: (signal: AbortSignal) => ReturnType<ConnectionProbe['look']> = () =>
    Promise.resolve([{ name: 'Service', state: 'ok', latencyMs: 3, version: '1.2', error: null }]);

  test(context: ConnectionContext, signal: AbortSignal) {
    this.tested.push(context);
    return this.answer(context, signal);
  }
  look(context: ConnectionContext, signal: AbortSignal) {
    this.looked.push(context);
    return this.line(signal);
  }
}

export function createTestService(options: Partial<ConnectionsOptions> = {}) {
  const keychain = new FakeKeychain();
  const keeper = new MemoryKeeper();
  const probes = { s3: new FakeProbe(), druid: new FakeProbe(), postgres: new FakeProbe() };
  const session = new Map<string, string>();
  const saved: ConnectionContext[] = [];
  const logged: unknown[] = [];
  const note = (details: unknown, message: string) => void logged.push([details, message]);
  /** Starts another service over the same keychain and folder, as the next start of the app does. */
  const start = (more: Partial<ConnectionsOptions> = {}) =>
    new ConnectionsService({
      keeper,
      keychain,
      session: {
        get: (account) => Promise.resolve(session.get(account) ?? null),
        set: (account, secret) => Promise.resolve(void session.set(account, secret)),
        remove: (account) => Promise.resolve(void session.delete(account)),
      },
      env: {},
      probes,
      onSaved: (context) => Promise.resolve(void saved.push(context)),
      now: () => new Date('2026-11-23T08:00:00Z'),
      log: { debug: note, info: note, warn: note, error: note },
      ...options,
      ...more,
    });
  return { service: start(), start, keychain, keeper, probes, session, saved, logged };
}

export const S3: NonNullable<Connections['s3']> = {
  endpoint: 'http://localhost:9000',
  region: 'us-east-1',
  bucket: 'sales',
  prefix: '',
  pathStyle: true,
  credentials: 'keys',
  accessKeyId: 'AKID',
  profile: null,
};
export const DRUID: NonNullable<Connections['druid']> = {
  coordinatorUrl: 'http://localhost:8081',
  brokerUrl: 'http://localhost:8082',
  datasource: 'sales_analytics',
  username: null,
  s3Endpoint: null,
  s3Credentials: 'cluster',
  maxTasks: null,
};
export const POSTGRES: NonNullable<Connections['postgres']> = {
  host: 'localhost',
  port: 5432,
  database: 'mauzo',
  schema: 'mauzo',
  user: 'amina',
  tls: 'off',
  caFile: null,
};
export const connectionsOf = (changes: Partial<Connections>): Connections => ({
  ...NO_CONNECTIONS,
  ...changes,
});
