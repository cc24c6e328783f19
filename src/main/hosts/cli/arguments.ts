import { AppError } from '#shared/errors/app-error';
import { nearestName } from '#shared/domain/nearest-name';

/** How one option is written. A flag takes no value; `many` may be given again. */
export interface OptionSpec {
  readonly kind: 'flag' | 'text' | 'whole' | 'number' | 'amount';
  /** What stands for the value in the help: `FILE`, `N` … */
  readonly value?: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly many?: boolean;
}

export interface CommandSpec {
  readonly summary: string;
  /** Names of the positional arguments, for the help; `…` after the last for any number. */
  readonly positionals: readonly string[];
  /** Least and largest number of positional arguments. */
  readonly count: readonly [number, number];
  readonly options: Readonly<Record<string, OptionSpec>>;
}

/** A command line that was understood. */
export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  number(name: string): number | undefined;
}

/** A command line that was not: exit code 2. */
export const usageError = (problem: string, hint: string) =>
  new AppError('cli.usage', 'input', { problem, hint });

const DECIMAL = /^-?\d{1,14}(\.\d{1,4})?$/;

function checkValue(name: string, spec: OptionSpec, value: string): void {
  const hint = `Give for example --${name} ${spec.choices?.[0] ?? spec.value ?? 'VALUE'}.`;
  if (spec.choices && !spec.choices.includes(value)) {
    const nearest = nearestName(value, spec.choices);
    throw usageError(
      `--${name} cannot be “${value}”`,
      `Did you mean “${nearest}”? Possible are: ${spec.choices.join(', ')}.`,
    );
  }
  if (spec.kind === 'whole' && !/^\d{1,15}$/.test(value)) {
    throw usageError(`--${name} must be a whole number, not “${value}”`, hint);
  }
  if (spec.kind === 'number' && !/^\d{1,9}(\.\d{1,9})?$/.test(value)) {
    throw usageError(`--${name} must be a number, not “${value}”`, hint);
  }
  if (spec.kind === 'amount' && !DECIMAL.test(value)) {
    throw usageError(`--${name} must be an amount such as 1234.50, not “${value}”`, hint);
  }
}

function findOption(name: string, spec: CommandSpec, command: string): OptionSpec {
  const found = Object.hasOwn(spec.options, name) ? spec.options[name] : undefined;
  if (found) return found;
  const nearest = nearestName(name, Object.keys(spec.options));
  throw usageError(
    `“${command}” has no option --${name.slice(0, 100)}`,
    `Did you mean --${nearest}? “mauzo help ${command}” lists the options.`,
  );
}

/**
 * Reads the words after a command. Options are `--name value` or `--name=value` and may stand anywhere; after `--`
 * everything is positional. Throws `cli.usage` with the option's name and the nearest valid one.
 */
export function readArguments(command: string, spec: CommandSpec, words: readonly string[]): Arguments {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      positionals.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith('--')) {
      if (/^-[A-Za-z]/.test(word)) {
        const nearest = nearestName(word.slice(1), Object.keys(spec.options));
        throw usageError(`“${command}” has no option ${word.slice(0, 100)}`, `Did you mean --${nearest}?`);
      }
      positionals.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const option = findOption(name, spec, command);
    if (values.has(name) && !option.many && option.kind !== 'flag') {
      throw usageError(`--${name} is given twice`, 'Give it once.');
    }
    if (option.kind === 'flag') {
      if (equals >= 0) throw usageError(`--${name} takes no value`, `Write --${name} alone.`);
      values.set(name, ['true']);
      continue;
    }
    const next = equals < 0 ? words[++index] : word.slice(equals + 1);
    if (next === undefined || (equals < 0 && next.startsWith('--')) || next === '') {
      throw usageError(`--${name} needs a value`, `Write --${name} ${option.value ?? 'VALUE'}.`);
    }
    checkValue(name, option, next);
    values.set(name, [...(values.get(name) ?? []), next]);
  }
  const [least, most] = spec.count;
  if (positionals.length < least) {
    const missing = spec.positionals[Math.min(positionals.length, spec.positionals.length - 1)] ?? '';
    throw usageError(`“${command}” needs ${missing}`, `“mauzo help ${command}” shows how it is written.`);
  }
  if (positionals.length > most) {
    const extra = positionals[most] ?? '';
    throw usageError(
      `“${command}” does not take “${extra.slice(0, 100)}”`,
      `“mauzo help ${command}” shows how it is written.`,
    );
  }
  return {
    positionals,
    flag: (name) => values.has(name),
    text: (name) => values.get(name)?.at(-1),
    texts: (name) => values.get(name) ?? [],
    number: (name) => {
      const text = values.get(name)?.at(-1);
      return text === undefined ? undefined : Number(text);
    },
  };
}
