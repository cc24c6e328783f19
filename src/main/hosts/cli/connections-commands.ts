import type { ConnectionsView, ConnectionTarget, ProbeReport } from '#shared/contract/connections';
import { connectionTargetSchema } from '#shared/contract/connections';
import {
  CONNECTION_FIELDS,
  CONNECTION_NAMES,
  optionOf,
  secretsOfKind,
} from '#shared/domain/connection-fields';
import {
  CONNECTION_KINDS,
  type ConnectionKind,
  type SecretName,
  type SecretPlace,
} from '#shared/domain/connections';
import { nearestName } from '#shared/domain/nearest-name';
import { usageError } from './arguments.ts';
import { errorDocument, errorText, EXIT, plain } from './output.ts';
import { withEngine, type Context } from './session.ts';

const PLACES: Readonly<Record<SecretPlace, string>> = {
  keychain: 'in the keychain',
  session: 'until Mauzo is closed',
  environment: 'from the environment',
  'not-needed': 'none needed',
  missing: 'missing',
};

/** `s3.secretAccessKey` is `secret-access-key` among the settings of its connection. */
export const secretOptionOf = (name: SecretName): string => optionOf(name.slice(name.indexOf('.') + 1));

/** The settings of one connection, one a line; '' in place of one that is not set. */
export function connectionText(view: ConnectionsView, kind: ConnectionKind): string {
  const connection = view.connections[kind];
  const name = CONNECTION_NAMES[kind].replace(/^the o/, 'O');
  if (connection === null) return `${name}: not set\n`;
  const values = new Map<string, string | number | boolean | null>(Object.entries(connection));
  const rows = [
    ...CONNECTION_FIELDS[kind].map(({ key }) => [optionOf(key), String(values.get(key) ?? '')] as const),
    ...secretsOfKind(kind).map((secret) => [secretOptionOf(secret), PLACES[view.secrets[secret]]] as const),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${plain(value)}`.trimEnd());
  const from = view.fromEnvironment.includes(kind) ? ' (from the environment)' : '';
  return `${name}${from}\n${lines.join('\n')}\n`;
}

/** `connections show`: settings and where each secret is, never a secret. */
export function connectionsShowCommand(context: Context): Promise<number> {
  return withEngine(context, async ({ client }) => {
    const view = await client.call('connections.get', {});
    if (context.json) {
      context.output.out(`${JSON.stringify(view, null, 2)}\n`);
      return EXIT.done;
    }
    for (const kind of CONNECTION_KINDS) context.output.out(connectionText(view, kind));
    const engine = view.connections.figuresFrom === 'druid' ? 'Apache Druid' : 'this computer';
    const { available, reason } = view.keychain;
    context.output.out(`Figures come from: ${engine}\n`);
    context.output.out(`Keychain: ${available ? 'there' : `none (${plain(reason ?? '')})`}\n`);
    return EXIT.done;
  });
}

const SIGNS = { ok: '✓', warning: '!', failed: '✗', skipped: '–' } as const;

function reportText({ target, steps }: ProbeReport): string {
  const lines = steps.map(({ name, state, detail, elapsedMs, error }) => {
    const time = elapsedMs >= 1 ? ` (${Math.round(elapsedMs)} ms)` : '';
    const line = `  ${SIGNS[state]} ${plain(name)}${detail === '' ? '' : `: ${plain(detail)}`}${time}\n`;
    return error ? line + errorText(error).replace(/^(?=.)/gm, '    ') : line;
  });
  return `${target}\n${lines.join('')}`;
}

/** What is set; the keychain when some secret would be kept in it, or when there is nothing else. */
function targetsOf(view: ConnectionsView): ConnectionTarget[] {
  const kinds: ConnectionTarget[] = CONNECTION_KINDS.filter((kind) => view.connections[kind] !== null);
  const places = Object.values(view.secrets);
  const kept = places.some((place) => place !== 'environment' && place !== 'not-needed');
  return kept || kinds.length === 0 ? [...kinds, 'keychain'] : kinds;
}

function targetOf(word: string): ConnectionTarget {
  const parsed = connectionTargetSchema.safeParse(word);
  if (parsed.success) return parsed.data;
  const nearest = nearestName(word, connectionTargetSchema.options);
  throw usageError(`There is no connection “${word.slice(0, 100)}”`, `Did you mean “${nearest}”?`);
}

/** `connections test`: exit code 4 when one does not work. */
export function connectionsTestCommand(context: Context): Promise<number> {
  const [word] = context.args.positionals;
  const target = word === undefined ? null : targetOf(word);
  return withEngine(context, async ({ client }) => {
    const targets = target === null ? targetsOf(await client.call('connections.get', {})) : [target];
    const reports: ProbeReport[] = [];
    for (const one of targets) {
      const report = await client.call('connections.test', { target: one });
      reports.push(report);
      if (!context.json) context.output.out(reportText(report));
    }
    if (context.json) {
      const documents = reports.map(({ steps, ...report }) => ({
        ...report,
        steps: steps.map(({ error, ...step }) => ({ ...step, error: error && errorDocument(error) })),
      }));
      context.output.out(`${JSON.stringify({ reports: documents }, null, 2)}\n`);
    }
    return reports.every(({ ok }) => ok) ? EXIT.done : EXIT.connection;
  });
}
