import { COMMANDS } from './commands.ts';
import type { CommandSpec } from './arguments.ts';

const EXIT_CODES = `Exit codes: 0 done; 1 done, with rejected rows or findings of severity error;
2 wrong usage; 3 failed; 4 a connection is missing or refused.`;

function optionText(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** How one command is written. */
export function commandHelp(name: string, spec: CommandSpec): string {
  const options = Object.entries(spec.options).map(
    ([option, { value, help }]) => [optionText(option, value), help] as const,
  );
  const width = Math.max(...options.map(([text]) => text.length));
  const lines = options.map(([text, help]) => `  ${text.padEnd(width)}  ${help}`);
  return `mauzo ${[name, ...spec.positionals].join(' ')} [options]\n${spec.summary}\n\n${lines.join('\n')}\n`;
}

/** All commands. */
export function help(): string {
  const entries = Object.entries<CommandSpec>(COMMANDS).map(
    ([name, spec]) => [[name, ...spec.positionals].join(' '), spec.summary] as const,
  );
  const width = Math.max(...entries.map(([text]) => text.length));
  const lines = entries.map(([text, summary]) => `  ${text.padEnd(width)}  ${summary}`);
  return `mauzo COMMAND [options]

${lines.join('\n')}

“mauzo help COMMAND” lists the options of a command. Every command takes --json; those that
use data take --home DIR.
${EXIT_CODES}
`;
}
