import { createDruidProbe } from '../adapters/druid/index.ts';
import { createKeychainSecretStore, createSessionSecretStore } from '../adapters/keychain/index.ts';
import { createPostgresProbe } from '../adapters/postgres/index.ts';
import { createS3Probe, createS3ProbeObjects } from '../adapters/s3/index.ts';
import { ConnectionsService } from '../services/connections/index.ts';
import type { ConnectionContext, ConnectionsKeeper, SecretStore } from '../services/connections/ports.ts';
import type { Log } from '../services/diagnostics/ports.ts';

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
    probes: {
      s3: createS3Probe(),
      druid: createDruidProbe({ objects: createS3ProbeObjects }),
      postgres: createPostgresProbe(),
    },
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
