import { isDeepStrictEqual } from 'node:util';
import type { ConnectionTarget } from '#shared/contract/connections';
import {
  CONNECTION_FIELDS,
  CONNECTION_NAMES,
  FIGURES_VARIABLE,
  SECRET_LABELS,
  secretVariableOf,
  variableOf,
} from '#shared/domain/connection-fields';
import { connectionProblems, type SettingProblem } from '#shared/domain/connections-check';
import {
  CONNECTION_KINDS,
  type Connections,
  type SecretName,
  secretNameSchema,
  secretOrigin,
} from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import type { EnvironmentSettings } from './environment.ts';

export type SecretsPatch = Readonly<Partial<Record<SecretName, string | null>>>;

const fromEnvironment = (what: string, variables: readonly string[]) =>
  new AppError('connections.from_environment', 'conflict', { what, variables });

/** A person who changes what a variable sets is told so, instead of seeing nothing happen. */
export function refuseEnvironmentChange(
  wanted: Connections,
  { kinds, connections, figuresFrom }: EnvironmentSettings,
): void {
  for (const kind of kinds) {
    if (isDeepStrictEqual(wanted[kind], connections[kind])) continue;
    throw fromEnvironment(
      `The connection to ${CONNECTION_NAMES[kind]}`,
      CONNECTION_FIELDS[kind].map(({ key }) => variableOf(kind, key)),
    );
  }
  if (figuresFrom !== null && wanted.figuresFrom !== figuresFrom)
    throw fromEnvironment('The source of the figures', [FIGURES_VARIABLE]);
}

const invalid = ({ field, problem }: SettingProblem) =>
  new AppError('connections.invalid', 'input', { field, problem });

/** The first problem of the settings that a target is connected with; of all of them without a target. */
export function settingsProblem(connections: Connections, target?: ConnectionTarget): AppError | null {
  const matters = ({ field }: SettingProblem) => {
    const kind = field.split('.')[0];
    return target === undefined || kind === target || (target === 'druid' && kind === 's3');
  };
  const problem = connectionProblems(connections).find(matters);
  return problem ? invalid(problem) : null;
}

/** The secrets that are given, each of which has a place; `connections.invalid` and `connections.from_environment`. */
export function givenSecrets(
  patch: SecretsPatch,
  connections: Connections,
  isFromEnvironment: (name: SecretName) => boolean,
): [SecretName, string][] {
  return secretNameSchema.options.flatMap((name) => {
    const secret = patch[name];
    if (secret === undefined || secret === null) return [];
    if (isFromEnvironment(name))
      throw fromEnvironment(`The ${SECRET_LABELS[name]}`, [secretVariableOf(name)]);
    if (secretOrigin(name, connections) === null)
      throw invalid({ field: name, problem: 'is not used with these settings, so it was not stored' });
    return [[name, secret]];
  });
}

/** Kinds that are connected to before and not after. */
export const removedKinds = (before: Connections, after: Connections) =>
  CONNECTION_KINDS.filter((kind) => before[kind] !== null && after[kind] === null);
