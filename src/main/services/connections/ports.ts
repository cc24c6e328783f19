import type { ProbeStep, ServiceStatus } from '#shared/contract/connections';
import type { Connections, SecretName } from '#shared/domain/connections';

/**
 * The operating system's keychain. A secret is kept under its name and what it belongs to (`secretOrigin`). Fails with
 * `keychain.unavailable` where there is none, `keychain.refused` when the person or the system says no, and
 * `keychain.no_answer` when nobody says anything. To ask for what was never stored asks no person.
 */
export interface SecretStore {
  get(account: string): Promise<string | null>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** Where connections of one data folder are kept; they never hold a secret. */
export interface ConnectionsKeeper {
  read(): Promise<Connections>;
  write(connections: Connections): Promise<void>;
}

export type Secrets = Readonly<Partial<Record<SecretName, string>>>;

/** Settings and secrets that a connection is made with. */
export interface ConnectionContext {
  readonly connections: Connections;
  readonly secrets: Secrets;
}

/**
 * What an adapter knows of its server. A probe never throws what the server or a wrong setting causes: that is the
 * `error` of its failed step, after which it stops. Only `app.cancelled` is thrown.
 */
export interface ConnectionProbe {
  /** A real round trip that leaves nothing behind. */
  test(context: ConnectionContext, signal: AbortSignal): Promise<readonly ProbeStep[]>;
  /** A cheap look, for the live indicators: one line per service of the target. */
  look(
    context: ConnectionContext,
    signal: AbortSignal,
  ): Promise<readonly Omit<ServiceStatus, 'target' | 'lastSuccessAt'>[]>;
}

/** The little of an object store that the test of a cluster needs. Keys are below the prefix of the connection. */
export interface ProbeObjects {
  put(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  remove(key: string, signal: AbortSignal): Promise<void>;
}
