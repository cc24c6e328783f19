import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDruidClient, createDruidCluster } from '../../src/main/adapters/druid/index.ts';
import { placeOn, type Place } from '../support/connected-engine.ts';
import { testStack } from '../support/test-stack.ts';

const CLI = join(process.env['MAUZO_ENTRIES'] ?? resolve('out/main'), 'cli.cjs');
const TIME_LIMIT_MS = 300_000;

const importsDocument = z.object({
  files: z.array(
    z.object({
      state: z.string(),
      importId: z.string(),
      ledger: z.object({ balanced: z.boolean() }),
    }),
  ),
});
const answerDocument = z.object({
  engine: z.string(),
  columns: z.array(z.looseObject({ name: z.string() })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  totals: z.unknown(),
});
const reportsDocument = z.object({
  reports: z.array(
    z.object({ target: z.string(), ok: z.boolean(), steps: z.array(z.object({ state: z.string() })) }),
  ),
});
const tasksDocument = z.object({
  tasks: z.array(z.object({ fileName: z.string(), state: z.string(), owner: z.string() })),
});
const checksDocument = z.object({ checks: z.array(z.object({ name: z.string(), status: z.string() })) });
const moveDocument = z.object({
  imports: z.number(),
  importsCopied: z.number(),
  entriesCopied: z.number(),
  undoneCopied: z.number(),
  objectsCopied: z.number(),
  objectsKept: z.number(),
  objectsMissing: z.array(z.string()),
});

const HEADER = 'Date,Branch,Product,Gross revenue,Total cost,Quantity';
const NAIROBI = ['2024-03-01,Nairobi,Soap,100.50,60,2', '2024-03-31,Nairobi,"Rice, long",0.25,,1'];
const NAIROBI_APRIL = '2024-04-01,Nairobi,Soap,50,20,1';
const MOMBASA = ['2024-03-02,Mombasa,Soap,200.25,,4', '2024-04-30,Mombasa,Tea,0.01,0,1'];
const BY_BRANCH =
  '{"metrics":["totalRevenue"],"dimensions":["Branch"],"sort":[{"column":"Branch","direction":"asc"}]}';
const NAMED = ['revenue-summary', 'branch-performance', 'product-analytics', 'heatmap', 'margin-trend'];

let root: string;
let home: string;
let place: Place;
beforeAll(() => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not built: run “npm run build” first.`);
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mauzo-cli-cluster-'));
  home = join(root, 'home');
  mkdirSync(join(root, 'user'));
  place = placeOn(testStack());
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mauzo …` as a user whose only settings are in the environment. */
function mauzo(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const args = ['--disable-warning=ExperimentalWarning', CLI, ...words, '--home', home];
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      args,
      {
        env: { PATH: process.env['PATH'], HOME: join(root, 'user'), ...env },
        timeout: TIME_LIMIT_MS,
        maxBuffer: 64 * 1024 * 1024,
      },
      (_failure, stdout, stderr) => done({ status: child.exitCode, stdout, stderr }),
    );
  });
}
const onDruid = (...words: string[]) => mauzo(words, { ...place.env, MAUZO_FIGURES_FROM: 'druid' });
const onLocal = (...words: string[]) => mauzo(words, { ...place.env, MAUZO_FIGURES_FROM: 'local' });
const alone = (...words: string[]) => mauzo(words, {});

/** What a command printed, once it has ended well. */
async function answered<T>(schema: z.ZodType<T>, running: Promise<Ended>): Promise<T> {
  const { status, stdout, stderr } = await running;
  if (status !== 0) throw new Error(`ended with ${status}: ${stdout}${stderr}`);
  return schema.parse(JSON.parse(stdout));
}
const write = (name: string, lines: readonly string[]) => {
  const path = join(root, name);
  writeFileSync(path, `${[HEADER, ...lines].join('\n')}\n`);
  return path;
};
/** Marks what Druid has of a month as unused, behind Mauzo's back. */
async function emptyInDruid(chunk: string): Promise<void> {
  const { druid, s3 } = testStack();
  const connection = {
    ...druid,
    datasource: place.datasource,
    username: null,
    s3Endpoint: null,
    s3Credentials: 'cluster' as const,
    maxTasks: null,
  };
  const cluster = createDruidCluster({
    client: createDruidClient({ connection }),
    druid: connection,
    s3: { ...s3, prefix: '', pathStyle: true, credentials: 'keys', profile: null },
  });
  await cluster.empty(chunk, new AbortController().signal);
}

/** Revenue by branch, and what the command had to add to it. */
const revenueOf = async (run: typeof onDruid) => {
  const running = run('query', '--json-query', BY_BRANCH, '--json');
  const { rows } = await answered(answerDocument, running);
  return { rows, stderr: (await running).stderr };
};

