import { useState } from 'react';
import type { ConnectionsView } from '#shared/contract/connections';
import type { Connections, ConnectionKind, SecretName } from '#shared/domain/connections';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { useEngine } from '../../data/engine-context.ts';
import { useDesk } from './desk.ts';
import { useTakeSaved } from './live.ts';
import { secretsToSend, secretState, type SecretEdit, type SecretState } from './model/secrets.ts';
import type { Drafts } from './model/drafts.ts';
import {
  draftOf,
  isChanged,
  withoutService,
  withSettings,
  type Field,
  type ServiceForm,
  type Texts,
} from './model/service-form.ts';
import { SECRET_LABELS } from './model/words.ts';

/** The form of one service while a person works on it. */
export interface ServiceEditor<K extends ConnectionKind> {
  readonly form: ServiceForm<K>;
  readonly view: ConnectionsView;
  readonly draft: Drafts[K];
  readonly on: boolean;
  readonly changed: boolean;
  /** Set by environment variables: shown, never changed here. */
  readonly readOnly: boolean;
  readonly warnings: Texts<K>;
  readonly saving: boolean;
  readonly error: AppError | null;
  set(patch: Partial<Drafts[K]>): void;
  leave(field: Field<K> | SecretName): void;
  /** Told of a field that was left, and of all once a test or a save was asked for. */
  problem(field: Field<K>): string | undefined;
  /** Null when the form, as it stands, has no use for it. */
  secret(name: SecretName): { readonly state: SecretState; readonly problem: string | undefined } | null;
  setSecret(name: SecretName, edit: SecretEdit | null): void;
  discard(): void;
  /** Both show what is wrong, and answer false, when a field must be corrected first. */
  test(): boolean;
  save(): Promise<boolean>;
  turnOff(): Promise<boolean>;
}

/** Stores connections and says what went wrong. */
export function useSave() {
  const engine = useEngine();
  const takeSaved = useTakeSaved();
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const save = async (
    connections: Connections,
    secrets: ReturnType<typeof secretsToSend>,
  ): Promise<boolean> => {
    setSaving(true);
    setError(null);
    try {
      takeSaved(await engine.call('connections.save', { connections, secrets }));
      return true;
    } catch (thrown) {
      setError(toAppError(thrown));
      return false;
    } finally {
      setSaving(false);
    }
  };
  return { save, saving, error };
}

export function useService<K extends ConnectionKind>(
  form: ServiceForm<K>,
  view: ConnectionsView,
): ServiceEditor<K> {
  const { kind } = form;
  const [desk, actions] = useDesk();
  const { save, saving, error } = useSave();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState(false);

  const saved = view.connections;
  const draft: Drafts[K] = desk.drafts[kind] ?? draftOf(form, saved);
  const changedFields = isChanged(form, draft, saved);
  const changed = changedFields || form.secrets.some((name) => desk.secrets[name]);
  const wanted = withSettings(saved, kind, form.settingsOf(draft));
  const problems = form.problems(draft);
  const secretProblem = (name: SecretName) => {
    const state = secretState(name, view, wanted, desk.secrets[name]);
    return form.requiredSecrets.includes(name) && state?.kind === 'asked' && state.typed === ''
      ? `Needed: the ${SECRET_LABELS[name].toLowerCase()}`
      : undefined;
  };
  const ready = () => {
    setAsked(true);
    return Object.keys(problems).length === 0 && !form.secrets.some(secretProblem);
  };
  /** The form as it is stored, with nothing to complain about yet. */
  const begin = (stale: boolean) => {
    setAsked(false);
    setLeft(new Set());
    actions.clear(kind, form.secrets, stale);
  };
  const secrets = secretsToSend(form.secrets, wanted, desk.secrets);
  const shown = (field: string) => asked || left.has(field);

  return {
    form,
    view,
    draft,
    on: saved[kind] !== null,
    changed,
    readOnly: view.fromEnvironment.includes(kind),
    warnings: form.warnings(draft),
    saving,
    error,
    set(patch) {
      const next = { ...draft, ...patch };
      if (isChanged(form, next, saved)) actions.edit(kind, next);
      else actions.clear(kind, [], true);
    },
    leave: (field) => setLeft((before) => new Set(before).add(field)),
    problem: (field) => (shown(field) ? problems[field] : undefined),
    secret(name) {
      const state = secretState(name, view, wanted, desk.secrets[name]);
      return state && { state, problem: shown(name) ? secretProblem(name) : undefined };
    },
    setSecret: (name, edit) => actions.editSecret(kind, name, edit),
    discard: () => begin(true),
    test() {
      if (!ready()) return false;
      actions.test(changed ? { target: kind, connections: wanted, secrets } : { target: kind });
      return true;
    },
    async save() {
      if (!ready()) return false;
      const stored = await save(wanted, secrets);
      if (stored) begin(false);
      return stored;
    },
    async turnOff() {
      const done = await save(withoutService(saved, kind), {});
      if (done) begin(true);
      return done;
    },
  };
}
