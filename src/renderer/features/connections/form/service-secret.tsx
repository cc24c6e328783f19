import type { ConnectionKind, SecretName } from '#shared/domain/connections';
import { keptWords } from '../model/words.ts';
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
  const secret = editor.secret(name);
  if (!secret) return null;
  return (
    <SecretField
      {...field}
      name={name}
      state={secret.state}
      problem={secret.problem}
      keptWords={keptWords(editor.view)}
      onEdit={(edit) => editor.setSecret(name, edit)}
      onLeave={() => editor.leave(name)}
    />
  );
}
