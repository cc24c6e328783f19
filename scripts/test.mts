/** `npm test`: every check, quick ones first. Stops at the first stage that fails; prints what was skipped and why. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/electron-binary.mts';
import { keychainMissing, provideBrowser, provideDisplay } from './lib/test-machine.mts';
import { provideTestElectron } from './lib/test-electron.mts';
import { provideStack, type TestStack } from './lib/test-stack.mts';

interface Stage {
  readonly name: string;
  /** Why the stage runs only when it is asked for. */
  readonly onlyByName?: string;
  readonly command: readonly string[];
  /** It has real servers at hand; `required`: without them it cannot run. */
  readonly stack?: 'required' | 'used';
}

const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const stages: readonly Stage[] = [
  ...['shared', 'main', 'renderer', 'tools'].map((part) => ({
    name: `types: ${part}`,
    command: [bin('tsc'), '-p', `tsconfig.${part}.json`],
  })),
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'dependency rules', command: [bin('depcruise'), 'src', '--config', '.dependency-cruiser.cjs'] },
  { name: 'dead code', command: [bin('knip')] },
  ...['unit', 'contract', 'integration', 'fault'].map((project) => ({
    name: `${project} tests`,
    command: [bin('vitest'), 'run', '--project', project],
  })),
  {
    name: 'stack tests',
    command: [bin('vitest'), 'run', '--project', 'stack'],
    stack: 'required',
  },
  {
    name: 'stack-fault tests',
    command: [bin('vitest'), 'run', '--project', 'stack-fault'],
    stack: 'required',
    onlyByName: 'they stop the real servers one after the other; “npm test stack-fault” runs them',
  },
  { name: 'end-to-end tests', command: [bin('playwright'), 'test'], stack: 'used' },
];

const only = process.argv.slice(2);
const chosen =
  only.length === 0
    ? stages.filter(({ onlyByName }) => onlyByName === undefined)
    : stages.filter((stage) => only.some((word) => stage.name.includes(word)));
const browser = provideBrowser();
const electron = await provideTestElectron();
const display = await provideDisplay();
const noKeychain = keychainMissing();
const skipped = [
  ...(only.length === 0
    ? stages.flatMap(({ name, onlyByName }) => (onlyByName === undefined ? [] : [`${name}: ${onlyByName}`]))
    : []),
  ...('unavailable' in browser ? [`browser tests: ${browser.unavailable}`] : []),
  ...('unavailable' in electron ? [`desktop tests: ${electron.unavailable}`] : []),
  ...('unavailable' in display ? [`desktop tests: ${display.unavailable}`] : []),
  ...(noKeychain === null ? [] : [`tests of the keychain: ${noKeychain}`]),
];
const env: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --disable-warning=ExperimentalWarning`.trim(),
  MAUZO_NODE: process.execPath,
  ...('binary' in browser ? { MAUZO_TEST_CHROMIUM: browser.binary } : {}),
  ...('binary' in electron && 'display' in display
    ? { MAUZO_TEST_ELECTRON: electron.dist, DISPLAY: display.display }
    : {}),
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

/** The real servers, once a stage has asked for them. */
const servers: { stack?: TestStack | { readonly unavailable: string } } = {};
const counts = { passed: 0, failed: 0, skipped: 0 };
let failedStage: string | null = null;
const startedAt = Date.now();
for (const stage of chosen) {
  const stageStart = Date.now();
  console.log(`\n── ${stage.name}`);
  const isTestStage = stage.name.endsWith('tests');
  const prevented = await startStackFor(stage);
  if (prevented === 'skipped') continue;
  const { code, output } = prevented ?? (await run(stage.command));
  const tests = countTests(output);
  counts.passed += isTestStage ? tests.passed : code === 0 ? 1 : 0;
  counts.skipped += tests.skipped;
  counts.failed += code === 0 ? 0 : Math.max(1, tests.failed);
  console.log(`   ${code === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - stageStart) / 1000).toFixed(1)} s`);
  if (code !== 0 || interrupted.signal.aborted) {
    failedStage = stage.name;
    break;
  }
}
if (servers.stack && 'stop' in servers.stack) await servers.stack.stop(failedStage !== null);
if ('stop' in display) display.stop();
console.log(`\nAll stages took ${((Date.now() - startedAt) / 60_000).toFixed(1)} minutes.`);
for (const reason of skipped) console.log(`Skipped ${reason}.`);
if (failedStage) console.log(`Stopped at: ${failedStage}.`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(failedStage ? 1 : 0);

/** Starts the servers before the first stage that uses them. Answers in place of a stage that cannot run. */
async function startStackFor(stage: Stage): Promise<{ code: number; output: string } | 'skipped' | null> {
  if (!stage.stack) return null;
  try {
    servers.stack ??= await provideStack(interrupted.signal);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `\n${error.cause.message}` : '';
    console.error(`${error instanceof Error ? error.message : String(error)}${cause}`);
    return { code: 3, output: '' };
  }
  const { stack } = servers;
  if ('infoFile' in stack) env['MAUZO_TEST_STACK'] = stack.infoFile;
  else if (stage.stack === 'required') {
    skipped.push(`${stage.name}: ${stack.unavailable}`);
    console.log('   skipped');
    return 'skipped';
  } else skipped.push(`browser tests of the cluster: ${stack.unavailable}`);
  return null;
}

function run([command = '', ...args]: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolvePromise) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    const take = (chunk: Buffer) => {
      process.stdout.write(chunk);
      output = (output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolvePromise({ code: 3, output: error.message }));
    child.on('close', (code) => resolvePromise({ code: code ?? 3, output }));
  });
}

/** Reads the closing lines of vitest (`Tests  1 failed | 2 passed (3)`) and Playwright (`2 passed (5s)`). */
function countTests(output: string): { passed: number; failed: number; skipped: number } {
  const vitest = /^\s*Tests\s+(.*)$/m.exec(output)?.[1];
  const text = vitest ?? output.split('\n').slice(-30).join('\n');
  const number = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);
  return { passed: number('passed'), failed: number('failed'), skipped: number('skipped') };
}
