import {
  CONNECTION_FIELDS,
  FIGURES_VARIABLE,
  readConnection,
  secretVariableOf,
  variableOf,
} from '#shared/domain/connection-fields';
import { connectionProblems } from '#shared/domain/connections-check';
import {
  CONNECTION_KINDS,
  type ConnectionKind,
  type Connections,
  type FiguresEngine,
  figuresEngineSchema,
  NO_CONNECTIONS,
  SECRET_NAMES,
} from '#shared/domain/connections';
import { nearestName } from '#shared/domain/nearest-name';
import { AppError } from '#shared/errors/app-error';
import type { Secrets } from './ports.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What environment variables set: it wins over what is saved and is never saved. */
export interface EnvironmentSettings {
  /** Connections that are defined whole here. */
  readonly kinds: readonly ConnectionKind[];
  readonly connections: Connections;
  readonly figuresFrom: FiguresEngine | null;
  readonly secrets: Secrets;
}

/** Neither the error nor the log ever shows a value: a password in the wrong variable stays where it is. */
const invalid = (variable: string, problem: string) =>
  new AppError('connections.environment_invalid', 'input', { variable, problem });

/** An empty variable counts as one that is not there: compose files write them so. */
const given = (env: Environment, variable: string) => env[variable] || undefined;

const KNOWN = new Set([
  ...CONNECTION_KINDS.flatMap((kind) => CONNECTION_FIELDS[kind].map(({ key }) => variableOf(kind, key))),
  ...SECRET_NAMES.map(secretVariableOf),
  FIGURES_VARIABLE,
]);

function refuseUnknown(env: Environment): void {
  for (const variable of Object.keys(env)) {
    if (!/^MAUZO_(S3|DRUID|POSTGRES)_/.test(variable) || KNOWN.has(variable)) continue;
    throw invalid(variable, `Mauzo does not know it; did you mean ${nearestName(variable, [...KNOWN])}`);
  }
}

function readKind(env: Environment, kind: ConnectionKind, connections: Connections): Connections | null {
  const texts = Object.fromEntries(
    CONNECTION_FIELDS[kind].flatMap(({ key }) => {
      const value = given(env, variableOf(kind, key));
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
  if (Object.keys(texts).length === 0) return null;
  const read = readConnection(connections, kind, texts);
  if (read.problem === null) return read.connections;
  const variable = variableOf(kind, read.key);
  throw invalid(
    variable,
    read.problem === 'is required'
      ? `It is required as soon as another variable beginning with MAUZO_${kind.toUpperCase()}_ is set`
      : `It ${read.problem}`,
  );
}

/**
 * Reads every variable of connections. One variable of a kind that is no secret defines that connection whole: what the
 * others leave out is the usual value, never what was saved. Fails with `connections.environment_invalid`.
 */
export function readEnvironment(env: Environment): EnvironmentSettings {
  refuseUnknown(env);
  let connections = NO_CONNECTIONS;
  const kinds: ConnectionKind[] = [];
  for (const kind of CONNECTION_KINDS) {
    const read = readKind(env, kind, connections);
    if (read === null) continue;
    connections = read;
    kinds.push(kind);
  }
  // Whether Druid has its object store is decided together with what is saved.
  const problem = connectionProblems(connections).find(({ field }) => field.startsWith('s3.'));
  if (problem)
    throw invalid(variableOf('s3', problem.field.slice('s3.'.length)), `It is wrong: ${problem.problem}`);
  const figures = given(env, FIGURES_VARIABLE);
  const figuresFrom = figuresEngineSchema.nullable().safeParse(figures ?? null);
  if (!figuresFrom.success) throw invalid(FIGURES_VARIABLE, 'It must be local or druid');
  const secrets = Object.fromEntries(
    SECRET_NAMES.flatMap((name) => {
      const value = given(env, secretVariableOf(name));
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return { kinds, connections, figuresFrom: figuresFrom.data, secrets };
}

/** What holds: variables over what is saved. */
export function overlay(
  saved: Connections,
  { kinds, connections, figuresFrom }: EnvironmentSettings,
): Connections {
  return {
    version: 1,
    s3: kinds.includes('s3') ? connections.s3 : saved.s3,
    druid: kinds.includes('druid') ? connections.druid : saved.druid,
    postgres: kinds.includes('postgres') ? connections.postgres : saved.postgres,
    figuresFrom: figuresFrom ?? saved.figuresFrom,
  };
}

/** What is saved of `wanted`: what variables set stays as it was saved before. */
export function savable(wanted: Connections, saved: Connections, settings: EnvironmentSettings): Connections {
  const { kinds, figuresFrom } = settings;
  return {
    version: 1,
    s3: kinds.includes('s3') ? saved.s3 : wanted.s3,
    druid: kinds.includes('druid') ? saved.druid : wanted.druid,
    postgres: kinds.includes('postgres') ? saved.postgres : wanted.postgres,
    figuresFrom: figuresFrom === null ? wanted.figuresFrom : saved.figuresFrom,
  };
}
