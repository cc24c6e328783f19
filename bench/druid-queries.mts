/**
 * Questions to 2 million rows (24 months, 40 branches, 50,000 customers) on the embedded engine and on Druid.
 *
 *   npm run stack -- up
 *   MAUZO_TEST_STACK=<its stack.json> node bench/druid-queries.mts [--rows N] [--runs N] [--only TEXT]
 *
 * Prints milliseconds as median (lowest–highest) of interleaved runs, and whether both engines answered the same. The
 * data is made and loaded once and kept: Parquet and NDJSON in the cache folder, the datasource in the stack.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import { cacheFolder } from '../scripts/lib/test-electron.mts';
import { createLocalAnalyticsEngine } from '../src/main/adapters/duckdb/analytics-engine.ts';
import { createDruidClient } from '../src/main/adapters/druid/druid-client.ts';
import { createDruidAnalyticsEngine } from '../src/main/adapters/druid/query/analytics-engine.ts';
import type { AnalyticsEngine, EngineQuery } from '../src/main/services/analytics/ports.ts';
import type { PublishedChunk } from '../src/main/services/publishing/ports.ts';
import { addMonths, comparedPeriod, monthEnd } from '../src/shared/domain/periods.ts';
import { findAnalysis } from '../src/shared/domain/named-analyses.ts';
import { querySchema, type Period, type Query } from '../src/shared/domain/query.ts';
import { DIMENSIONS, LEDGER_COLUMNS } from '../src/shared/domain/sales-schema.ts';
import { AppError } from '../src/shared/errors/app-error.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const rowCount = Number(values.rows);
const runs = Number(values.runs);
const MONTHS = 24;
const months = Array.from({ length: MONTHS }, (_, index) => addMonths('2024-01-01', index).slice(0, 7));
const rowsPerMonth = Math.floor(rowCount / MONTHS);

const stackPath = process.env['MAUZO_TEST_STACK'];
if (!stackPath) throw new Error('MAUZO_TEST_STACK names no stack');
const stackSchema = z.object({ druid: z.object({ coordinatorUrl: z.string(), brokerUrl: z.string() }) });
const { druid: addresses } = stackSchema.parse(JSON.parse(readFileSync(stackPath, 'utf8')));
const druid = createDruidClient({ connection: { ...addresses, username: null } });
const datasource = `bench_${rowsPerMonth * MONTHS}`;

/** Evenly spread but fixed: figure `salt` of row i. */
const pick = (salt: number, count: number) => `CAST(hash(i * 31 + ${salt}) % ${count} AS INTEGER)`;
const amount = (salt: number, count: number) =>
  `CAST(${pick(salt, count)} AS DECIMAL(18,4)) / CAST(100 AS DECIMAL(5,0))`;

/** Rows of one month; every 20th has no cost. */
const rowsSql = (month: string, index: number) => `
  SELECT CAST(TIMESTAMP '${month}-01' + to_seconds(${pick(1, 28 * 86_400)}) AS TIMESTAMP) AS "__time",
    'Branch ' || ${pick(2, 40)} AS "Branch",
    'Line ' || ${pick(3, 8)} AS "ProductLine",
    'Group ' || ${pick(4, 60)} AS "ItemGroup",
    'Item ' || ${pick(5, 5_000)} AS "ItemName",
    'Seller ' || ${pick(6, 300)} AS "SalesPerson",
    'Account ' || ${pick(7, 20)} AS "AcctName",
    'Customer ' || ${pick(8, 50_000)} AS "CardName",
    CAST(${amount(9, 2_000_000)} AS DECIMAL(18,4)) AS "grossRevenue",
    CAST(CASE WHEN i % 25 = 0 THEN -(${amount(10, 50_000)}) ELSE 0 END AS DECIMAL(18,4)) AS "returnsValue",
    CAST(CASE WHEN i % 20 = 0 THEN NULL ELSE ${amount(11, 1_500_000)} END AS DECIMAL(18,4)) AS "totalCost",
    CAST(${pick(12, 40)} AS DECIMAL(18,4)) AS "unitsSold",
    CAST(CASE WHEN i % 25 = 0 THEN -1 ELSE 0 END AS DECIMAL(18,4)) AS "unitsReturned",
    CAST(1 AS BIGINT) AS "lineItemCount", 'bench' AS "importId", '' AS "sheet", i AS "row"
  FROM range(${index * rowsPerMonth}, ${(index + 1) * rowsPerMonth}) AS numbers(i)
  ORDER BY "Branch", "__time"`;

