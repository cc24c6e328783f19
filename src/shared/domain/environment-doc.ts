import {
  CONNECTION_FIELDS,
  CONNECTION_NAMES,
  FIGURES_VARIABLE,
  SECRET_LABELS,
  secretsOfKind,
  secretVariableOf,
  variableOf,
} from './connection-fields.ts';
import { CONNECTION_KINDS, type ConnectionKind } from './connections.ts';

const line = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function table(rows: readonly (readonly string[])[]): string {
  const header = ['Variable', 'What it sets', 'Value', 'When it is not set'];
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function section(kind: ConnectionKind): string {
  const name = CONNECTION_NAMES[kind].replace(/^the o/, 'O');
  const fields = CONNECTION_FIELDS[kind].map(({ key, meaning, form, usual }) => [
    `\`${variableOf(kind, key)}\``,
    meaning,
    form,
    usual ?? '**required**',
  ]);
  const secrets = secretsOfKind(kind).map((secret) => [
    `\`${secretVariableOf(secret)}\``,
    SECRET_LABELS[secret],
    'a secret',
    'the one that is stored',
  ]);
  return `## ${name}\n\n${table([...fields, ...secrets])}`;
}

/** docs/environment.md, made from the settings so that it names each variable and no other. */
export function environmentDocument(): string {
  return `# Connections from environment variables

Made from \`src/shared/domain/connection-fields.ts\` by \`node scripts/environment-doc.mts\`; do not edit.

For servers and scripts, where nobody sits before a window. They are read when Mauzo starts.

- One variable of a connection that is no secret defines that connection **whole**: what the others leave out is as the
  last column says, whatever was saved before. The Connections page shows it and cannot change it.
- A secret alone goes with the connection that is saved, and is used for the address that this one has then.
- An empty variable counts as not set. A wrong value, and a name that Mauzo does not know, ends the start with
  \`connections.environment_invalid\`.
- Nothing of this is written to the data folder or to the keychain. Processes that read files do not see it.
- With \`MAUZO_S3_CREDENTIALS=environment\` the keys come from where AWS's own programs take them: \`AWS_ACCESS_KEY_ID\`,
  \`AWS_PROFILE\`, the role of the machine …

${CONNECTION_KINDS.map(section).join('\n\n')}

## Figures

${table([
  [
    `\`${FIGURES_VARIABLE}\``,
    'the engine that answers figures: this computer, or the Druid that is connected',
    'local or druid',
    'as saved, at first local',
  ],
])}
`;
}
