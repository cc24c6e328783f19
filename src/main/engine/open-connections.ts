import { createKeychainSecretStore, createSessionSecretStore } from '../adapters/keychain/index.ts';
import { createPostgresProbe } from '../adapters/postgres/index.ts';
import { createS3Probe } from '../adapters/s3/index.ts';
import { ConnectionsService } from '../services/connections/index.ts';
import type {
  ConnectionContext,
  ConnectionProbe,
  ConnectionsKeeper,
  SecretStore,
} from '../services/connections/ports.ts';
import type { Log } from '../services/diagnostics/ports.ts';

/** Stands in for a probe that this version does not have. */
const noProbe = (name: string): ConnectionProbe => ({
  test: () =>
    Promise.resolve([
      {
        name: 'Ask the server',
        state: 'skipped',
        detail: `${name} is not asked yet`,
        elapsedMs: 0,
        error: null,
      },
    ]),
  look: () => Promise.resolve([{ name, state: 'checking', latencyMs: null, version: null, error: null }]),
});

export interface OpenConnections {
  readonly keeper: ConnectionsKeeper;
  /** Environment variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly log: Log;
  /** That of this computer unless given. Closed with the connections. */
  readonly keychain: (SecretStore & { close?(): void }) | undefined;
  /** Connects anew. */
  onSaved(context: ConnectionContext): Promise<void>;
}

/** The connections of a data folder. */
export function openConnections({ keychain = createKeychainSecretStore(), ...options }: OpenConnections): {
  readonly service: ConnectionsService;
  close(): Promise<void>;
} {
  const service = new ConnectionsService({
    keeper: options.keeper,
    keychain,
    session: createSessionSecretStore(),
    env: options.env,
    probes: { s3: createS3Probe(), druid: noProbe('Druid'), postgres: createPostgresProbe() },
    onSaved: (context) => options.onSaved(context),
    now: options.now,
    log: options.log,
  });
  return {
    service,
    async close() {
      await service.close();
      keychain.close?.();
    },
  };
}