async function provideFiles(): Promise<{ folder: string; chunks: PublishedChunk[] }> {
  const folder = join(cacheFolder(), 'bench', `druid-${rowsPerMonth * MONTHS}`);
  const chunks = months.map((chunk) => ({
    chunk,
    generation: 1,
    path: join(folder, `${chunk}.parquet`),
    rows: rowsPerMonth,
  }));
  if (existsSync(folder)) return { folder, chunks };
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  console.log(`Writing ${rowsPerMonth * MONTHS} rows to ${dirname(folder)} …`);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const times10000 = (name: string) => `CAST("${name}" * 10000 AS BIGINT) AS "${name}_e4"`;
  const names = DIMENSIONS.map((name) => `"${name}"`).join(', ');
  for (const [index, month] of months.entries()) {
    const file = (extension: string) => `'${join(unfinished, `${month}.${extension}`)}'`;
    await connection.run(`COPY (${rowsSql(month, index)}) TO ${file('parquet')} (FORMAT parquet)`);
    await connection.run(
      `COPY (SELECT epoch_ms("__time") AS "__time", ${names}, ${LEDGER_COLUMNS.map(times10000).join(', ')},
         "lineItemCount", "importId" FROM read_parquet(${file('parquet')}))
       TO ${file('json.gz')} (FORMAT json, COMPRESSION gzip)`,
    );
  }
  renameSync(unfinished, folder);
  return { folder, chunks };
}

async function countRows(): Promise<number> {
  try {
    const { rows } = await druid.broker.sql(`SELECT COUNT(*) FROM "${datasource}"`);
    return Number(rows[0]?.[0]);
  } catch (error) {
    if (error instanceof AppError && error.code === 'druid.query_refused') return 0;
    throw error;
  }
}

const AT_A_TIME = 2;

