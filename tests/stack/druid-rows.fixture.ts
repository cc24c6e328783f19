import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { E4 } from '../../src/shared/domain/metrics/exact.ts';
import { DIMENSIONS, LEDGER_COLUMNS } from '../../src/shared/domain/sales-schema.ts';
import type { TestRow } from '../../src/main/adapters/duckdb/canonical-rows.fixture.ts';
import { createDruidClient, type DruidClient } from '../../src/main/adapters/druid/druid-client.ts';

const stackSchema = z.object({ druid: z.object({ coordinatorUrl: z.string(), brokerUrl: z.string() }) });

/** A client of the Druid that `MAUZO_TEST_STACK` names. */
export function connectDruid(): DruidClient {
  const path = process.env['MAUZO_TEST_STACK'];
  if (!path) throw new Error('MAUZO_TEST_STACK names no stack: start one with “npm run stack -- up”');
  const { druid } = stackSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return createDruidClient({ connection: { ...druid, username: null } });
}

/** A datasource name that nobody else uses. */
export const freshName = (prefix: string): string => `${prefix}_${randomBytes(6).toString('hex')}`;

/** Rows as a datasource of ours holds them, without the columns that are left out. */
export async function ingestRows(
  druid: DruidClient,
  datasource: string,
  rows: readonly TestRow[],
  leftOut: readonly string[] = [],
): Promise<void> {
  const kept = (names: readonly string[]) => names.filter((name) => !leftOut.includes(name));
  const texts = kept(DIMENSIONS);
  const amounts = kept(LEDGER_COLUMNS);
  const lines = rows.map((row) => {
    const { time, lineItemCount = 1, importId = 'a' } = row;
    const fields: Readonly<Record<string, string | number | null | undefined>> = { ...row };
    return JSON.stringify({
      __time: Date.parse(`${time}Z`),
      importId,
      lineItemCount,
      ...Object.fromEntries(texts.map((name) => [name, fields[name] ?? null])),
      ...Object.fromEntries(amounts.map((name) => [`${name}_e4`, inE4(fields[name])])),
    });
  });
  const long = (name: string) => ({ type: 'long', name });
  const dimensions = [
    'importId',
    ...texts,
    ...amounts.map((name) => long(`${name}_e4`)),
    ...kept(['lineItemCount']).map(long),
  ];
  const ingestSpec = {
    dataSchema: {
      dataSource: datasource,
      timestampSpec: { column: '__time', format: 'millis' },
      dimensionsSpec: { dimensions },
      metricsSpec: [],
      granularitySpec: { segmentGranularity: 'MONTH', queryGranularity: 'NONE', rollup: false },
    },
    ioConfig: {
      type: 'index_parallel',
      inputSource: { type: 'inline', data: lines.join('\n') },
      inputFormat: { type: 'json' },
    },
    tuningConfig: {
      type: 'index_parallel',
      partitionsSpec: { type: 'dynamic' },
      maxNumConcurrentSubTasks: 1,
      maxParseExceptions: 0,
    },
  };
  const submitted = await druid.coordinator.post(
    '/druid/indexer/v1/task',
    { type: 'index_parallel', spec: ingestSpec },
    z.object({ task: z.string() }),
  );
  await until(`task ${submitted.task}`, async () => {
    const path = `/druid/indexer/v1/task/${encodeURIComponent(submitted.task)}/status`;
    const { body } = await druid.coordinator.exchange('GET', path);
    const { statusCode, errorMsg } = statusSchema.parse(body).status;
    if (statusCode === 'FAILED') throw new Error(`the task failed: ${errorMsg ?? ''}`);
    return statusCode === 'SUCCESS';
  });
  await until(`rows of ${datasource}`, async () => {
    const names = await druid.broker.sql(
      `SELECT "COLUMN_NAME" FROM INFORMATION_SCHEMA.COLUMNS WHERE "TABLE_NAME" = ?`,
      [{ type: 'VARCHAR', value: datasource }],
    );
    if (names.rows.length < dimensions.length + 1) return false;
    const counted = await druid.broker.sql(`SELECT COUNT(*) FROM "${datasource}"`);
    return Number(counted.rows[0]?.[0]) === rows.length;
  });
}

const statusSchema = z.object({
  status: z.object({ statusCode: z.string(), errorMsg: z.string().nullish() }),
});

export async function dropDatasource(druid: DruidClient, datasource: string): Promise<void> {
  await druid.coordinator.delete(`/druid/coordinator/v1/datasources/${datasource}`, z.unknown());
}

/** Decimal text as integer text of 1/10,000. */
function inE4(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const [whole = '', fraction = ''] = String(value).replace('-', '').split('.');
  const magnitude = BigInt(whole) * E4 + BigInt(fraction.padEnd(4, '0'));
  return String(String(value).startsWith('-') ? -magnitude : magnitude);
}

const DEADLINE_MS = 300_000;

async function until(what: string, isReached: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isReached())) {
    if (Date.now() > deadline) throw new Error(`not within ${DEADLINE_MS / 1_000} s: ${what}`);
    await delay(200);
  }
}
