import { version } from '../../../../package.json';
import { nearestName } from '#shared/domain/nearest-name';
import { AppError, toAppError } from '#shared/errors/app-error';
import { readArguments, usageError } from './arguments.ts';
import { COMMANDS, LATER, type CommandName } from './commands.ts';
import {
  connectionsFiguresCommand,
  connectionsRemoveCommand,
  connectionsSetCommand,
} from './connections-change.ts';
import { connectionsShowCommand, connectionsTestCommand } from './connections-commands.ts';
import { commandHelp, help } from './help.ts';
import { importCommand } from './import-command.ts';
import {
  jobsAcceptCommand,
  jobsCancelCommand,
  jobsListCommand,
  jobsReadAsCommand,
  jobsRetryCommand,
  jobsShowCommand,
  rejectsCommand,
  undoCommand,
} from './jobs-commands.ts';
import { errorDocument, errorText, EXIT, exitCodeOf, type Output } from './output.ts';
import { connectionsMoveCommand } from './move-command.ts';
import { doctorCommand, metricsListCommand } from './plain-commands.ts';
import { publishCommand } from './publish-command.ts';
import { queryCommand } from './query-command.ts';
import { readCommand } from './read-command.ts';
import { rulesExportCommand, rulesImportCommand, rulesListCommand } from './rules-commands.ts';
import { serveCommand } from './serve-command.ts';
import type { Context, Installation } from './session.ts';
import { validateCommand } from './validate-command.ts';

const RUN: Readonly<Record<CommandName, (context: Context) => Promise<number>>> = {
  import: importCommand,
  validate: validateCommand,
  read: readCommand,
  query: queryCommand,
  'jobs list': jobsListCommand,
  'jobs show': jobsShowCommand,
  'jobs retry': jobsRetryCommand,
  'jobs cancel': jobsCancelCommand,
  'jobs read-as': jobsReadAsCommand,
  'jobs accept': jobsAcceptCommand,
  undo: undoCommand,
  rejects: rejectsCommand,
  'metrics list': metricsListCommand,
  'rules list': rulesListCommand,
  'rules export': rulesExportCommand,
  'rules import': rulesImportCommand,
  'connections move': connectionsMoveCommand,
  publish: publishCommand,
  doctor: doctorCommand,
  'connections show': connectionsShowCommand,
  'connections test': connectionsTestCommand,
  'connections set': connectionsSetCommand,
  'connections remove': connectionsRemoveCommand,
  'connections keep-figures-from': connectionsFiguresCommand,
  serve: serveCommand,
};

const NAMES = Object.keys(COMMANDS);
const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name);

/** The command that the first words mean, and the words after it. `jobs` alone lists, `connections` alone shows. */
function findCommand(words: readonly string[]): { name: CommandName; rest: readonly string[] } {
  const [first = '', second = ''] = words;
  const both = `${first} ${second}`;
  if (isCommand(both)) return { name: both, rest: words.slice(2) };
  if (isCommand(first)) return { name: first, rest: words.slice(1) };
  for (const later of [both, first]) {
    const hint = Object.hasOwn(LATER, later) ? LATER[later] : undefined;
    if (hint === undefined) continue;
    throw new AppError('cli.not_available', 'input', {
      name: later,
      reason: 'This version does not have the command.',
      hint,
    });
  }
  const shown = [`${first} list`, `${first} show`].find(isCommand);
  if (shown !== undefined) {
    if (second === '' || second.startsWith('-')) return { name: shown, rest: words.slice(1) };
    const own = NAMES.filter((name) => name.startsWith(`${first} `));
    throw usageError(
      `There is no command “${both.slice(0, 100)}”`,
      `Did you mean “${nearestName(both, own)}”?`,
    );
  }
  throw usageError(
    `There is no command “${first.slice(0, 100)}”`,
    `Did you mean “${nearestName(first, NAMES)}”?`,
  );
}

function printHelp(words: readonly string[], output: Output): number {
  const name = words.join(' ');
  output.out(isCommand(name) ? commandHelp(name, COMMANDS[name]) : help());
  return EXIT.done;
}

/** Runs one command line; answers the exit code. Never throws. */
export async function run(
  words: readonly string[],
  options: { output: Output; installation: Installation; signal: AbortSignal },
): Promise<number> {
  const { output, installation, signal } = options;
  const json = words.includes('--json');
  try {
    const [first] = words;
    if (first === '--version') {
      output.out(`${version}\n`);
      return EXIT.done;
    }
    if (first === undefined || first === 'help' || first === '--help')
      return printHelp(words.slice(1), output);
    if (words.includes('--help')) return printHelp(words.slice(0, words.indexOf('--help')), output);
    const { name, rest } = findCommand(words);
    const args = readArguments(name, COMMANDS[name], rest);
    return await RUN[name]({ args, output, json: args.flag('json'), installation, signal });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (signal.aborted) {
      output.err('Stopped. What was begun goes on when Mauzo runs next.\n');
      return EXIT.failed;
    }
    // The document stands alone on stdout, so that a program always gets one.
    if (json) output.out(`${JSON.stringify({ error: errorDocument(error.toJSON()) }, null, 2)}\n`);
    else output.err(errorText(error));
    return exitCodeOf(error);
  }
}
