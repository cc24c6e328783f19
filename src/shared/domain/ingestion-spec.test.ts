import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingestionSpec, monthAfter, monthInterval, type IngestionRequest } from './ingestion-spec.ts';
import { DIMENSIONS, LEDGER_COLUMNS } from './sales-schema.ts';

const request: IngestionRequest = {
  taskId: 'id',
  datasource: 'sales_analytics',
  chunk: '2024-02',
  uris: ['s3://b/k1', 's3://b/k2'],
  access: null,
};
const month = fc
  .record({ year: fc.integer({ min: 1, max: 9998 }), month: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, month: number }) => `${String(year).padStart(4, '0')}-${String(number).padStart(2, '0')}`);

describe('the interval of a month', () => {
  it('begins where the one before ends, and is as long as the month', () => {
    fc.assert(
      fc.property(month, (chunk) => {
        const [start = '', end = ''] = monthInterval(chunk).split('/');
        expect(start.slice(0, 7)).toBe(chunk);
        expect(monthInterval(monthAfter(chunk)).split('/')[0]).toBe(end);
        const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
        const [year = 0, number = 0] = chunk.split('-').map(Number);
        const lastDay = new Date(0);
        lastDay.setUTCFullYear(year, number, 0);
        expect(days).toBe(lastDay.getUTCDate());
      }),
    );
  });
});

describe('the ingestion task', () => {
  it('replaces exactly its month, all rows or none', () => {
    const { spec, id } = ingestionSpec(request);
    expect(id).toBe('id');
    expect(spec.dataSchema.granularitySpec).toEqual({
      type: 'uniform',
      segmentGranularity: 'MONTH',
      queryGranularity: 'NONE',
      rollup: false,
      intervals: ['2024-02-01T00:00:00.000Z/2024-03-01T00:00:00.000Z'],
    });
    expect(spec.ioConfig).toMatchObject({
      inputSource: { type: 's3', uris: request.uris },
      appendToExisting: false,
      dropExisting: true,
    });
    expect(spec.tuningConfig).toMatchObject({ maxParseExceptions: 0, maxNumConcurrentSubTasks: 1 });
  });

  it('never has an empty input: with dropExisting it would delete the month', () => {
    expect(() => ingestionSpec({ ...request, uris: [] })).toThrow(RangeError);
  });

  it('holds every text, and every amount twice', () => {
    const { dimensions } = ingestionSpec(request).spec.dataSchema.dimensionsSpec;
    const named = (type: string) => dimensions.filter((item) => item.type === type).map(({ name }) => name);
    expect(named('string')).toEqual([...DIMENSIONS, 'importId']);
    expect(named('double')).toEqual([...LEDGER_COLUMNS]);
    expect(named('long')).toEqual([...LEDGER_COLUMNS.map((name) => `${name}_e4`), 'lineItemCount']);
  });

  it('says nothing of the object store where the cluster is configured for it, and no more than it must else', () => {
    const source = (access: IngestionRequest['access']) =>
      ingestionSpec({ ...request, access }).spec.ioConfig.inputSource;
    expect(source(null)).toEqual({ type: 's3', uris: request.uris });
    const own = { endpoint: 'http://store:9000', region: 'r', pathStyle: true, keys: null };
    expect(source(own)).toEqual({
      type: 's3',
      uris: request.uris,
      endpointConfig: { url: 'http://store:9000', signingRegion: 'r' },
      clientConfig: { protocol: 'http', enablePathStyleAccess: true },
      properties: {},
    });
    expect(
      source({
        endpoint: null,
        region: 'r',
        pathStyle: false,
        keys: { accessKeyId: 'a', secretAccessKey: 's' },
      }),
    ).toEqual({
      type: 's3',
      uris: request.uris,
      properties: {
        accessKeyId: { type: 'default', password: 'a' },
        secretAccessKey: { type: 'default', password: 's' },
      },
    });
    expect(source({ ...own, endpoint: 'HTTPS://store' })).toMatchObject({
      clientConfig: { protocol: 'https' },
    });
  });
});
