import type { Connections, ConnectionKind, SecretName } from '#shared/domain/connections';
import { renderError } from '#shared/errors/index';
import { BLANK, formatDuration, formatTimestamp, monthName } from '../../../ui/format.ts';
import type { IconName } from '../../../ui/icon.tsx';
import type { Target, TargetStatus } from './services.ts';

export const SERVICE_NAMES: Readonly<Record<Target, string>> = {
  s3: 'S3',
  druid: 'Druid',
  postgres: 'PostgreSQL',
  keychain: 'Keychain',
};

export const SERVICE_ICONS: Readonly<Record<Target, IconName>> = {
  s3: 'bucket',
  druid: 'cluster',
  postgres: 'database',
  keychain: 'key',
};

export const SECRET_LABELS: Readonly<Record<SecretName, string>> = {
  's3.secretAccessKey': 'Secret access key',
  's3.sessionToken': 'Session token',
  'druid.password': 'Password',
  'postgres.password': 'Password',
};

export const SECRET_OWNERS: Readonly<Record<SecretName, ConnectionKind>> = {
  's3.secretAccessKey': 's3',
  's3.sessionToken': 's3',
  'druid.password': 'druid',
  'postgres.password': 'postgres',
};

/** When one needs a service, while it is off. */
export const PURPOSES: Readonly<Record<Target, string>> = {
  s3: 'For files that Druid and other computers can read.',
  druid: 'For more data than one computer holds.',
  postgres: 'For several computers that share imports.',
  keychain: 'For secrets.',
};

/** What a test does to the real server. */
export const TEST_WORDS: Readonly<Record<Target, string>> = {
  s3: 'A test writes a small file to the bucket, reads it back and deletes it. Nothing is saved.',
  druid:
    'A test loads one row into a datasource of its own, asks for it and removes it again. Nothing is saved.',
  postgres: 'A test signs in and looks at the tables of Mauzo. Nothing is saved.',
  keychain: 'A test keeps a made-up secret, reads it back and removes it.',
};

export interface StateWords {
  readonly text: string;
  readonly tone: 'neutral' | 'good' | 'bad' | 'warn';
  readonly icon: IconName;
}

/** The engine of this computer. */
export const ENGINE_READY: StateWords = { text: 'Ready', tone: 'good', icon: 'ok' };
export const ENGINE_WAITED: StateWords = { text: 'Not answering', tone: 'neutral', icon: 'clock' };

export function stateWords({ target, state }: Pick<TargetStatus, 'target' | 'state'>): StateWords {
  const keychain = target === 'keychain';
  switch (state) {
    case 'off':
      return { text: 'Off', tone: 'neutral', icon: 'none' };
    case 'checking':
      return { text: 'Checking', tone: 'neutral', icon: 'clock' };
    case 'ok':
      return { text: keychain ? 'Available' : 'Connected', tone: 'good', icon: 'ok' };
    case 'failed':
      return keychain
        ? { text: 'Not available', tone: 'warn', icon: 'warning' }
        : { text: 'Failed', tone: 'bad', icon: 'error' };
  }
}

/** The few words beside a name in the status bar. */
export function indicatorWords(status: TargetStatus): string {
  const { text } = stateWords(status);
  if (status.state === 'ok' && status.target !== 'keychain' && status.latencyMs !== null)
    return formatDuration(status.latencyMs);
  if (status.state === 'failed' && status.error && status.target !== 'keychain')
    return renderError(status.error).title;
  return text.toLowerCase();
}

/** Blank when it is not known, "09:14" of today, "1 Nov, 18:42" of this year, "31 Dec 2025" of another. */
export function formatWhen(iso: string | null, now: Date = new Date()): string {
  if (iso === null) return BLANK;
  const at = new Date(iso);
  const time = formatTimestamp(iso, false);
  if (at.toDateString() === now.toDateString()) return time;
  const day = `${at.getDate()}\u00a0${monthName(at.getMonth() + 1)}`;
  return at.getFullYear() === now.getFullYear() ? `${day}, ${time}` : `${day}\u00a0${at.getFullYear()}`;
}

/** Where a service is, under its name. */
export function placeOf(kind: ConnectionKind, { s3, druid, postgres }: Connections): string {
  switch (kind) {
    case 's3':
      if (!s3) return 'Not set up';
      return `${s3.bucket}, ${s3.endpoint === null ? s3.region : hostOf(s3.endpoint)}`;
    case 'druid':
      return druid ? hostOf(druid.coordinatorUrl) : 'Not set up';
    case 'postgres':
      return postgres ? `${postgres.host}/${postgres.database}` : 'Not set up';
  }
}

export const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);

/** Services that data goes to, as named for people; empty while everything stays here. */
export function placesOfData({ s3, druid, postgres }: Connections): readonly string[] {
  return [s3 && 'S3', druid && 'Druid', postgres && 'PostgreSQL'].filter((name) => name !== null);
}

/** What becomes of a secret that is typed now. */
export const KEPT_WORDS = {
  available: 'Kept in the keychain, never in a file.',
  absent: 'Kept until Mauzo closes: no keychain here.',
  locked: 'Can be kept once the keychain is unlocked.',
} as const;
