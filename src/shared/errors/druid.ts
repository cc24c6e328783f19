import { defineErrors } from './catalogue.ts';

/** What the Druid cluster can answer with. */
export const druidErrors = defineErrors({
  'druid.unreachable': {
    kind: 'unavailable',
    title: 'Druid does not answer',
    cause: 'No connection to {url}: {reason}',
    remedy:
      'Check host and port in Connections → Druid, that Druid runs, and that this computer may reach it (VPN, firewall).',
  },
  'druid.tls': {
    kind: 'permission',
    title: 'The secure connection to Druid could not be trusted',
    cause: 'The certificate of {url} was not accepted: {reason}',
    remedy:
      'Use the host name that the certificate is made for in Connections → Druid, or have the administrator install a certificate that this computer trusts.',
  },
  'druid.wrong_scheme': {
    kind: 'input',
    title: 'The address of Druid begins with the wrong http or https',
    cause: '{url} answers in the other one of the two: {reason}',
    remedy:
      'Change http:// to https:// (or the reverse) in the address in Connections → Druid. Druid’s own TLS port is set by “druid.tlsPort”.',
  },
  'druid.timeout': {
    kind: 'timeout',
    title: 'Druid took too long to answer',
    cause: '{url} did not answer within {seconds} seconds.',
    remedy: 'Try again. If it stays so, look at the load and the log of that Druid service.',
  },
  'druid.unauthorized': {
    kind: 'permission',
    title: 'Druid did not accept the user or the password',
    cause: '{url} answered 401.',
    remedy:
      'Enter user and password again in Connections → Druid. On Druid’s side the user lives in the authenticator that “druid.auth.authenticatorChain” names.',
  },
  'druid.forbidden': {
    kind: 'permission',
    title: 'The Druid user may not do this',
    cause: '{url} answered 403.',
    remedy:
      'Have the administrator give this user READ and WRITE on the datasource, READ on STATE and WRITE on EXTERNAL, in the authorizer that “druid.auth.authorizers” names.',
  },
  'druid.redirected': {
    kind: 'conflict',
    title: 'Druid sent Mauzo to another address',
    cause: '{url} redirects to “{target}”, and a password is never sent to an address that was not entered.',
    remedy:
      'Enter the address of the leading Coordinator or of a Router in Connections → Druid, or the address behind the login page.',
  },
  'druid.not_druid': {
    kind: 'conflict',
    title: 'The answer did not come from Druid',
    cause: '{url} answered {status} with something that Druid does not send: {answer}',
    remedy:
      'Check the address and the port in Connections → Druid: the Coordinator (8081) or a Router (8888), and the Broker (8082) or the same Router. Another server or a proxy may answer there.',
  },
  'druid.answer_too_large': {
    kind: 'limit',
    title: 'The answer of Druid is too large',
    cause: '{url} sent more than {maxBytes} bytes.',
    remedy: 'Ask for a shorter period or fewer groups.',
  },
  'druid.refused': {
    kind: 'conflict',
    title: 'Druid refused a request',
    cause: '{url} answered {status}: {answer}',
    remedy: 'Read Druid’s answer above; the log of that service says more. Then try again.',
  },
  'druid.busy': {
    kind: 'unavailable',
    title: 'Druid has too much to do',
    cause: '{url} takes no more queries at the moment: {answer}',
    remedy:
      'Try again in a moment. If it stays so, raise “druid.server.http.numThreads” or “druid.query.scheduler.numThreads” on the Broker.',
  },
  'druid.query_timeout': {
    kind: 'timeout',
    title: 'Druid could not compute the figures in time',
    cause: '{url} gave up: {answer}',
    remedy:
      'Ask for a shorter period or fewer groups. “druid.server.http.maxQueryTimeout” limits the time on Druid’s side.',
  },
  'druid.query_limit': {
    kind: 'limit',
    title: 'The question is too large for Druid’s memory',
    cause: '{url} ran into a limit: {answer}',
    remedy:
      'Ask for a shorter period or fewer groups, or raise “druid.processing.buffer.sizeBytes” and “druid.query.groupBy.maxOnDiskStorage” on Broker and Historicals.',
  },
  'druid.query_refused': {
    kind: 'input',
    title: 'Druid does not take the question',
    cause: '{url} answered {status}: {answer}',
    remedy:
      'If the datasource or a column is missing, publish first. Otherwise copy this message and send it to support.',
  },
  'druid.query_failed': {
    kind: 'unavailable',
    title: 'Druid could not compute the figures',
    cause: '{url} answered {status}: {answer}',
    remedy: 'Try again. If it comes back, the Broker’s log says more.',
  },

  // Questions to the datasource.
  'druid.datasource_missing': {
    kind: 'conflict',
    title: 'Druid does not have the data',
    cause: 'Months were published, but Druid knows no datasource “{datasource}”.',
    remedy:
      'Check the name of the datasource in Connections → Druid. If Druid was started a moment ago, wait until its Historicals have loaded their segments. If the datasource was dropped, publish again: “mauzo doctor” names the months.',
    kept: 'Accepted imports are unchanged; figures from this computer can still be had.',
  },
  'druid.rows_differ': {
    kind: 'conflict',
    title: 'Druid does not hold the rows that were published',
    cause:
      'In {month} Druid has {found} rows instead of {expected} ({months} months differ). A month is being exchanged at the moment, a Historical is down or still loading, or something else wrote to the datasource.',
    remedy:
      'Try again in a moment. If it stays so, check that all Historicals run and that no retention rule drops the month, then publish the month again: “mauzo doctor” names what differs.',
    kept: 'Accepted imports are unchanged; no figure was computed from other rows.',
  },
});
