import type { ServiceEditor } from '../use-service.ts';
import { RadioField } from './choices.tsx';
import { TextField } from './field.tsx';
import { ServiceSecret } from './service-secret.tsx';

const KEYS = [
  {
    value: 'cluster',
    label: 'Druid’s own configuration',
    hint: 'druid.s3.accessKey and druid.s3.secretKey, or a role of its machines.',
  },
  {
    value: 'task',
    label: 'Send the keys with each task',
    hint: 'Those of the S3 connection; Druid needs none of its own.',
  },
] as const;

export function DruidFields({ editor }: { editor: ServiceEditor<'druid'> }) {
  const { draft, set, leave, problem, warnings } = editor;
  return (
    <>
      <TextField
        wide
        label="Router or Coordinator address"
        value={draft.coordinatorUrl}
        example="https://druid.example.co.ke:8888"
        hint="A Coordinator must be the Overlord too."
        problem={problem('coordinatorUrl')}
        warning={warnings.coordinatorUrl}
        onChange={(coordinatorUrl) => set({ coordinatorUrl })}
        onLeave={() => leave('coordinatorUrl')}
      />
      <TextField
        wide
        optional
        label="Broker address"
        value={draft.brokerUrl}
        example="the same address"
        hint="Needed when the address above is not a Router."
        problem={problem('brokerUrl')}
        warning={warnings.brokerUrl}
        onChange={(brokerUrl) => set({ brokerUrl })}
        onLeave={() => leave('brokerUrl')}
      />
      <TextField
        optional
        label="User"
        value={draft.username}
        example="no sign-in"
        hint="Must be allowed to write."
        problem={problem('username')}
        onChange={(username) => set({ username })}
        onLeave={() => leave('username')}
      />
      {editor.secret('druid.password') ? (
        <ServiceSecret editor={editor} name="druid.password" />
      ) : (
        <TextField label="Password" value="" example="only with a user" disabled onChange={() => undefined} />
      )}
      <TextField
        label="Datasource"
        value={draft.datasource}
        example="sales_analytics"
        hint="Mauzo makes it with the first import."
        problem={problem('datasource')}
        onChange={(datasource) => set({ datasource })}
        onLeave={() => leave('datasource')}
      />
      <TextField
        optional
        numeric
        label="Tasks at once"
        value={draft.maxTasks}
        example="all free slots"
        hint="At most so many, 1 to 100."
        problem={problem('maxTasks')}
        onChange={(maxTasks) => set({ maxTasks })}
        onLeave={() => leave('maxTasks')}
      />
      <TextField
        wide
        optional
        label="Object store as Druid reaches it"
        value={draft.s3Endpoint}
        example="by the endpoint of the S3 connection"
        hint="When Druid’s machines reach S3 by another address than this computer."
        problem={problem('s3Endpoint')}
        onChange={(s3Endpoint) => set({ s3Endpoint })}
        onLeave={() => leave('s3Endpoint')}
      />
      <RadioField
        label="Keys with which Druid reads S3"
        value={draft.s3Credentials}
        options={KEYS}
        warning={warnings.s3Credentials}
        onChange={(s3Credentials) => set({ s3Credentials })}
      />
    </>
  );
}
