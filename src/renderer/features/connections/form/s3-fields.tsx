import type { ServiceEditor } from '../use-service.ts';
import { CheckField, SegmentedField } from './choices.tsx';
import { TextField } from './field.tsx';
import { ServiceSecret } from './service-secret.tsx';

const SERVERS = [
  { value: 'amazon', label: 'Amazon S3' },
  { value: 'other', label: 'Another server' },
] as const;

const CREDENTIALS = [
  { value: 'keys', label: 'An access key' },
  { value: 'profile', label: 'An AWS profile' },
  { value: 'environment', label: 'This computer’s role' },
] as const;

export function S3Fields({ editor }: { editor: ServiceEditor<'s3'> }) {
  const { draft, set, leave, problem, warnings } = editor;
  return (
    <>
      <SegmentedField
        label="Server"
        value={draft.server}
        options={SERVERS}
        onChange={(server) => set({ server, pathStyle: server === 'other' })}
      />
      {draft.server === 'other' && (
        <TextField
          wide
          label="Endpoint"
          value={draft.endpoint}
          example="https://s3.example.co.ke:9000"
          hint="Address of the S3 server, not of its web console."
          problem={problem('endpoint')}
          warning={warnings.endpoint}
          onChange={(endpoint) => set({ endpoint })}
          onLeave={() => leave('endpoint')}
        />
      )}
      <TextField
        label="Bucket"
        value={draft.bucket}
        example="mauzo-prod"
        hint="It must exist already."
        problem={problem('bucket')}
        warning={warnings.bucket}
        onChange={(bucket) => set({ bucket })}
        onLeave={() => leave('bucket')}
      />
      <TextField
        label="Region"
        value={draft.region}
        example="eu-west-1"
        hint={draft.server === 'amazon' ? 'Where the bucket is.' : 'Mostly us-east-1.'}
        problem={problem('region')}
        onChange={(region) => set({ region })}
        onLeave={() => leave('region')}
      />
      <TextField
        wide
        optional
        label="Folder in the bucket"
        value={draft.prefix}
        example="the whole bucket"
        hint="Everything of Mauzo goes below it, such as finance/mauzo."
        problem={problem('prefix')}
        onChange={(prefix) => set({ prefix })}
        onLeave={() => leave('prefix')}
      />
      <CheckField
        label="Path style"
        hint="The bucket in the path, as in https://server/bucket, instead of in the name."
        warning={warnings.pathStyle}
        checked={draft.pathStyle}
        onChange={(pathStyle) => set({ pathStyle })}
      />
      <SegmentedField
        label="Sign in with"
        value={draft.credentials}
        options={CREDENTIALS}
        hint={
          draft.credentials === 'environment'
            ? 'What AWS finds by itself: its environment variables, or the role of this machine.'
            : undefined
        }
        onChange={(credentials) => set({ credentials })}
      />
      {draft.credentials === 'profile' && (
        <TextField
          wide
          label="Profile"
          value={draft.profile}
          example="mauzo"
          hint="From the files config and credentials in the folder .aws of this user."
          problem={problem('profile')}
          onChange={(profile) => set({ profile })}
          onLeave={() => leave('profile')}
        />
      )}
      {draft.credentials === 'keys' && (
        <TextField
          wide
          label="Access key ID"
          value={draft.accessKeyId}
          example="AKIA…"
          problem={problem('accessKeyId')}
          onChange={(accessKeyId) => set({ accessKeyId })}
          onLeave={() => leave('accessKeyId')}
        />
      )}
      <ServiceSecret editor={editor} name="s3.secretAccessKey" wide />
      <ServiceSecret
        editor={editor}
        name="s3.sessionToken"
        wide
        optional
        hint="Only for keys that are lent for some hours."
      />
    </>
  );
}
