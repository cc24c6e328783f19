import { useEffect, useRef } from 'react';
import type { SecretName } from '#shared/domain/connections';
import { Button, IconButton } from '../../../ui/button.tsx';
import { cx } from '../../../ui/class-names.ts';
import { Icon } from '../../../ui/icon.tsx';
import type { SecretEdit, SecretState } from '../model/secrets.ts';
import { SECRET_LABELS } from '../model/words.ts';
import styles from './field.module.css';
import { FieldFrame, type FieldIds } from './field.tsx';

type Edit = (edit: SecretEdit | null) => void;

/** A secret: where it is kept, never what it is. A stored one can be replaced or taken away. */
export function SecretField({
  name,
  state,
  problem,
  keptWords,
  hint,
  optional = false,
  wide = false,
  onEdit,
  onLeave,
}: {
  name: SecretName;
  state: SecretState;
  problem: string | undefined;
  /** What becomes of one that is typed. */
  keptWords: string;
  hint?: string | undefined;
  optional?: boolean;
  wide?: boolean;
  onEdit: Edit;
  onLeave: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const swapped = useRef(false);
  // The button that was pressed is gone: the focus goes to what took its place.
  useEffect(() => {
    if (!swapped.current) return;
    swapped.current = false;
    box.current?.querySelector<HTMLElement>('input, button')?.focus();
  });
  const swap: Edit = (edit) => {
    swapped.current = true;
    onEdit(edit);
  };
  const label = SECRET_LABELS[name];
  const asked = state.kind === 'asked';
  return (
    <FieldFrame
      label={label}
      optional={optional && asked}
      wide={wide}
      grouped={!asked}
      problem={problem}
      warning={boundWords(state)}
      hint={noteOf(state, keptWords, hint)}
    >
      {(ids) => (
        <div ref={box}>
          {asked ? (
            <TypedSecret
              ids={ids}
              state={state}
              what={label.toLowerCase()}
              invalid={problem !== undefined}
              onType={(value) => onEdit(value === '' && !state.replaces ? null : { kind: 'set', value })}
              onKeep={() => swap(null)}
              onLeave={onLeave}
            />
          ) : (
            <KeptSecret ids={ids} state={state} what={label.toLowerCase()} onEdit={swap} />
          )}
        </div>
      )}
    </FieldFrame>
  );
}

function boundWords(state: SecretState): string | undefined {
  if (state.kind === 'environment' && state.bound)
    return 'It belongs to the server and user as saved. After a change of them start Mauzo again.';
  return state.kind === 'asked' && state.bound
    ? 'The stored one belongs to the server and user as saved, and goes to no other. Type it again.'
    : undefined;
}

function noteOf(state: SecretState, keptWords: string, hint: string | undefined): string {
  switch (state.kind) {
    case 'environment':
      return 'From an environment variable: change it there.';
    case 'stored':
      return state.place === 'keychain'
        ? 'Kept in the keychain of this computer.'
        : 'Kept until Mauzo closes.';
    case 'removing':
      return 'Removed when you save.';
    case 'asked':
      return hint === undefined ? keptWords : `${hint} ${keptWords}`;
  }
}

function TypedSecret({
  ids,
  state,
  what,
  invalid,
  onType,
  onKeep,
  onLeave,
}: {
  ids: FieldIds;
  state: Extract<SecretState, { kind: 'asked' }>;
  what: string;
  invalid: boolean;
  onType: (value: string) => void;
  onKeep: () => void;
  onLeave: () => void;
}) {
  return (
    <div className={cx(state.replaces && styles.typing)}>
      <input
        id={ids.id}
        {...ids.described}
        type="password"
        className={styles.input}
        value={state.typed}
        autoComplete="new-password"
        spellCheck={false}
        aria-invalid={invalid || undefined}
        onChange={(event) => onType(event.currentTarget.value)}
        onBlur={onLeave}
      />
      {state.replaces && (
        <Button size="s" variant="ghost" aria-label={`Keep old ${what}`} onClick={onKeep}>
          Keep old
        </Button>
      )}
    </div>
  );
}

function KeptSecret({
  ids,
  state,
  what,
  onEdit,
}: {
  ids: FieldIds;
  state: Exclude<SecretState, { kind: 'asked' }>;
  what: string;
  onEdit: Edit;
}) {
  const removing = state.kind === 'removing';
  return (
    <fieldset
      id={ids.id}
      {...ids.described}
      aria-labelledby={ids.labelId}
      className={cx(styles.secret, state.kind === 'environment' && styles.locked)}
    >
      <Icon name="lock" size={14} />
      <span className="grow">
        {!removing && (
          <>
            <span aria-hidden="true">••••••••</span>
            <span className="sr">Stored, not shown</span>
          </>
        )}
      </span>
      {state.kind === 'stored' && (
        <>
          <Button
            size="s"
            variant="ghost"
            aria-label={`Replace the ${what}`}
            onClick={() => onEdit({ kind: 'set', value: '' })}
          >
            Replace
          </Button>
          <IconButton
            icon="trash"
            size="s"
            label={`Remove the ${what}`}
            onClick={() => onEdit({ kind: 'remove' })}
          />
        </>
      )}
      {removing && (
        <Button size="s" variant="ghost" aria-label={`Keep the ${what}`} onClick={() => onEdit(null)}>
          Keep
        </Button>
      )}
    </fieldset>
  );
}
