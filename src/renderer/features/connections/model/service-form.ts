import type { Connections, ConnectionKind, SecretName } from '#shared/domain/connections';
import type { Drafts } from './drafts.ts';

export type Settings<K extends ConnectionKind> = NonNullable<Connections[K]>;
export type Field<K extends ConnectionKind> = keyof Drafts[K] & string;
/** What is wrong with a field, in words that stand under it; a field without an entry is fine. */
export type Texts<K extends ConnectionKind> = Readonly<Partial<Record<Field<K>, string>>>;

/** How the form of one service and its stored settings become each other. */
export interface ServiceForm<K extends ConnectionKind> {
  readonly kind: K;
  /** The form of a service that is off. */
  readonly empty: Drafts[K];
  readonly secrets: readonly SecretName[];
  /** Secrets without which nothing can be tested or saved while they are asked for. */
  readonly requiredSecrets: readonly SecretName[];
  draftOf(settings: Settings<K>): Drafts[K];
  /** What the fields say, right or wrong; to be stored only when `problems` finds nothing. */
  settingsOf(draft: Drafts[K]): Settings<K>;
  problems(draft: Drafts[K]): Texts<K>;
  /** What is possible but unwise. */
  warnings(draft: Drafts[K]): Texts<K>;
}

export function withSettings<K extends ConnectionKind>(
  connections: Connections,
  kind: K,
  settings: Connections[K],
): Connections {
  return { ...connections, [kind]: settings };
}

/** With a service turned off, and what cannot be without it: Druid reads from S3, and figures may come from Druid. */
export function withoutService(connections: Connections, kind: ConnectionKind): Connections {
  const off = withSettings(connections, kind, null);
  const druid = off.s3 === null ? null : off.druid;
  return { ...off, druid, figuresFrom: druid === null ? 'local' : off.figuresFrom };
}

export function draftOf<K extends ConnectionKind>(form: ServiceForm<K>, connections: Connections): Drafts[K] {
  const settings = connections[form.kind];
  return settings === null ? form.empty : form.draftOf(settings);
}

/** Whether a form says something else than what is stored. */
export const isChanged = <K extends ConnectionKind>(
  form: ServiceForm<K>,
  draft: Drafts[K],
  saved: Connections,
): boolean => JSON.stringify(draft) !== JSON.stringify(draftOf(form, saved));
