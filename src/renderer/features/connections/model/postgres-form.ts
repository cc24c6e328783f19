import { isLoopbackHost } from '#shared/domain/connection-fields';
import { found, lengthProblem, orNull, wholeNumber, wholeNumberProblem } from './checks.ts';
import type { PostgresDraft } from './drafts.ts';
import type { ServiceForm } from './service-form.ts';

export const postgresForm: ServiceForm<'postgres'> = {
  kind: 'postgres',
  secrets: ['postgres.password'],
  // Some servers let a user in without one.
  requiredSecrets: [],
  empty: {
    host: '',
    port: '5432',
    database: '',
    schema: 'mauzo',
    user: '',
    tls: 'verify-full',
    caFile: '',
  },
  draftOf: (settings) => ({
    ...settings,
    port: String(settings.port),
    caFile: settings.caFile ?? '',
  }),
  settingsOf: (draft) => ({
    host: draft.host.trim(),
    port: wholeNumber(draft.port) ?? 0,
    database: draft.database.trim(),
    schema: draft.schema.trim(),
    user: draft.user.trim(),
    tls: draft.tls,
    caFile: draft.tls === 'verify-full' ? orNull(draft.caFile) : null,
  }),
  problems: (draft) =>
    found({
      host: hostProblem(draft.host),
      port: wholeNumberProblem(draft.port, 1, 65_535),
      database: lengthProblem(draft.database, 'the name of the database', 63),
      schema: /^[a-z_][a-z0-9_]{0,62}$/.test(draft.schema.trim())
        ? undefined
        : 'Small letters, digits and _, beginning with a letter',
      user: lengthProblem(draft.user, 'the name of the user', 63),
      caFile:
        draft.tls === 'verify-full' && draft.caFile.trim().length > 1_000
          ? 'At most 1,000 characters'
          : undefined,
    }),
  warnings: (draft) => found({ tls: tlsWarning(draft) }),
};

function hostProblem(text: string): string | undefined {
  if (/[/@\s]/.test(text.trim())) return 'The name alone, without postgres://, user or path';
  return lengthProblem(text, 'the name or address of the server', 253);
}

function tlsWarning({ host, tls }: PostgresDraft): string | undefined {
  if (host.trim() === '' || isLoopbackHost(host.trim()) || tls === 'verify-full') return undefined;
  return tls === 'off'
    ? `Not encrypted: whoever is on the way to ${host.trim()} can read everything that is sent there.`
    : `Encrypted, but another server could answer in the name of ${host.trim()}: nobody checks its certificate.`;
}
