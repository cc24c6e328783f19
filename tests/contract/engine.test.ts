import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/main/engine/create-engine.ts';
import type { HttpHost } from '../../src/main/hosts/http/index.ts';
import { connectInProcess } from '../../src/main/hosts/in-process/index.ts';
import type { MauzoContract } from '../../src/shared/contract/index.ts';
import { createSimpleParser } from '../integration/engine/simple-parser.fixture.ts';
import { contractSuite } from './contract-suite.ts';
import { connectSocket, send, signIn, startHost } from './http-fixture.ts';

/** The suite over the real engine: its store, its DuckDB and its handlers; only files are read by a simple parser. */
const log = { debug() {}, info() {}, warn() {}, error() {} };

let home: string;
let engine: Engine;
let host: HttpHost;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'mauzo-contract-'));
  engine = await createEngine({
    home,
    host: 'in-process',
    version: '0.0.0',
    sampleDir: join(home, 'none'),
    parser: createSimpleParser(),
    log,
    memoryMiB: 256,
  });
  host = await startHost(engine);
});
afterAll(async () => {
  await host.close();
  await engine.close();
  rmSync(home, { recursive: true, force: true });
});

describe('the contract of the real engine, in process', () => {
  contractSuite(() => {
    const { client, close } = connectInProcess<MauzoContract>(engine.dispatcher);
    return Promise.resolve({ client, close: () => Promise.resolve(close()) });
  });
});

describe('the contract of the real engine, over loopback HTTP', () => {
  contractSuite(() => connectSocket<MauzoContract>(host));

  it('imports what was uploaded, once, and never holds a name for a path', async () => {
    const headers = { cookie: await signIn(host), origin: host.origin };
    const body = Buffer.from('Date,Branch,Gross revenue,Total cost\n2024-03-01,Kisumu,10.50,4\n');
    const name = encodeURIComponent('../../março\n🌍.csv');
    const answer = await send(host.port, `/api/upload?name=${name}`, { method: 'PUT', headers, body });
    const { uploadId } = JSON.parse(answer.body) as { uploadId: string };
    const { client, close } = await connectSocket<MauzoContract>(host);
    const { jobIds } = await client.call('imports.start', { files: [{ kind: 'upload', uploadId }] });
    await engine.settled();
    const job = await client.call('jobs.get', { jobId: jobIds[0] ?? '' });
    expect([job.state, job.fileName]).toEqual(['done', 'março\n🌍.csv']);
    const { rows } = await client.call('analytics.query', { metrics: ['totalRevenue', 'rowCount'] });
    expect(rows).toEqual([[10.5, 1]]);
    await expect(
      client.call('imports.start', { files: [{ kind: 'upload', uploadId }] }),
    ).rejects.toMatchObject({ code: 'imports.upload_unknown' });
    await close();
  });
});
