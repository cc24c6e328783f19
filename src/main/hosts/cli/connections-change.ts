import type { ConnectionsView } from '#shared/contract/connections';
import {
  CONNECTION_FIELDS,
  type GivenFields,
  optionOf,
  readConnection,
  SECRET_LABELS,
  secretsOfKind,
} from '#shared/domain/connection-fields';
import { connectionWarnings } from '#shared/domain/connections-check';
import {
  CONNECTION_KINDS,
  type ConnectionKind,
  connectionKindSchema,
  figuresEngineSchema,
  type SecretName,
} from '#shared/domain/connections';
import { nearestName } from '#shared/domain/nearest-name';
import { AppError } from '#shared/errors/app-error';
import { usageError } from './arguments.ts';
import { connectionText, secretOptionOf } from './connections-commands.ts';
import { EXIT, plain } from './output.ts';
import { readSecrets } from './secret-input.ts';
import { withEngine, type Context } from './session.ts';

type SecretsPatch = Partial<Record<SecretName, string | null>>;

function kindOf(context: Context): ConnectionKind {
  const [word = ''] = context.args.positionals;
  const parsed = connectionKindSchema.safeParse(word);
  if (parsed.success) return parsed.data;
  throw usageError(
    `There is no connection “${word.slice(0, 100)}”`,
    `Did you mean “${nearestName(word, CONNECTION_KINDS)}”?`,
  );
}

interface Change {
  readonly fields: GivenFields;
  /** Secrets that are taken away. */
  readonly cleared: readonly SecretName[];
  /** Secrets that come on stdin, in this order. */
  readonly asked: readonly SecretName[];
}

/** What the words ask for; `cli.usage` for a setting of another connection, and when nothing is asked for. */
function changeOf({ args }: Context, kind: ConnectionKind): Change {
  const fields: Record<string, string | null> = {};
  const keys = new Map(CONNECTION_FIELDS[kind].map(({ key }) => [optionOf(key), key]));
  const secrets = new Map(secretsOfKind(kind).map((name) => [secretOptionOf(name), name]));
  for (const other of CONNECTION_KINDS.flatMap((one) => CONNECTION_FIELDS[one])) {
    const option = optionOf(other.key);
    const value = args.text(option);
    if (value === undefined) continue;
    const key = keys.get(option);
    if (key === undefined)
      throw usageError(`--${option} is no setting of ${kind}`, `It has: ${[...keys.keys()].join(', ')}.`);
    fields[key] = value;
  }
  const cleared: SecretName[] = [];
  for (const word of args.texts('clear')) {
    const [key, secret] = [keys.get(word), secrets.get(word)];
    if (secret !== undefined) cleared.push(secret);
    else if (key !== undefined && fields[key] === undefined) fields[key] = null;
    else
      throw usageError(
        `--clear cannot be “${word}”`,
        `Did you mean “${nearestName(word, [...keys.keys(), ...secrets.keys()])}”?`,
      );
  }
  const asked = args.texts('secret-stdin').map((word) => {
    const secret = secrets.get(word);
    if (secret !== undefined) return secret;
    throw usageError(`${kind} has no ${word}`, `It has: ${[...secrets.keys()].join(', ')}.`);
  });
  if (Object.keys(fields).length + cleared.length + asked.length === 0)
    throw usageError('Nothing is given to set', '“mauzo help connections set” lists the settings.');
  return { fields, cleared, asked };
}

/** What was saved, and on stderr what a person should know about it. */
function show(context: Context, view: ConnectionsView, kind: ConnectionKind): void {
  const { output, json } = context;
  output.out(json ? `${JSON.stringify(view, null, 2)}\n` : connectionText(view, kind));
  if (view.connections[kind] === null) return;
  for (const { field, problem } of connectionWarnings(view.connections))
    if (field.startsWith(`${kind}.`)) output.err(`${field}: ${plain(problem)}.\n`);
  for (const name of secretsOfKind(kind)) {
    if (view.secrets[name] !== 'missing') continue;
    output.err(
      `The ${SECRET_LABELS[name]} is missing for this address and user: --secret-stdin ${secretOptionOf(name)} stores it.\n`,
    );
  }
}

/** `connections set`: never takes a secret as an argument, which every program on the machine can read. */
export function connectionsSetCommand(context: Context): Promise<number> {
  const kind = kindOf(context);
  const { fields, cleared, asked } = changeOf(context, kind);
  return withEngine(context, async ({ client }) => {
    const view = await client.call('connections.get', {});
    const read = readConnection(view.connections, kind, fields);
    if (read.problem !== null)
      throw usageError(
        `--${optionOf(read.key)} ${read.problem}`,
        '“mauzo help connections set” lists the settings.',
      );
    // It would be gone with the end of this command.
    if (asked.length > 0 && !view.keychain.available)
      throw new AppError('keychain.unavailable', 'unavailable', { reason: view.keychain.reason });
    const typed = await readSecrets(
      asked.map((name) => SECRET_LABELS[name]),
      context.output,
      context.signal,
    );
    const secrets: SecretsPatch = {};
    for (const name of cleared) secrets[name] = null;
    for (const [index, name] of asked.entries()) secrets[name] = typed[index] ?? null;
    show(context, await client.call('connections.save', { connections: read.connections, secrets }), kind);
    return EXIT.done;
  });
}

export function connectionsRemoveCommand(context: Context): Promise<number> {
  const kind = kindOf(context);
  return withEngine(context, async ({ client }) => {
    const { connections } = await client.call('connections.get', {});
    show(
      context,
      await client.call('connections.save', { connections: { ...connections, [kind]: null } }),
      kind,
    );
    return EXIT.done;
  });
}

export function connectionsFiguresCommand(context: Context): Promise<number> {
  const [word = ''] = context.args.positionals;
  const figuresFrom = figuresEngineSchema.safeParse(word);
  if (!figuresFrom.success)
    throw usageError(`Figures cannot come from “${word.slice(0, 100)}”`, 'Possible are: local, druid.');
  return withEngine(context, async ({ client }) => {
    const { connections } = await client.call('connections.get', {});
    const view = await client.call('connections.save', {
      connections: { ...connections, figuresFrom: figuresFrom.data },
    });
    const engine = figuresFrom.data === 'druid' ? 'Apache Druid' : 'this computer';
    context.output.out(
      context.json ? `${JSON.stringify(view, null, 2)}\n` : `Figures come from ${engine}.\n`,
    );
    return EXIT.done;
  });
}
