/** Ports and credentials of one run folder: chosen at the first start, then kept. */
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { z } from 'zod';
import { writeFileAtomically, type RunFolder } from './files.mts';
import { StackError } from './stack-error.mts';

export const HOST = '127.0.0.1';
/** Not the region that SDKs fall back to, so that a forgotten region shows. */
export const REGION = 'af-south-1';
export const BUCKET = 'mauzo';
export const DATABASE = 'mauzo';

export const SERVICES = [
  's3',
  'postgres',
  'zookeeper',
  'coordinator',
  'broker',
  'historical',
  'indexer',
] as const;
export type Service = (typeof SERVICES)[number];

export const DEFAULT_PORTS: Readonly<Record<Service, number>> = {
  s3: 17_070,
  postgres: 17_432,
  zookeeper: 17_181,
  coordinator: 17_081,
  broker: 17_082,
  historical: 17_083,
  indexer: 17_091,
};

const settingsSchema = z.strictObject({
  freePorts: z.boolean(),
  ports: z.record(z.enum(SERVICES), z.int()),
  s3: z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  postgres: z.strictObject({
    /** Outside the run folder where an unprivileged user could not reach into it. */
    folder: z.string().nullable(),
    user: z.string(),
    password: z.string(),
    druidPassword: z.string(),
  }),
});
export type StackSettings = z.infer<typeof settingsSchema>;

export function readSettings(folder: RunFolder): StackSettings | null {
  if (!existsSync(folder.settings)) return null;
  return settingsSchema.parse(JSON.parse(readFileSync(folder.settings, 'utf8')));
}

export function writeSettings(folder: RunFolder, settings: StackSettings): void {
  writeFileAtomically(folder.settings, `${JSON.stringify(settings, null, 2)}\n`);
}

/** The settings for a start when nothing of the stack runs: ports are checked, and free ones chosen when asked for. */
export async function prepareSettings(folder: RunFolder, freePorts: boolean): Promise<StackSettings> {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const known = readSettings(folder);
  const settings: StackSettings = known ?? {
    freePorts,
    ports: DEFAULT_PORTS,
    s3: { accessKeyId: secret(10), secretAccessKey: secret(20) },
    postgres: { folder: null, user: 'mauzo', password: secret(20), druidPassword: secret(20) },
  };
  const ports = await choosePorts(settings, freePorts);
  const chosen = { ...settings, freePorts, ports };
  writeSettings(folder, chosen);
  return chosen;
}

async function choosePorts(settings: StackSettings, freePorts: boolean): Promise<StackSettings['ports']> {
  const wanted = settings.freePorts === freePorts ? settings.ports : DEFAULT_PORTS;
  const taken: string[] = [];
  for (const service of SERVICES) {
    if (!(await isFree(wanted[service]))) taken.push(`${service} ${wanted[service]}`);
  }
  if (!freePorts) {
    if (taken.length === 0) return wanted;
    throw new StackError(
      `Ports of the stack are taken by other programs: ${taken.join(', ')}.`,
      'End what listens there, or add --free-ports.',
    );
  }
  const isFirstStart = settings.ports === DEFAULT_PORTS;
  return isFirstStart || taken.length > 0 ? findFreePorts() : wanted;
}

/** Below the range from which systems take ports for outgoing connections: a service finds its port again later. */
const FREE_PORT_RANGE = { from: 20_000, to: 32_000 };

async function findFreePorts(): Promise<StackSettings['ports']> {
  const ports = { ...DEFAULT_PORTS };
  const used = new Set<number>();
  for (const service of SERVICES) {
    do ports[service] = randomInt(FREE_PORT_RANGE.from, FREE_PORT_RANGE.to);
    while (used.has(ports[service]) || !(await isFree(ports[service])));
    used.add(ports[service]);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

const secret = (bytes: number) => randomBytes(bytes).toString('hex');
