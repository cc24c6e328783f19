import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Mapping } from '../../src/shared/domain/mapping.ts';
import { NO_RULES } from '../../src/shared/domain/rules/rule-set.ts';
import { suggestMapping } from '../../src/shared/domain/mapping-suggestion.ts';
import type { Inspection } from '../../src/shared/domain/tables.ts';
import { createChildProcessLauncher, createFileParser } from '../../src/main/adapters/processes/index.ts';
import type { FileParserOptions } from '../../src/main/adapters/processes/index.ts';
import type { ProcessLauncher } from '../../src/main/services/imports/launcher-port.ts';
import type { FileParser, ParserRun } from '../../src/main/services/imports/ports.ts';

const BUILT = resolve('out/main');
const SAMPLE = resolve('resources/sample');
const ERRORS_FILE = join(SAMPLE, 'Eldoret Oct 2026 with errors.csv');
const CLEAN_FILE = join(SAMPLE, 'Sales 2024-2026.csv');
const TODAY = '2026-11-23';

beforeAll(() => {
  if (existsSync(join(BUILT, 'parser.cjs'))) return;
  throw new Error('out/main/parser.cjs is not built: run `npm run build` first.');
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mauzo-parser-'));
  folders.push(folder);
  return folder;
}

const LIMITS = { memoryLimitBytes: 1500 * 1024 * 1024, timeLimitMs: 90_000, inactivityMs: 30_000 };
const parserOf = (options: Partial<FileParserOptions> = {}): FileParser =>
  createFileParser({ launcher: createChildProcessLauncher({ folder: BUILT }), ...LIMITS, ...options });
const quiet = (): ParserRun => ({ signal: new AbortController().signal });
const fileOf = (path: string) => ({ path, fileName: basename(path) });

function requestOf(path: string, inspection: Inspection, mapping?: Mapping) {
  const table = inspection.tables[inspection.suggestedTable];
  if (!table) throw new Error('no table');
  const outDir = join(temporaryFolder(), 'job');
  mkdirSync(outDir);
  return {
    file: fileOf(path),
    table: inspection.suggestedTable,
    inspection,
    mapping: mapping ?? suggestMapping(table, null).mapping,
    rules: NO_RULES,
    importId: 'c'.repeat(64),
    outDir,
    today: TODAY,
  };
}
async function validate(parser: FileParser, path: string, run = quiet()) {
  const inspection = await parser.inspect(fileOf(path), quiet());
  return parser.validate(requestOf(path, inspection), run);
}
const jsonLines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

/** A clean file that takes the parser a while. */
function slowFile(rows = 150_000): string {
  const path = join(temporaryFolder(), 'slow.csv');
  const lines = Array.from({ length: rows }, (_, index) => {
    const day = String((index % 28) + 1).padStart(2, '0');
    return `2026-0${(index % 9) + 1}-${day},Branch ${index % 40},Item number ${index % 5000},${index}.25,1`;
  });
  writeFileSync(path, `Date,Branch,Item,Revenue,Qty\n${lines.join('\n')}\n`);
  return path;
}

describe('the parser process on the sample files', () => {
  it('finds each damage of the errors file, and nothing else', async () => {
    const expected = JSON.parse(readFileSync(ERRORS_FILE.replace(/csv$/, 'expected.json'), 'utf8')) as Record<
      'rejected' | 'kept' | 'skipped',
      { line: number; reason: string }[]
    > & { rowsAccepted: number; rowsRejected: number; rowsSkipped: number };
    const report = await validate(parserOf(), ERRORS_FILE);
    expect(report).toMatchObject({
      rowsAccepted: expected.rowsAccepted,
      rowsRejected: expected.rowsRejected,
      rowsSkipped: expected.rowsSkipped,
    });
    const lines = (path: string) => jsonLines<{ row: number }>(path).map(({ row }) => row);
    expect(lines(report.rejectsPath)).toEqual(expected.rejected.map(({ line }) => line));
    expect(lines(report.skippedPath)).toEqual(expected.skipped.map(({ line }) => line));
    const found = new Set(lines(report.findingsPath));
    // An amount with its currency is plain to read, and a quote inside a cell changes nothing: no finding is due.
    const noted = expected.kept.filter(({ reason }) => !/amount-with-currency|quote-inside/.test(reason));
    expect(noted.map(({ line }) => line).filter((line) => !found.has(line))).toEqual([]);
  });

  it('gives the same report and the same bytes when it runs again', async () => {
    const parser = parserOf();
    const inspection = await parser.inspect(fileOf(CLEAN_FILE), quiet());
    const content = async () => {
      const request = requestOf(CLEAN_FILE, inspection);
      const report = await parser.validate(request, quiet());
      const names = readdirSync(request.outDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      return {
        report: JSON.parse(JSON.stringify(report).replaceAll(request.outDir, '')) as unknown,
        files: names.map((name) => [
          name.slice(request.outDir.length),
          readFileSync(name).toString('base64'),
        ]),
      };
    };
    const first = await content();
    expect(await content()).toEqual(first);
    expect(first.files.filter(([name]) => !/\.(?:parquet|jsonl)$/.test(name ?? ''))).toEqual([]);
  });

  it('sums what an independent sum of the text gives', async () => {
    const report = await validate(parserOf(), CLEAN_FILE);
    const [header = '', ...rows] = readFileSync(CLEAN_FILE, 'utf8').trim().split('\n');
    const at = header.split(',').indexOf('Gross Revenue');
    const cents = rows.reduce((sum, line) => {
      const cell = line.match(/("[^"]*"|[^,]*)(,|$)/g)?.[at]?.replace(',', '') ?? '';
      return sum + Math.round(Number(cell) * 100);
    }, 0);
    expect(Number(report.totals.grossRevenue)).toBe(cents / 100);
    expect(report.rowsAccepted).toBe(rows.length);
    expect(report.chunks.reduce((sum, chunk) => sum + chunk.rows, 0)).toBe(rows.length);
  });

  it('writes a file as it is understood', async () => {
    const outDir = temporaryFolder();
    const findingsPath = join(outDir, 'findings.jsonl');
    const report = await parserOf().read({ file: fileOf(ERRORS_FILE), outDir, findingsPath }, quiet());
    const output = join(outDir, `${basename(ERRORS_FILE)}_converted.csv`);
    expect(report.outputs).toEqual([{ sheet: '', path: output, rows: 63 }]);
    const text = readFileSync(output, 'utf8');
    expect(text).toContain('"Bomba 4"" Pipes"');
    expect(text.split('\n')).toHaveLength(65);
    expect(jsonLines<{ row: number; file: string }>(findingsPath)).toHaveLength(report.findings);
  });
});

describe('bad input', () => {
  it.each([
    ['empty.csv', '', 'reading.empty_file'],
    ['report.csv', '%PDF-1.7\n%binary', 'reading.not_a_table'],
    ['sales.xlsx', '<html><table><tr><td>1</td></tr></table>', 'reading.web_page'],
    ['sales.xlsx', 'PK\x03\x04 cut off', 'reading.compressed'],
    ['sales.parquet', 'PAR1 not really PAR1', 'reading.parquet_damaged'],
  ])('names what is wrong with %s (%j)', async (name, content, code) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    await expect(parserOf().inspect(fileOf(path), quiet())).rejects.toMatchObject({ code });
  });

  it('names a file that is gone', async () => {
    const missing = fileOf(join(temporaryFolder(), 'gone.csv'));
    await expect(parserOf().inspect(missing, quiet())).rejects.toMatchObject({
      code: 'reading.unreadable',
      details: { fileName: 'gone.csv' },
    });
  });
});

/** The real launcher, with the processes that it started. */
function watched(): { launcher: ProcessLauncher; pids: number[] } {
  const real = createChildProcessLauncher({ folder: BUILT });
  const pids: number[] = [];
  return {
    pids,
    launcher: {
      launch(entry, options) {
        const child = real.launch(entry, options);
        if (child.pid !== null) pids.push(child.pid);
        return child;
      },
    },
  };
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a parser that fails', () => {
  it('that is killed fails its own file by name; another one goes on', async () => {
    const { launcher, pids } = watched();
    const parser = parserOf({ launcher });
    const path = slowFile();
    const inspection = await parser.inspect(fileOf(path), quiet());
    pids.length = 0;
    const other = validate(parserOf(), CLEAN_FILE);
    const killed = parser.validate(requestOf(path, inspection), {
      ...quiet(),
      onProgress: () => {
        for (const pid of pids.splice(0)) process.kill(pid, 'SIGKILL');
      },
    });
    await expect(killed).rejects.toMatchObject({
      code: 'reading.parser_died',
      details: { fileName: 'slow.csv', reason: 'signal SIGKILL' },
    });
    expect((await other).rowsAccepted).toBe(10_000);
  });

  it('is ended by an abort, and is gone before the call answers', async () => {
    const { launcher, pids } = watched();
    const parser = parserOf({ launcher });
    const path = slowFile();
    const inspection = await parser.inspect(fileOf(path), quiet());
    const controller = new AbortController();
    const reason = new Error('cancelled by the test');
    const aborted = parser.validate(requestOf(path, inspection), {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(aborted).rejects.toBe(reason);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('is ended when it takes more memory or time than it may', async () => {
    const path = slowFile(20_000);
    const inspection = await parserOf().inspect(fileOf(path), quiet());
    const small = parserOf({ memoryLimitBytes: 20 * 1024 * 1024 });
    await expect(small.validate(requestOf(path, inspection), quiet())).rejects.toMatchObject({
      code: 'reading.parser_out_of_memory',
      details: { limitMb: 20 },
    });
    const short = parserOf({ timeLimitMs: 1 });
    await expect(short.validate(requestOf(path, inspection), quiet())).rejects.toMatchObject({
      code: 'reading.parser_timeout',
      details: { reason: 'the time limit' },
    });
  });

  it.each([
    ['hangs', 'process.on("message", () => { for (;;); });', 'reading.parser_timeout'],
    ['exits', 'process.on("message", () => process.exit(3));', 'reading.parser_died'],
    ['aborts', 'process.on("message", () => process.abort());', 'reading.parser_died'],
    [
      'runs out of heap',
      'process.on("message", () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); });',
      'reading.parser_out_of_memory',
    ],
    ['does not start', 'throw new Error("broken");', 'reading.parser_died'],
  ])('%s is told apart', async (_, script, code) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'parser.cjs'), `process.send({ kind: "ready" });\n${script}`);
    const parser = parserOf({
      launcher: createChildProcessLauncher({ folder }),
      inactivityMs: code === 'reading.parser_timeout' ? 1_000 : 30_000,
      memoryLimitBytes: 300 * 1024 * 1024,
    });
    await expect(parser.inspect(fileOf(CLEAN_FILE), quiet())).rejects.toMatchObject({ code });
  });
});
