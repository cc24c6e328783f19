import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Where the built entries lie; `MAUZO_ENTRIES` for a build elsewhere. */
const ENTRIES = process.env['MAUZO_ENTRIES'] ?? resolve('out/main');
const CLI = join(ENTRIES, 'cli.cjs');
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', CLI];
const TIME_LIMIT_MS = 90_000;

let root: string;
let home: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not built: run “npm run build” first.`);
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mauzo-cli-'));
  home = join(root, 'home');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

const mauzo = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...NODE_ARGUMENTS, ...words], {
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
};
function start(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}
const write = (name: string, content: string) => {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
};

const ORDERS = `Row ID,Order ID,Order Date,Ship Mode,Customer Name,Segment,Region,Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit
1,CA-1,11/8/2016,Second Class,Claire Gute,Consumer,South,Furniture,Bookcases,"Bush Somerset, Bookcase",261.96,2,0,41.9136
2,CA-1,11/8/2016,Second Class,Claire Gute,Consumer,South,Furniture,Chairs,Hon Deluxe,731.94,3,0,219.582
3,CA-2,6/12/2016,Second Class,Darrin Van Huff,Corporate,West,Office Supplies,Labels,Self-Adhesive,14.62,2,0,6.8714
4,CA-3,10/11/2015,Standard Class,Sean O'Donnell,Consumer,South,Furniture,Tables,Bretford,957.5775,5,0.45,-383.031
`;
const MAPPING = JSON.stringify({
  Branch: 'Region',
  totalCost: { compute: 'Sales - Profit' },
  returnsValue: { constant: '0' },
  __time: { column: 'Order Date', dateOrder: 'month-first' },
});

const fileDocument = z.object({
  jobId: z.string(),
  state: z.string(),
  rowsRead: z.number(),
  rowsAccepted: z.number(),
  rowsRejected: z.number(),
  findings: z.array(z.object({ code: z.string(), column: z.string().nullable(), count: z.number() })),
  totals: z.record(z.string(), z.string().nullable()).nullable(),
  chunks: z.array(z.string()),
  ledger: z.object({ balanced: z.boolean(), lines: z.array(z.unknown()) }).nullable(),
  steps: z.array(z.object({ step: z.string(), elapsedMs: z.number(), bytes: z.number(), rows: z.number() })),
});
const importDocument = z.object({ files: z.array(fileDocument) });
const errorDocument = z.object({
  error: z.object({ code: z.string(), title: z.string(), remedy: z.string() }),
});
const publishDocument = z.object({
  chunks: z.array(z.object({ chunk: z.string(), rows: z.number(), generation: z.number() })),
});
const queryDocument = z.object({ rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))) });

function importOrders() {
  const file = write('orders.csv', ORDERS);
  const answer = mauzo('import', file, '--mapping', write('mapping.json', MAPPING), '--home', home, '--json');
  return { ...answer, document: importDocument.parse(JSON.parse(answer.stdout)).files[0] };
}
const figures = (...metrics: string[]) => {
  const { stdout } = mauzo('query', '--json-query', JSON.stringify({ metrics }), '--home', home, '--json');
  return queryDocument.parse(JSON.parse(stdout)).rows[0];
};

describe('import, figures and undo on the command line', () => {
  it('imports a foreign file by a short mapping, exactly, and takes it out again', () => {
    const { status, document } = importOrders();
    expect(status).toBe(0);
    expect(document).toMatchObject({ state: 'done', rowsRead: 4, rowsAccepted: 4, rowsRejected: 0 });
    // 261.96 + 731.94 + 14.62 + 957.5775, and the same less 41.9136 + 219.582 + 6.8714 − 383.031.
    expect(document?.totals).toMatchObject({ grossRevenue: '1966.0975', totalCost: '2080.7615' });
    expect(document?.chunks).toEqual(['2015-10', '2016-06', '2016-11']);
    expect(document?.ledger?.balanced).toBe(true);
    expect(document?.steps.map((step) => step.step)).toContain('reconcile');
    expect(figures('totalRevenue', 'grossProfit', 'rowCount')).toEqual([1966.0975, -114.664, 4]);

    const again = importOrders();
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('"duplicateOf": {');
    expect(figures('rowCount')).toEqual([4]);

    const jobId = document?.jobId ?? '';
    const preview = mauzo('undo', jobId, '--preview', '--home', home, '--json');
    expect(JSON.parse(preview.stdout)).toMatchObject({ preview: true, rowsBefore: 4, rowsAfter: 0 });
    expect(figures('rowCount')).toEqual([4]);
    expect(mauzo('undo', jobId, '--home', home).status).toBe(0);
    expect(figures('rowCount')).toEqual([0]);
    const second = mauzo('undo', jobId, '--home', home, '--json');
    expect(second.status).toBe(3);
    expect(errorDocument.parse(JSON.parse(second.stdout)).error.code).toBe('history.not_active');
  });

  it('builds a month anew from its accepted rows, and names one that is not there', () => {
    importOrders();
    const publish = (...words: string[]) => mauzo('publish', ...words, '--home', home, '--json');
    const all = publish();
    expect(all.status).toBe(0);
    const months = publishDocument.parse(JSON.parse(all.stdout)).chunks;
    expect(months).toEqual(
      [1, 1, 2].map((rows, at) => ({ chunk: ['2015-10', '2016-06', '2016-11'][at], rows, generation: 1 })),
    );
    const again = publish('--engine', 'local', '--chunk', '2016-11');
    expect(publishDocument.parse(JSON.parse(again.stdout)).chunks).toEqual([
      { chunk: '2016-11', rows: 2, generation: 2 },
    ]);
    expect(figures('totalRevenue', 'rowCount')).toEqual([1966.0975, 4]);
    for (const [words, code] of [
      [['--chunk', '2020-01'], 'publishing.chunk_unknown'],
      [['--engine', 'druid'], 'publishing.no_cluster'],
      [['--chunk', 'March'], 'cli.usage'],
    ] as const)
      expect(errorDocument.parse(JSON.parse(publish(...words).stdout)).error.code).toBe(code);
  });

  it('shares rules as a file, and checks by them with and without a data folder', () => {
    const file = write(
      'sales.csv',
      'Date,Branch,Gross revenue\n2024-03-01,Nairobi,10\n2024-03-02,Nairobi,900\n',
    );
    const cap = {
      id: 'cap',
      name: 'Not above 500',
      severity: 'error',
      enabled: true,
      check: { kind: 'range', field: 'grossRevenue', min: null, max: '500' },
    };
    const rules = write('rules.json', JSON.stringify({ version: 1, rules: [cap] }));
    expect(mauzo('rules', 'list', '--home', home).stdout).toContain('known-branch');
    expect(mauzo('rules', 'import', rules, '--home', home).status).toBe(0);
    const copy = join(root, 'copy.json');
    expect(mauzo('rules', 'export', '--out', copy, '--home', home).status).toBe(0);
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toEqual({ version: 1, rules: [cap] });
    const { stdout } = mauzo('import', file, '--home', home, '--json', '--max-rejects', '60');
    const [imported] = importDocument.parse(JSON.parse(stdout)).files;
    expect(imported).toMatchObject({
      state: 'done',
      rowsAccepted: 1,
      rowsRejected: 1,
      findings: [{ code: 'rule.cap', column: 'Gross revenue', count: 1 }],
    });
    const checked = mauzo('validate', file, '--rules', copy);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toContain('Not above 500');
    expect(mauzo('validate', file).status).toBe(0);
    const broken = write(
      'broken.json',
      JSON.stringify({ version: 1, rules: [{ ...cap, check: { kind: 'no' } }] }),
    );
    const refused = mauzo('rules', 'import', broken, '--home', home);
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('rules.0.check') });
  });

  it('answers 1 for rejected rows, waits for a decision above the limit, and hands the rejects out', () => {
    const sheet =
      'Date,Branch,Gross revenue\n2024-03-01,Kisumu,10\n2024-03-02,,20\n2024-03-03,Nakuru,x\n2024-03-04,Nakuru,5.5\n';
    const file = write('sales.csv', sheet);
    const waits = mauzo('import', file, '--home', home, '--json');
    const job = importDocument.parse(JSON.parse(waits.stdout)).files[0];
    expect([waits.status, job?.state, job?.rowsRejected]).toEqual([3, 'review-needed', 2]);

    const out = join(root, 'rejects.csv');
    expect(mauzo('rejects', job?.jobId ?? '', '--out', out, '--home', home).status).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('Nakuru');

    const accepted = mauzo('jobs', 'accept', job?.jobId ?? '', '--home', home, '--json');
    expect(accepted.status).toBe(1);
    expect(figures('totalRevenue', 'rowCount')).toEqual([15.5, 2]);
    const shown = mauzo('jobs', 'show', job?.jobId ?? '', '--home', home);
    expect(shown.stdout).toContain('4 read = 2 accepted + 2 rejected + 0 skipped');
  });

  it('imports many files, names the bad one and goes on with the others', () => {
    const good = write('good.csv', 'Date,Branch,Gross revenue\n2024-03-01,Kisumu,10\n');
    const empty = write('empty.csv', '');
    const pdf = write('report.csv', '%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n');
    const answer = mauzo('import', empty, pdf, join(root, 'none.csv'), good, '--home', home);
    expect(answer.status).toBe(3);
    for (const code of ['(staging.empty)', '(staging.gone)']) expect(answer.stdout).toContain(code);
    expect(answer.stdout).toMatch(/good\.csv {2}done/);
    expect(figures('rowCount')).toEqual([1]);
  });

  it('goes on after Ctrl+C where it stopped, counting once', async () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, index) => `2024-03-${String((index % 28) + 1).padStart(2, '0')},Branch ${index % 7},${index}.25`,
    );
    const file = write('sales.csv', `Date,Branch,Gross revenue\n${lines.join('\n')}\n`);
    const child = start('import', file, '--home', home);
    // Its copy is complete: from here on the job needs no file of ours.
    while (
      !existsSync(join(home, 'staging')) ||
      !readdirSync(join(home, 'staging')).some((name) => name.length === 64)
    ) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect([3, 0]).toContain(code);
    const revenue = 1_799_970_000 + 60_000 * 0.25;
    const listed = mauzo('jobs', 'list', '--home', home, '--json');
    const { jobs } = z.object({ jobs: z.array(fileDocument) }).parse(JSON.parse(listed.stdout));
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.state).not.toBe('failed');
    // The next run takes the first job up beside its own: whichever comes first counts, the other is its duplicate.
    const again = mauzo('import', file, '--home', home, '--json');
    expect(importDocument.parse(JSON.parse(again.stdout)).files[0]?.state).toBe('done');
    expect(figures('totalRevenue', 'rowCount')).toEqual([revenue, 60_000]);
  });
});

describe('commands without a data folder', () => {
  it('validates and leaves nothing behind', () => {
    const file = write('orders.csv', ORDERS);
    const mapping = write('mapping.json', MAPPING);
    const good = mauzo(
      'validate',
      file,
      '--mapping',
      mapping,
      '--control-rows',
      '4',
      '--control-revenue',
      '1966.0975',
      '--json',
    );
    expect(good.status).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      files: [{ rowsAccepted: 4, totals: { grossRevenue: '1966.0975' } }],
    });
    expect(mauzo('validate', file, '--mapping', mapping, '--control-rows', '5').status).toBe(1);
    expect(mauzo('validate', file).status).toBe(3);
    expect(existsSync(home)).toBe(false);
  });

  it('reads each file to a CSV, with the findings in the order of the files', () => {
    mkdirSync(join(root, 'b'));
    const files = [
      write('one.csv', 'a;b\n1;x\n2;"y;z"\n'),
      join(root, 'none.csv'),
      write('b/two.csv', 'c,d\n3,4,5\n'),
    ];
    const out = join(root, 'out');
    const findings = join(root, 'findings.jsonl');
    const answer = mauzo('read', ...files, '--out-dir', out, '--findings', findings, '--json');
    expect(answer.status).toBe(3);
    expect(readFileSync(join(out, 'one.csv_converted.csv'), 'utf8').replaceAll('\r\n', '\n')).toBe(
      'a,b\n1,x\n2,y;z\n',
    );
    expect(readdirSync(out).sort()).toEqual(['one.csv_converted.csv', 'two.csv_converted.csv']);
    const lines = readFileSync(findings, 'utf8')
      .trim()
      .split('\n')
      .map((line) => z.object({ file: z.string(), code: z.string() }).parse(JSON.parse(line)));
    expect(lines.map((line) => line.file)).toEqual(expect.arrayContaining(['none.csv']));
    expect(mauzo('read', files[0] ?? '', join(root, 'b', '..', 'one.csv'), '--out-dir', out).status).toBe(2);
  });

  it.each([
    [['imprt', 'x'], 'Did you mean “import”'],
    [['jobs', 'lst'], 'Did you mean “jobs list”'],
    [['read', 'x'], '--out-dir'],
    [['rejects', 'x'], '--out'],
    [['rejects', 'x', '--out', 'x.doc'], '.xlsx or .csv'],
    [['query'], '--named'],
    [['query', '--named', 'heatmp'], 'Did you mean “heatmap”'],
    [['query', '--named', 'target-attainment'], 'is not available yet'],
    [['query', '--json-query', '{'], 'is not JSON'],
    [['query', '--named', 'heatmap', '--from', '2024-01-01'], 'belong together'],
    [['query', '--named', 'heatmap', '--filter', 'Brnch=x'], 'Did you mean “Branch=…”'],
    [['query', '--json-query', '{}', '--by', 'Branch'], '--by goes with --named'],
    [['targets', 'list'], 'is not available yet'],
    [['validate', 'x', '--mapping', '/none.json'], '--mapping'],
    [['serve', '--port', '70000'], '--port cannot be 70000'],
  ])('answers 2 for %j and says what was meant', (words, text) => {
    const { status, stderr, stdout } = mauzo(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });

  it('prints one document in any case with --json', () => {
    const { status, stdout } = mauzo('undo', 'x', '--home', home, '--json');
    expect(status).toBe(3);
    expect(errorDocument.parse(JSON.parse(stdout)).error).toMatchObject({ code: 'jobs.unknown' });
    expect(JSON.parse(mauzo('metrics', 'list', '--json').stdout)).toHaveProperty('metrics');
  });
});

describe('serve', () => {
  let page: string;
  beforeAll(() => {
    page = join(ENTRIES, '..', 'renderer', 'index.html');
    if (!existsSync(page)) throw new Error(`${page} is not built: run “npm run build” first.`);
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('serves the page to its link, holds the data folder, and lets go of it on Ctrl+C', async () => {
    const child = start('serve', '--home', home, '--json');
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    const [line] = (await once(lines, 'line')) as [string];
    const { url, origin } = z.object({ url: z.string(), origin: z.string() }).parse(JSON.parse(line));
    const opened = await fetch(url, { redirect: 'manual' });
    expect(opened.status).toBe(303);
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await fetch(`${origin}/import`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${origin}/import`)).status).toBe(403);

    const second = mauzo('jobs', 'list', '--home', home, '--json');
    expect(second.status).toBe(3);
    expect(second.stdout).toContain('app.home_in_use');

    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(mauzo('jobs', 'list', '--home', home).status).toBe(0);
  });

  it('shows the jobs of everybody, and says that there is no database to move to', () => {
    const file = write('sales.csv', 'Date,Branch,Gross revenue\n2024-03-01,Nairobi,10\n');
    expect(mauzo('import', file, '--home', home).status).toBe(0);
    const { tasks } = z
      .object({ tasks: z.array(z.object({ fileName: z.string(), state: z.string(), owner: z.string() })) })
      .parse(JSON.parse(mauzo('jobs', 'list', '--everywhere', '--json', '--home', home).stdout));
    expect(tasks).toMatchObject([{ fileName: 'sales.csv', state: 'done' }]);
    expect(tasks[0]?.owner).toMatch(/ on /);
    expect(mauzo('jobs', 'list', '--everywhere', '--home', home).stdout).toContain('sales.csv');
    const move = mauzo('connections', 'move', '--home', home);
    expect(move.status).toBe(4);
    expect(move.stderr).toContain('moving.no_database');
  });
});
