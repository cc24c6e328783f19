import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { AppError, toAppError, type AppErrorJson } from '#shared/errors/app-error';
import type { FileParser, ReadReport } from '../../services/imports/ports.ts';
import { usageError } from './arguments.ts';
import { errorDocument, errorText, EXIT, plain } from './output.ts';
import { requireFile } from './prepare-files.ts';
import type { Context } from './session.ts';

interface Outcome {
  readonly path: string;
  readonly report: ReadReport | null;
  readonly error: AppErrorJson | null;
}

/** Each output is named by its input's file name: two inputs of one name would overwrite each other. */
function refuseEqualNames(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const name = basename(path).toLowerCase();
    const other = seen.get(name);
    if (other !== undefined) {
      throw usageError(
        `“${plain(path)}” and “${plain(other)}” would be written to the same file`,
        'Read them in two runs, into different folders.',
      );
    }
    seen.set(name, path);
  }
}

async function writing<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('cli.not_written', 'permission', { path, reason }, { cause: error });
  }
}

async function readOne(
  parser: FileParser,
  path: string,
  outDir: string,
  findingsPath: string | null,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const report = await parser.read({ file: requireFile(path), outDir, findingsPath }, { signal });
    return { path, report, error: null };
  } catch (error) {
    if (signal.aborted) throw error;
    return { path, report: null, error: toAppError(error).toJSON() };
  }
}

/** What the file as a whole failed with stands among the findings too: none of thousands is overlooked. */
function failureLine({ path, error }: Outcome): string {
  const finding = {
    file: basename(path),
    row: 0,
    column: null,
    code: error?.code ?? '',
    message: error ? errorDocument(error).title : '',
  };
  return `${JSON.stringify(finding)}\n`;
}

/**
 * `read FILE… --out-dir DIR`: writes each file's table. Files are read side by side, findings are written in the order
 * of the files, and a bad file stops no other.
 */
export async function readCommand(context: Context): Promise<number> {
  const { args, output, signal } = context;
  const outDirText = args.text('out-dir');
  if (outDirText === undefined) throw usageError('“read” needs --out-dir', 'Write --out-dir DIR.');
  const outDir = resolve(outDirText);
  const findingsPath = args.text('findings');
  const paths = args.positionals;
  refuseEqualNames(paths);
  await writing(outDir, mkdir(outDir, { recursive: true }));
  if (findingsPath !== undefined) await writing(findingsPath, writeFile(findingsPath, ''));

  const parser = context.installation.openParser();
  const scratch = await mkdtemp(join(tmpdir(), 'mauzo-read-'));
  const outcomes: Outcome[] = [];
  const started: Promise<Outcome>[] = [];
  const scratchOf = (index: number) => (findingsPath === undefined ? null : join(scratch, `${index}.jsonl`));
  const start = (index: number) => {
    const path = paths[index];
    if (path === undefined) return;
    const outcome = readOne(parser, path, outDir, scratchOf(index), signal);
    // Awaited in its turn below; until then a failure must not count as unhandled.
    outcome.catch(() => null);
    started.push(outcome);
  };
  try {
    const parallel = Math.max(1, Math.min(4, availableParallelism()));
    for (let index = 0; index < Math.min(parallel, paths.length); index++) start(index);
    for (let index = 0; index < paths.length; index++) {
      const outcome = await started[index];
      if (!outcome) break;
      start(index + parallel);
      outcomes.push(outcome);
      const own = scratchOf(index);
      if (findingsPath !== undefined && own !== null) {
        const { report } = outcome;
        if (report === null) await writing(findingsPath, appendFile(findingsPath, failureLine(outcome)));
        else if (report.findings > 0)
          await writing(findingsPath, appendFile(findingsPath, await readFile(own, 'utf8')));
        await rm(own, { force: true });
      }
      if (!context.json) output.out(textOf(outcome));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (context.json) output.out(`${JSON.stringify({ files: outcomes.map(documentOf) }, null, 2)}\n`);
  if (outcomes.some((outcome) => outcome.report === null)) return EXIT.failed;
  return outcomes.some((outcome) => (outcome.report?.errors ?? 0) > 0) ? EXIT.doneWithFindings : EXIT.done;
}

function textOf({ path, report, error }: Outcome): string {
  if (report === null) return `${plain(path)}\n${error ? errorText(error) : ''}`;
  const lines = report.outputs.map(
    (one) =>
      `${plain(path)}${one.sheet === '' ? '' : ` (${plain(one.sheet)})`} → ${plain(one.path)}  ${one.rows} rows`,
  );
  const findings =
    report.findings === 0 ? '' : `  ${report.findings} findings, ${report.errors} of them errors\n`;
  return `${lines.join('\n')}\n${findings}`;
}

function documentOf({ path, report, error }: Outcome) {
  return {
    file: path,
    outputs: report?.outputs ?? [],
    findings: report?.findings ?? null,
    errors: report?.errors ?? null,
    error: error && errorDocument(error),
  };
}
