import type { ServiceEditor } from '../use-service.ts';
import { SegmentedField } from './choices.tsx';
import { TextField } from './field.tsx';
import { ServiceSecret } from './service-secret.tsx';

const TLS = [
  { value: 'verify-full', label: 'Encrypted and checked' },
  { value: 'require', label: 'Encrypted' },
  { value: 'off', label: 'Open' },
] as const;

const TLS_HINTS = {
  'verify-full': 'The server’s certificate and name are checked (verify-full).',
  require: 'Without asking who answers (require).',
  off: 'Only for a server on this computer or in a network of its own.',
} as const;

export function PostgresFields({ editor }: { editor: ServiceEditor<'postgres'> }) {
  const { draft, set, leave, problem, warnings } = editor;
  return (
    <>
      <TextField
        label="Server"
        value={draft.host}
        example="pg.example.co.ke"
        problem={problem('host')}
        onChange={(host) => set({ host })}
        onLeave={() => leave('host')}
      />
      <TextField
        numeric
        label="Port"
        value={draft.port}
        example="5432"
        problem={problem('port')}
        onChange={(port) => set({ port })}
        onLeave={() => leave('port')}
      />
      <TextField
        label="Database"
        value={draft.database}
        example="mauzo"
        hint="It must exist already."
        problem={problem('database')}
        onChange={(database) => set({ database })}
        onLeave={() => leave('database')}
      />
      <TextField
        label="Schema"
        value={draft.schema}
        example="mauzo"
        hint="It holds the tables of Mauzo."
        problem={problem('schema')}
        onChange={(schema) => set({ schema })}
        onLeave={() => leave('schema')}
      />
      <TextField
        label="User"
        value={draft.user}
        example="mauzo"
        problem={problem('user')}
        onChange={(user) => set({ user })}
        onLeave={() => leave('user')}
      />
      <ServiceSecret editor={editor} name="postgres.password" optional />
      <SegmentedField
        label="On the way"
        value={draft.tls}
        options={TLS}
        hint={TLS_HINTS[draft.tls]}
        warning={warnings.tls}
        onChange={(tls) => set({ tls })}
      />
      {draft.tls === 'verify-full' && (
        <TextField
          wide
          optional
          label="Certificate authority"
          value={draft.caFile}
          example="those that this computer trusts"
          hint="Path of its PEM file, for a server whose certificate your own authority signed."
          problem={problem('caFile')}
          onChange={(caFile) => set({ caFile })}
          onLeave={() => leave('caFile')}
        />
      )}
    </>
  );
}
