import type { Input } from '#shared/contract/index';
import type { ConnectionsView } from '#shared/contract/connections';
import { secretOrigin, type Connections, type SecretName } from '#shared/domain/connections';

/** What a person did with a secret since the form was saved; absent when nothing. */
export type SecretEdit = { readonly kind: 'set'; readonly value: string } | { readonly kind: 'remove' };
export type SecretEdits = Readonly<Partial<Record<SecretName, SecretEdit>>>;

/** What the field of a secret shows. The secret itself is never known here. */
export type SecretState =
  | {
      readonly kind: 'environment';
      /** It is for the server and user as saved; a changed form is not given it. */
      readonly bound: boolean;
    }
  | { readonly kind: 'stored'; readonly place: 'keychain' | 'session' }
  | { readonly kind: 'removing' }
  | {
      readonly kind: 'asked';
      readonly typed: string;
      /** One is stored for the server and user as they were saved; it is not sent to others. */
      readonly bound: boolean;
      /** The typed one takes the place of a stored one, which can be kept instead. */
      readonly replaces: boolean;
    };

/** Null when the form, as it stands, has no use for the secret. */
export function secretState(
  name: SecretName,
  view: ConnectionsView,
  draft: Connections,
  edit: SecretEdit | undefined,
): SecretState | null {
  const origin = secretOrigin(name, draft);
  if (origin === null) return null;
  const place = view.secrets[name];
  const same = origin === secretOrigin(name, view.connections);
  if (place === 'environment') return { kind: 'environment', bound: !same };
  const stored = place === 'keychain' || place === 'session' ? place : null;
  if (edit?.kind === 'remove' && stored && same) return { kind: 'removing' };
  if (edit?.kind !== 'set' && stored && same) return { kind: 'stored', place: stored };
  return {
    kind: 'asked',
    typed: edit?.kind === 'set' ? edit.value : '',
    bound: stored !== null && !same,
    replaces: stored !== null && same,
  };
}

/** What travels with a test or a save: only what was typed or taken away, and only where it belongs to something. */
export function secretsToSend(
  names: readonly SecretName[],
  draft: Connections,
  edits: SecretEdits,
): NonNullable<Input<'connections.save'>['secrets']> {
  const sent: Partial<Record<SecretName, string | null>> = {};
  for (const name of names) {
    const edit = edits[name];
    if (!edit || secretOrigin(name, draft) === null) continue;
    if (edit.kind === 'remove') sent[name] = null;
    else if (edit.value !== '') sent[name] = edit.value;
  }
  return sent;
}
