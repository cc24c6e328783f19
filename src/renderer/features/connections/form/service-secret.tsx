import type { ConnectionKind, SecretName } from '#shared/domain/connections';
import { useServices } from '../live.ts';
import { keychainState } from '../model/services.ts';
import { KEPT_WORDS } from '../model/words.ts';
import type { ServiceEditor } from '../use-service.ts';
import { SecretField } from './secret-field.tsx';

/** The field of a secret of this service; nothing while the form has no use for it. */
export function ServiceSecret<K extends ConnectionKind>({
  editor,
  name,
  ...field
}: {
  editor: ServiceEditor<K>;
  name: SecretName;
  hint?: string;
  optional?: boolean;
  wide?: boolean;
}) {
  const live = useServices();
  const secret = editor.secret(name);
  if (!secret) return null;
  return (
    <SecretField
      {...field}
      name={name}
      state={secret.state}
      problem={secret.problem}
      keptWords={KEPT_WORDS[keychainState(editor.view, live)]}
      onEdit={(edit) => editor.setSecret(name, edit)}
      onLeave={() => editor.leave(name)}
    />
  );
}
