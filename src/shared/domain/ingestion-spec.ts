import { DIMENSIONS, LEDGER_COLUMNS, type LedgerColumn } from './sales-schema.ts';

/**
 * How the sales dataset lies in a Druid datasource: one row for each row of the canonical Parquet (no rollup), months
 * as segments, `__time` the wall-clock time read as UTC milliseconds. Money and quantities come twice: as DOUBLE under
 * their own name, for other tools, and as LONG in ten-thousandths, from which Mauzo computes.
 */
export const exactColumn = <C extends LedgerColumn>(column: C): `${C}_e4` => `${column}_e4`;

/** Text columns: null and '' are different values. `importId` says which import a row is of. */
export const CLUSTER_TEXT_COLUMNS = [...DIMENSIONS, 'importId'] as const;

/** Columns without which rows cannot be ours; each is filled in every row that Mauzo writes. */
export const CLUSTER_MARK_COLUMNS = ['importId', exactColumn('grossRevenue')] as const;

/** The half-open interval of a month, as Druid writes intervals. */
export function monthInterval(chunk: string): string {
  return `${chunk}-01T00:00:00.000Z/${monthAfter(chunk)}-01T00:00:00.000Z`;
}

/** The month after `yyyy-mm`. */
export function monthAfter(chunk: string): string {
  const [year = 0, month = 0] = chunk.split('-').map(Number);
  const next = year * 12 + month;
  return `${String(Math.floor(next / 12)).padStart(4, '0')}-${String((next % 12) + 1).padStart(2, '0')}`;
}

/** How a task reaches the object store when it must not use what the cluster is configured with. */
export interface TaskObjectAccess {
  readonly endpoint: string | null;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Null to use the credentials of the cluster. Anybody who may see tasks in Druid sees these. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

export interface IngestionRequest {
  readonly taskId: string;
  readonly datasource: string;
  /** `yyyy-mm` */
  readonly chunk: string;
  /** `s3://bucket/key` of every part; never empty, because an empty input would delete the month. */
  readonly uris: readonly string[];
  readonly access: TaskObjectAccess | null;
}

/**
 * A native batch task that replaces one month by the rows of its input, all of them or none: any row that cannot be
 * read fails the task.
 */
export function ingestionSpec(request: IngestionRequest) {
  if (request.uris.length === 0) throw new RangeError('an ingestion without input would delete the month');
  return {
    type: 'index_parallel',
    id: request.taskId,
    spec: {
      dataSchema: {
        dataSource: request.datasource,
        timestampSpec: { column: '__time', format: 'millis' },
        dimensionsSpec: { dimensions: dimensions() },
        metricsSpec: [],
        granularitySpec: {
          type: 'uniform',
          segmentGranularity: 'MONTH',
          queryGranularity: 'NONE',
          rollup: false,
          intervals: [monthInterval(request.chunk)],
        },
      },
      ioConfig: {
        type: 'index_parallel',
        inputSource: { type: 's3', uris: request.uris, ...accessConfig(request.access) },
        inputFormat: { type: 'json', assumeNewlineDelimited: true },
        appendToExisting: false,
        dropExisting: true,
      },
      tuningConfig: TUNING,
    },
  } as const;
}

export type IngestionSpec = ReturnType<typeof ingestionSpec>;

/**
 * One slot a month: with more sub-tasks a task would wait for slots that other months hold. Rows are persisted by
 * count alone, in few large steps; compressing segments costs more time than writing them plain.
 */
const TUNING = {
  type: 'index_parallel',
  partitionsSpec: { type: 'dynamic', maxRowsPerSegment: 5_000_000 },
  maxNumConcurrentSubTasks: 1,
  maxRowsInMemory: 1_000_000,
  maxBytesInMemory: -1,
  indexSpec: {
    bitmap: { type: 'roaring' },
    dimensionCompression: 'uncompressed',
    metricCompression: 'uncompressed',
    longEncoding: 'longs',
  },
  logParseExceptions: true,
  maxParseExceptions: 0,
  maxSavedParseExceptions: 10,
} as const;

const dimensions = () => [
  ...CLUSTER_TEXT_COLUMNS.map((name) => ({ type: 'string', name })),
  ...LEDGER_COLUMNS.map((name) => ({ type: 'double', name })),
  ...LEDGER_COLUMNS.map((name) => ({ type: 'long', name: exactColumn(name) })),
  { type: 'long', name: 'lineItemCount' },
];

function accessConfig(access: TaskObjectAccess | null) {
  if (!access) return {};
  const { endpoint } = access;
  return {
    ...(endpoint === null
      ? {}
      : {
          endpointConfig: { url: endpoint, signingRegion: access.region },
          clientConfig: {
            protocol: /^http:/i.test(endpoint) ? 'http' : 'https',
            enablePathStyleAccess: access.pathStyle,
          },
        }),
    // Druid takes the endpoint of a task into account only together with properties.
    properties: access.keys
      ? {
          accessKeyId: { type: 'default', password: access.keys.accessKeyId },
          secretAccessKey: { type: 'default', password: access.keys.secretAccessKey },
        }
      : {},
  };
}
