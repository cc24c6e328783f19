import { addressProblem, found, openHost, orNull, wholeNumber, wholeNumberProblem } from './checks.ts';
import type { DruidDraft } from './drafts.ts';
import type { ServiceForm } from './service-form.ts';

export const druidForm: ServiceForm<'druid'> = {
  kind: 'druid',
  secrets: ['druid.password'],
  requiredSecrets: ['druid.password'],
  empty: {
    coordinatorUrl: '',
    brokerUrl: '',
    datasource: 'sales_analytics',
    username: '',
    s3Endpoint: '',
    s3Credentials: 'cluster',
    maxTasks: '',
  },
  draftOf: (settings) => ({
    coordinatorUrl: settings.coordinatorUrl,
    brokerUrl: settings.brokerUrl === settings.coordinatorUrl ? '' : settings.brokerUrl,
    datasource: settings.datasource,
    username: settings.username ?? '',
    s3Endpoint: settings.s3Endpoint ?? '',
    s3Credentials: settings.s3Credentials,
    maxTasks: settings.maxTasks === null ? '' : String(settings.maxTasks),
  }),
  settingsOf: (draft) => ({
    coordinatorUrl: draft.coordinatorUrl.trim(),
    brokerUrl: orNull(draft.brokerUrl) ?? draft.coordinatorUrl.trim(),
    datasource: draft.datasource.trim(),
    username: orNull(draft.username),
    s3Endpoint: orNull(draft.s3Endpoint),
    s3Credentials: draft.s3Credentials,
    maxTasks: wholeNumber(draft.maxTasks),
  }),
  problems: (draft) =>
    found({
      coordinatorUrl: addressProblem(draft.coordinatorUrl),
      brokerUrl: draft.brokerUrl.trim() === '' ? undefined : addressProblem(draft.brokerUrl),
      datasource: /^[A-Za-z_]\w{0,99}$/.test(draft.datasource.trim())
        ? undefined
        : 'Letters, digits and _, beginning with a letter',
      username: draft.username.trim().length > 200 ? 'At most 200 characters' : undefined,
      s3Endpoint: draft.s3Endpoint.trim() === '' ? undefined : addressProblem(draft.s3Endpoint),
      maxTasks: draft.maxTasks.trim() === '' ? undefined : wholeNumberProblem(draft.maxTasks, 1, 100),
    }),
  warnings: (draft) =>
    found({
      coordinatorUrl: openWords(draft.coordinatorUrl, draft),
      // Once is enough for one host.
      brokerUrl:
        openHost(draft.brokerUrl) === openHost(draft.coordinatorUrl)
          ? undefined
          : openWords(draft.brokerUrl, draft),
      s3Credentials:
        draft.s3Credentials === 'task'
          ? 'Druid shows these keys to everybody who can read its tasks. Keep them in Druid’s own configuration when you can.'
          : undefined,
    }),
};

function openWords(address: string, draft: DruidDraft): string | undefined {
  const host = openHost(address);
  if (host === null) return undefined;
  const what = draft.username.trim() === '' ? 'tasks and figures' : 'the password, tasks and figures';
  return `Not encrypted: whoever is on the way to ${host} can read ${what}. Use https:// when the server offers it.`;
}
