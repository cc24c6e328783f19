import { z } from 'zod';
import { AppError } from '#shared/errors/app-error';
import type { DruidBroker, DruidCoordinator } from './druid-client.ts';
import { parseRows } from './parse-rows.ts';
import { workersSchema } from './task-schemas.ts';

/** `GET /status` */
const statusSchema = z.object({
  version: z.string(),
  modules: z.array(z.object({ name: z.string(), artifact: z.string().nullish() })),
});

export interface DruidServiceFacts {
  readonly version: string;
  hasModule(artifact: string): boolean;
}

export async function serviceFacts(
  service: Pick<DruidBroker | DruidCoordinator, 'get'>,
  signal: AbortSignal,
): Promise<DruidServiceFacts> {
  const { version, modules } = await service.get('/status', statusSchema, signal);
  return { version, hasModule: (artifact) => modules.some((module) => module.artifact === artifact) };
}

/** Servers that serve segments; `druid.no_historicals` when there is none. */
export async function historicals(broker: DruidBroker, signal: AbortSignal): Promise<number> {
  const answer = await broker.sql(
    `SELECT "server" FROM sys.servers WHERE "server_type" = 'historical'`,
    [],
    {},
    signal,
  );
  const count = parseRows(z.tuple([z.string()]), answer).length;
  if (count === 0) throw new AppError('druid.no_historicals', 'unavailable');
  return count;
}

/** Machines that run tasks, where the cluster lists them; `druid.no_workers` when there is none. */
export async function workers(
  coordinator: DruidCoordinator,
  signal: AbortSignal,
): Promise<{ machines: number; capacity: number; used: number }> {
  const list = await coordinator.get('/druid/indexer/v1/workers', workersSchema, signal);
  const capacity = list.reduce((sum, { worker }) => sum + worker.capacity, 0);
  if (capacity === 0) throw new AppError('druid.no_workers', 'unavailable');
  const used = list.reduce((sum, { currCapacityUsed }) => sum + currCapacityUsed, 0);
  return { machines: list.length, capacity, used };
}

/** `druid.null_as_default` for a cluster in which a blank cannot be told from zero or from an empty text. */
export async function requireBlanks(broker: DruidBroker, signal: AbortSignal): Promise<void> {
  const answer = await broker.sql(`SELECT CASE WHEN '' IS NULL THEN 1 ELSE 0 END`, [], {}, signal);
  if (parseRows(z.tuple([z.number()]), answer)[0]?.[0] !== 0)
    throw new AppError('druid.null_as_default', 'conflict');
}
