import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import type { EngineProcess } from '../fault/engine-process.fixture.ts';
import { expectWhole, FaultBed, jobOf, PATIENCE, untilDone } from './faults.fixture.ts';
import { sales } from './sales.fixture.ts';

const EARLIER = sales('2024-03', 'Kisumu', 5);
const FILE = sales('2024-03', 'Nairobi', 2_000);

describe('a PostgreSQL that is stopped', () => {
  const bed = new FaultBed();

  /** Entries of the activation log, as the server has them. */
  const entries = async () => {
    const { host, port, database, user, password } = bed.info.postgres;
    const client = new pg.Client({ host, port, database, user, password });
    await client.connect();
    const { rows } = await client.query(`select sequence from "${bed.schema}".activation_log`);
    await client.end();
    return rows.length;
  };
  const untilWaiting = (app: EngineProcess, jobId: string) =>
    expect
      .poll(async () => (await jobOf(app, jobId)).waitingFor, PATIENCE)
      .toMatchObject({ connection: 'postgres', error: { retryable: true } });

  it('before a file is accepted: it is checked, waits, and is accepted when the server is back', async () => {
    const app = bed.start();
    await bed.given(app, 'earlier.csv', EARLIER);
    await bed.stack.stop('postgres');
    const jobId = await bed.drop(app, 'march.csv', FILE);
    await untilWaiting(app, jobId);
    expect(await jobOf(app, jobId)).toMatchObject({ state: 'validated', rowsAccepted: FILE.length });
    await bed.bringBack();
    await untilDone(app, jobId);
    await expectWhole(app, jobId, [EARLIER, FILE]);
  });

  it.each([
    ['in the middle of the change: nothing of it is there', '"activation_log" (', 'before', 1],
    ['before COMMIT arrives: nothing of it is there', 'commit\0', 'before', 1],
    ['after COMMIT, before its answer: it is there, and is not done twice', 'commit\0', 'after', 2],
  ] as const)('%s', async (_, text, when, left) => {
    const proxy = await startCuttingProxy(bed.info.postgres.port);
    bed.atEnd(() => proxy.close());
    const app = bed.start({ MAUZO_POSTGRES_PORT: String(proxy.port) });
    await bed.given(app, 'earlier.csv', EARLIER);
    const cut = proxy.cutOnce(text, when).then(() => proxy.shut());
    const jobId = await bed.drop(app, 'march.csv', FILE);
    await cut;
    expect(await entries()).toBe(left);
    await bed.stack.stop('postgres');
    proxy.open();
    await untilWaiting(app, jobId);
    await bed.bringBack();
    await untilDone(app, jobId);
    await expectWhole(app, jobId, [EARLIER, FILE]);
  });
});
