import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionsSchema, NO_CONNECTIONS } from '#shared/domain/connections';
import { createKeychainSecretStore, createSessionSecretStore } from '../adapters/keychain/index.ts';
import { ConnectionsService } from '../services/connections/index.ts';
import type { ConnectionProbe, ConnectionsKeeper, SecretStore } from '../services/connections/ports.ts';
import type { Log } from '../services/diagnostics/ports.ts';

/** Settings of connections as a file of the data folder. */
function createFileKeeper(path: string): ConnectionsKeeper {
  return {
    async read() {
      try {
        return connectionsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_CONNECTIONS;
        throw error;
      }
    },
    write: (connections) => writeFile(path, JSON.stringify(connections)),
  };
}

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
  readonly home: string;
  /** Environment variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly log: Log;
  /** That of this computer unless given. Closed with the connections. */
  readonly keychain: (SecretStore & { close?(): void }) | undefined;
}

/** The connections of a data folder. */
export function openConnections({
  home,
  env,
  now,
  log,
  keychain = createKeychainSecretStore(),
}: OpenConnections): { readonly service: ConnectionsService; close(): Promise<void> } {
  const service = new ConnectionsService({
    keeper: createFileKeeper(join(home, 'connections.json')),
    keychain,
    session: createSessionSecretStore(),
    env,
    probes: { s3: noProbe('Object store'), druid: noProbe('Druid'), postgres: noProbe('PostgreSQL') },
    onSaved: () => Promise.resolve(),
    now,
    log,
  });
  return {
    service,
    async close() {
      await service.close();
      keychain.close?.();
    },
  };
}