async function provideDatasource(folder: string): Promise<void> {
  if ((await countRows()) === rowsPerMonth * MONTHS) return;
  console.log(`Loading ${datasource} …`);
  const startedAt = Date.now();
  const waiting = [...months];
  const work = async () => {
    for (let month = waiting.shift(); month !== undefined; month = waiting.shift())
      await ingest(folder, month);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  while ((await countRows()) !== rowsPerMonth * MONTHS) await delay(500);
  console.log(`Loaded after ${((Date.now() - startedAt) / 1_000).toFixed(0)} s`);
}

async function ingest(folder: string, month: string): Promise<void> {
  const long = (name: string) => ({ type: 'long', name });
  const spec = {
    dataSchema: {
      dataSource: datasource,
      timestampSpec: { column: '__time', format: 'millis' },
      dimensionsSpec: {
        dimensions: [
          ...DIMENSIONS,
          'importId',
          ...LEDGER_COLUMNS.map((name) => long(`${name}_e4`)),
          long('lineItemCount'),
        ],
      },
      metricsSpec: [],
      granularitySpec: {
        segmentGranularity: 'MONTH',
        queryGranularity: 'NONE',
        rollup: false,
        intervals: [`${month}-01/${addMonths(`${month}-01`, 1)}`],
      },
    },
    ioConfig: {
      type: 'index_parallel',
      inputSource: { type: 'local', files: [join(folder, `${month}.json.gz`)] },
      inputFormat: { type: 'json' },
      dropExisting: true,
    },
    tuningConfig: {
      type: 'index_parallel',
      partitionsSpec: { type: 'dynamic' },
      maxNumConcurrentSubTasks: 1,
      maxParseExceptions: 0,
      maxRowsInMemory: 1_000_000,
      maxBytesInMemory: -1,
    },
  };
  const { task } = await druid.coordinator.post(
    '/druid/indexer/v1/task',
    { type: 'index_parallel', spec },
    z.object({ task: z.string() }),
  );
  const status = z.object({ status: z.object({ statusCode: z.string(), errorMsg: z.string().nullish() }) });
  for (;;) {
    const path = `/druid/indexer/v1/task/${encodeURIComponent(task)}/status`;
    const { statusCode, errorMsg } = status.parse(
      (await druid.coordinator.exchange('GET', path)).body,
    ).status;
    if (statusCode === 'SUCCESS') return;
    if (statusCode === 'FAILED') throw new Error(`${month}: ${errorMsg ?? ''}`);
    await delay(500);
  }
}

const LAST_MONTH: Period = { from: `${months.at(-1)}-01`, to: monthEnd(`${months.at(-1)}-01`) };
const LAST_YEAR: Period = { from: `${months.at(-12)}-01`, to: LAST_MONTH.to };

function asked(query: Query): EngineQuery {
  const period = query.period ?? null;
  return {
    ...query,
    grain: query.grain ?? null,
    period,
    comparisons: query.compare.map((comparison) => ({
      comparison,
      period: comparedPeriod(comparison, period ?? LAST_YEAR),
    })),
  };
}
const named = (id: string, parameters: object = {}) =>
  asked(querySchema.parse(findAnalysis(id)?.query({ ...parameters })));
const plain = (query: object) => asked(querySchema.parse(query));

const QUESTIONS: readonly (readonly [string, EngineQuery])[] = [
  ['distinct customers by branch', plain({ metrics: ['uniqueCustomers'], dimensions: ['Branch'] })],
  ['revenue summary, all data', named('revenue-summary', { compare: [] })],
  ['revenue summary, 12 months, 2 comparisons', named('revenue-summary', { period: LAST_YEAR })],
  ['revenue summary, 1 month, 2 comparisons', named('revenue-summary', { period: LAST_MONTH })],
  ['heatmap branch × product line, all data', named('heatmap')],
  ['heatmap branch × item, all data', named('heatmap', { by: 'ItemName' })],
  ['margin trend, all data', named('margin-trend')],
  [
    'top 10 items, all data',
    plain({ metrics: ['netSales'], dimensions: ['ItemName'], sort: [{ column: 'netSales' }], limit: 10 }),
  ],
  ['branch performance, 12 months, 1 comparison', named('branch-performance', { period: LAST_YEAR })],
  ['sales performance, 12 months, 1 comparison', named('sales-performance', { period: LAST_YEAR })],
  ['product analytics, 12 months', named('product-analytics', { period: LAST_YEAR })],
];

async function timed(engine: AnalyticsEngine, query: EngineQuery, chunks: readonly PublishedChunk[]) {
  const startedAt = performance.now();
  const answer = await engine.query(query, chunks, new AbortController().signal);
  return { answer, elapsedMs: performance.now() - startedAt };
}

const { folder, chunks } = await provideFiles();
await provideDatasource(folder);
const local = await createLocalAnalyticsEngine({
  allowedDirectories: [folder],
  memoryLimit: '1GB',
  threads: 2,
  tempDirectory: join(tmpdir(), 'mauzo-bench-spill'),
});
const newCluster = (sql = druid.broker.sql) => createDruidAnalyticsEngine({ druid: { sql }, datasource });

const [, firstQuestion] = QUESTIONS[0] ?? [];
if (firstQuestion && values.only === '') {
  const first: number[] = [];
  for (let run = 0; run < runs; run += 1)
    first.push((await timed(newCluster(), firstQuestion, chunks)).elapsedMs);
  console.log(`\nDistinct customers by branch, first question of a data version: ${ms(first)}`);
  const withoutSketches = newCluster((text, ...rest) =>
    text.startsWith('EXPLAIN')
      ? Promise.reject(new AppError('druid.query_refused', 'input'))
      : druid.broker.sql(text, ...rest),
  );
  const slow: number[] = [];
  for (let run = 0; run < Math.min(2, runs); run += 1)
    slow.push((await timed(withoutSketches, firstQuestion, chunks)).elapsedMs);
  console.log(`The same without sketches (plain COUNT DISTINCT): ${ms(slow)}`);
}
const cluster = newCluster();
console.log(`\n${'question'.padEnd(46)}${'embedded ms'.padEnd(24)}${'Druid ms'.padEnd(24)}same answer`);
for (const [title, query] of QUESTIONS.filter(([name]) => name.includes(values.only))) {
  const [ours, theirs]: number[][] = [[], []];
  let isSame = true;
  await timed(cluster, query, chunks);
  for (let run = 0; run < runs; run += 1) {
    const onLocal = await timed(local, query, chunks);
    const onCluster = await timed(cluster, query, chunks);
    ours?.push(onLocal.elapsedMs);
    theirs?.push(onCluster.elapsedMs);
    isSame &&= isDeepStrictEqual(onLocal.answer, onCluster.answer);
  }
  console.log(
    `${title.padEnd(46)}${ms(ours ?? []).padEnd(24)}${ms(theirs ?? []).padEnd(24)}${isSame ? 'yes' : 'NO'}`,
  );
}
await local.close();

function ms(measured: readonly number[]): string {
  const sorted = measured.map(Math.round).sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]}–${sorted.at(-1)})`;
}
