import { addressProblem, found, lengthProblem, openHost, orNull } from './checks.ts';
import type { S3Draft } from './drafts.ts';
import type { ServiceForm } from './service-form.ts';

/** Slashes at either end are a habit, not a mistake. */
const prefixOf = (text: string) => text.trim().replace(/^\/+|\/+$/g, '');

const endpointOf = ({ server, endpoint }: S3Draft) => (server === 'amazon' ? '' : endpoint.trim());

export const s3Form: ServiceForm<'s3'> = {
  kind: 's3',
  secrets: ['s3.secretAccessKey', 's3.sessionToken'],
  requiredSecrets: ['s3.secretAccessKey'],
  empty: {
    server: 'other',
    endpoint: '',
    region: 'us-east-1',
    bucket: '',
    prefix: '',
    pathStyle: true,
    credentials: 'keys',
    accessKeyId: '',
    profile: '',
  },
  draftOf: (settings) => ({
    server: settings.endpoint === null ? 'amazon' : 'other',
    endpoint: settings.endpoint ?? '',
    region: settings.region,
    bucket: settings.bucket,
    prefix: settings.prefix,
    pathStyle: settings.pathStyle,
    credentials: settings.credentials,
    accessKeyId: settings.accessKeyId ?? '',
    profile: settings.profile ?? '',
  }),
  settingsOf: (draft) => ({
    endpoint: draft.server === 'amazon' ? null : draft.endpoint.trim(),
    region: draft.region.trim(),
    bucket: draft.bucket.trim(),
    prefix: prefixOf(draft.prefix),
    pathStyle: draft.pathStyle,
    credentials: draft.credentials,
    accessKeyId: draft.credentials === 'keys' ? orNull(draft.accessKeyId) : null,
    profile: draft.credentials === 'profile' ? orNull(draft.profile) : null,
  }),
  problems: (draft) =>
    found({
      endpoint: draft.server === 'other' ? addressProblem(draft.endpoint) : undefined,
      region: lengthProblem(draft.region, 'the region of the bucket', 60),
      bucket: bucketProblem(draft.bucket),
      prefix: prefixProblem(draft.prefix),
      accessKeyId:
        draft.credentials === 'keys'
          ? lengthProblem(draft.accessKeyId, 'the ID of the access key', 200)
          : undefined,
      profile:
        draft.credentials === 'profile'
          ? lengthProblem(draft.profile, 'the name of the profile', 100)
          : undefined,
    }),
  warnings(draft) {
    const host = draft.server === 'other' ? openHost(draft.endpoint) : null;
    return found({
      endpoint:
        host === null
          ? undefined
          : `Not encrypted: whoever is on the way to ${host} can read the files. Use https:// when the server offers it.`,
      pathStyle:
        draft.server === 'other' && !draft.pathStyle
          ? 'Most servers other than Amazon’s need it.'
          : undefined,
      bucket:
        !draft.pathStyle && draft.bucket.includes('.') && !/^http:/i.test(endpointOf(draft))
          ? 'A name with a dot fits no https certificate without path style.'
          : undefined,
    });
  },
};

function bucketProblem(text: string): string | undefined {
  const bucket = text.trim();
  const length = lengthProblem(bucket, 'the name of the bucket', 63, 3);
  if (length !== undefined) return length;
  if (!/^[a-z0-9.-]+$/.test(bucket)) return 'Small letters, digits, dots and hyphens only, without s3://';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket)) return 'It begins and ends with a letter or digit';
  if (/\.\.|\.-|-\./.test(bucket)) return 'No dot beside another dot or a hyphen';
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(bucket) ? 'A bucket is not named like an IP address' : undefined;
}

function prefixProblem(text: string): string | undefined {
  const prefix = prefixOf(text);
  if (prefix.length > 200) return 'At most 200 characters';
  return /^$|^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(prefix)
    ? undefined
    : 'Folder names of letters, digits, hyphens and dots, with / between them';
}