describe('the command line on S3, Druid and PostgreSQL', () => {
  it('tests, imports, corrects, undoes and answers the same from Druid as from this computer', async () => {
    const { reports } = await answered(reportsDocument, onDruid('connections', 'test', '--json'));
    expect(reports.map(({ target, ok }) => [target, ok])).toEqual([
      ['s3', true],
      ['druid', true],
      ['postgres', true],
    ]);
    expect(reports.flatMap(({ steps }) => steps.filter(({ state }) => state === 'failed'))).toEqual([]);

    const paths = [write('nairobi.csv', [...NAIROBI, NAIROBI_APRIL]), write('mombasa.csv', MOMBASA)];
    const { files } = await answered(importsDocument, onDruid('import', ...paths, '--json'));
    expect(files.map(({ state, ledger }) => [state, ledger.balanced])).toEqual([
      ['done', true],
      ['done', true],
    ]);
    const before = {
      rows: [
        ['Mombasa', 200.26],
        ['Nairobi', 150.75],
      ],
      stderr: '',
    };
    expect(await revenueOf(onDruid)).toEqual(before);

    // Nairobi again, corrected: Mombasa stays as it is to the cent.
    const corrected = write('nairobi corrected.csv', ['2024-03-01,Nairobi,Soap,90.50,60,2']);
    const replace = ['--on-duplicate', 'replace', '--json'];
    const again = await answered(importsDocument, onDruid('import', corrected, ...replace));
    expect(again.files.map(({ state, ledger }) => [state, ledger.balanced])).toEqual([['done', true]]);
    expect(await revenueOf(onDruid)).toEqual({
      rows: [
        ['Mombasa', 200.26],
        ['Nairobi', 140.75],
      ],
      stderr: '',
    });
    for (const name of NAMED) {
      const query = ['query', '--named', name, '--json'];
      const druid = await answered(answerDocument, onDruid(...query));
      const local = await answered(answerDocument, onLocal(...query));
      expect([druid.engine, local.engine]).toEqual(['druid', 'local']);
      expect({ ...druid, engine: null }).toEqual({ ...local, engine: null });
    }

    // Somebody takes a month out of Druid: said in place of a wrong figure, and mended by publishing it anew.
    await emptyInDruid('2024-03');
    const cut = await onDruid('query', '--json-query', BY_BRANCH, '--json');
    expect(JSON.parse(cut.stdout)).toMatchObject({
      error: {
        code: 'druid.rows_differ',
        remedy: expect.stringContaining('publish --engine druid --chunk 2024-03'),
      },
    });
    const mended = await onDruid('publish', '--chunk', '2024-03', '--json');
    expect([mended.status, JSON.parse(mended.stdout)]).toMatchObject([
      0,
      { engine: 'druid', chunks: [{ chunk: '2024-03', rows: 3 }] },
    ]);
    expect((await revenueOf(onDruid)).rows).toEqual([
      ['Mombasa', 200.26],
      ['Nairobi', 140.75],
    ]);

    const undo = await onDruid('undo', again.files[0]?.importId ?? '');
    expect([undo.status, undo.stderr]).toEqual([0, '']);
    // A command waits a minute at most for what is being published.
    await expect.poll(() => revenueOf(onDruid), { timeout: TIME_LIMIT_MS }).toEqual(before);
    expect(await revenueOf(onLocal)).toEqual(before);

    const { tasks } = await answered(tasksDocument, onDruid('jobs', 'list', '--everywhere', '--json'));
    expect(Object.fromEntries(tasks.map(({ fileName, state }) => [fileName, state]))).toEqual({
      'mombasa.csv': 'done',
      'nairobi corrected.csv': 'undone',
      'nairobi.csv': 'done',
    });
    const { checks } = await answered(checksDocument, onDruid('doctor', '--json'));
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('moves from this computer into PostgreSQL and S3; a second move copies nothing', async () => {
    const paths = [write('nairobi.csv', [...NAIROBI, NAIROBI_APRIL]), write('mombasa.csv', MOMBASA)];
    await answered(importsDocument, alone('import', ...paths, '--json'));
    const before = await revenueOf(alone);
    const move = () => answered(moveDocument, onLocal('connections', 'move', '--json'));
    const first = await move();
    expect(first).toMatchObject({ imports: 2, importsCopied: 2, entriesCopied: 2, objectsMissing: [] });
    expect(first.objectsCopied).toBeGreaterThan(0);
    expect(await move()).toMatchObject({
      imports: 2,
      importsCopied: 0,
      entriesCopied: 0,
      undoneCopied: 0,
      objectsCopied: 0,
      objectsKept: first.objectsCopied + first.objectsKept,
    });
    expect(await revenueOf(onLocal)).toEqual(before);
    expect(await revenueOf(onDruid)).toEqual(before);
    expect((await onDruid('doctor')).status).toBe(0);
  });

  it('ends with 4 and names what to do when a password is wrong', async () => {
    const env = { ...place.env, MAUZO_POSTGRES_PASSWORD: 'not-the-password' };
    const { status, stdout } = await mauzo(['connections', 'test', 'postgres'], env);
    expect([status, stdout]).toEqual([4, expect.stringContaining('did not accept the password')]);
    expect(stdout).toContain('Correct “User” or “Password” of the PostgreSQL connection');
    expect(stdout).not.toContain('not-the-password');
  });
});
