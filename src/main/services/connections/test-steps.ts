import type { ProbeStep } from '#shared/contract/connections';
import { kindOfSecret, SECRET_LABELS, secretVariableOf } from '#shared/domain/connection-fields';
import { connectionWarnings } from '#shared/domain/connections-check';
import {
  type Connections,
  secretOrigin,
  type SecretName,
  type SecretPlace,
} from '#shared/domain/connections';
import { AppError } from '#shared/errors/app-error';
import type { Secrets } from './ports.ts';
import type { SecretShelf } from './secret-shelf.ts';

/** A server may let a user in without a password, so PostgreSQL is asked; the others always need theirs. */
const NEEDED: ReadonlySet<SecretName> = new Set(['s3.secretAccessKey', 'druid.password']);

const PLACES: Readonly<Record<SecretPlace, string>> = {
  keychain: 'from the keychain',
  session: 'typed before, kept until Mauzo is closed',
  environment: 'from the environment',
  'not-needed': 'not needed',
  missing: 'none',
};

function missingError(name: SecretName, connections: Connections): AppError {
  // What stands before the bar is the address; the user after it is no part of the sentence.
  const [place = ''] = (secretOrigin(name, connections) ?? '').split('|');
  return new AppError('connections.secret_missing', 'input', {
    label: SECRET_LABELS[name],
    place,
    variable: secretVariableOf(name),
  });
}

/** Why a connection cannot be made for want of a secret; null when it can be tried. */
export async function missingSecret(
  shelf: SecretShelf,
  names: readonly SecretName[],
  connections: Connections,
  bind: boolean,
): Promise<AppError | null> {
  for (const name of names) {
    const { place, error } = await shelf.find(name, connections, bind);
    if (place !== 'missing') continue;
    if (error) return error;
    if (NEEDED.has(name)) return missingError(name, connections);
  }
  return null;
}

const step = (
  name: string,
  state: ProbeStep['state'],
  detail: string,
  error: AppError | null,
): ProbeStep => ({
  name,
  state,
  detail,
  elapsedMs: 0,
  error: error?.toJSON() ?? null,
});

/**
 * What a test tells before it asks the server: what a person should know about the settings, and where each secret
 * comes from. `secrets` is null when one is missing that is needed.
 */
export async function firstSteps(
  shelf: SecretShelf,
  names: readonly SecretName[],
  connections: Connections,
  given: Secrets,
  bind: boolean,
): Promise<{ steps: ProbeStep[]; secrets: Secrets | null }> {
  const kinds = new Set<string>(names.map(kindOfSecret));
  const warnings = connectionWarnings(connections).filter(({ field }) =>
    kinds.has(field.split('.')[0] ?? ''),
  );
  const steps = warnings.map(({ field, problem }) =>
    step('Settings', 'warning', `${field}: ${problem}`, null),
  );
  const stored = names.filter((name) => given[name] === undefined);
  const secrets: Partial<Record<SecretName, string>> = { ...given };
  const error = await missingSecret(shelf, stored, connections, bind);
  if (error) return { steps: [...steps, step('Find the secrets', 'failed', '', error)], secrets: null };
  for (const name of names) {
    if (given[name] !== undefined) {
      steps.push(step('Find the secrets', 'ok', `${SECRET_LABELS[name]}: as typed`, null));
      continue;
    }
    const { place, value } = await shelf.find(name, connections, bind);
    if (place === 'not-needed') continue;
    if (value !== null) secrets[name] = value;
    steps.push(step('Find the secrets', 'ok', `${SECRET_LABELS[name]}: ${PLACES[place]}`, null));
  }
  return { steps, secrets };
}
