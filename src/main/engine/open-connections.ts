import { createKeychainSecretStore, createSessionSecretStore } from '../adapters/keychain/index.ts';
import { createS3Probe } from '../adapters/s3/index.ts';
import { ConnectionsService } from '../services/connections/index.ts';
import type { ConnectionContext, ConnectionProbe, ConnectionsKeeper } from '../services/connections/ports.ts';
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

/** The connections of a data folder, with the keychain of this computer. */
export function openConnections({
  keeper,
  env,
  now,
  log,
  onSaved,
}: {
  keeper: ConnectionsKeeper;
  env: Readonly<Record<string, string | undefined>>;
  now: () => Date;
  log: Log;
  onSaved(context: ConnectionContext): Promise<void>;
}): { service: ConnectionsService; close(): Promise<void> } {
  const keychain = createKeychainSecretStore();
  const service = new ConnectionsService({
    keeper,
    keychain,
    session: createSessionSecretStore(),
    env,
    probes: { s3: createS3Probe(), druid: noProbe('Druid'), postgres: noProbe('PostgreSQL') },
    onSaved,
    now,
    log,
  });
  return {
    service,
    async close() {
      await service.close();
      keychain.close();
    },
  };
}
