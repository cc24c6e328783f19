import { toAppError, type AppError } from '#shared/errors/app-error';
import type { ConnectionContext, ConnectionProbe, ProbeObjects } from '../../services/connections/ports.ts';
import { createDruidClient, type DruidClient } from './druid-client.ts';
import { ClusterTest } from './cluster-test.ts';
import { historicals, serviceFacts, workers } from './service-states.ts';

export interface DruidProbeOptions {
  /** The object store of the settings that are tried out; Druid reads the row of the test from there. */
  readonly objects: (context: ConnectionContext) => ProbeObjects;
  /** How long the row of a test may take to be loaded and served. Default 2 minutes. */
  readonly loadTimeoutMs?: number;
}

/** A person waits for the answer. */
const LOOK = { timeoutMs: 5_000, retries: 0 };
const TEST = { timeoutMs: 20_000, retries: 0 };

const connect = ({ connections, secrets }: ConnectionContext, http: typeof LOOK): DruidClient | null =>
  connections.druid &&
  createDruidClient({
    connection: connections.druid,
    password: secrets['druid.password'],
    http,
    queryTimeoutMs: http.timeoutMs,
  });

/** Tries out a Druid cluster, service by service, and with a row of its own that is taken away again. */
export function createDruidProbe(options: DruidProbeOptions): ConnectionProbe {
  return {
    async test(context, signal) {
      const client = connect(context, TEST);
      const { druid, s3 } = context.connections;
      if (!client || !druid || !s3) {
        const detail = druid ? 'Druid needs an object store.' : 'No Druid cluster is set.';
        return [{ name: 'Settings', state: 'skipped', detail, elapsedMs: 0, error: null }];
      }
      return new ClusterTest({
        client,
        druid,
        s3,
        secretAccessKey: context.secrets['s3.secretAccessKey'],
        objects: options.objects(context),
        loadTimeoutMs: options.loadTimeoutMs ?? 120_000,
        signal,
      }).run();
    },

    async look(context, signal) {
      const client = connect(context, LOOK);
      if (!client) return [{ name: 'Druid', state: 'off', latencyMs: null, version: null, error: null }];
      const { coordinator, broker } = client;
      return Promise.all([
        line('Druid Coordinator', async () => (await serviceFacts(coordinator, signal)).version),
        line('Druid Broker', async () => (await serviceFacts(broker, signal)).version),
        line('Druid Historicals', async () => {
          await historicals(broker, signal);
          return null;
        }),
        line('Druid workers', async () => {
          await workers(coordinator, signal);
          return null;
        }),
      ]);
    },
  };
}

async function line(name: string, ask: () => Promise<string | null>) {
  const startedAt = performance.now();
  try {
    const version = await ask();
    const latencyMs = Math.round(performance.now() - startedAt);
    return { name, state: 'ok' as const, latencyMs, version, error: null };
  } catch (thrown) {
    const error = failureOf(thrown);
    return { name, state: 'failed' as const, latencyMs: null, version: null, error: error.toJSON() };
  }
}

/** Cancelling is not an outcome. */
function failureOf(thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.code === 'app.cancelled') throw error;
  return error;
}
