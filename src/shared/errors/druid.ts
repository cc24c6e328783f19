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
  'druid.reserved_port': {
    kind: 'input',
    title: 'Druid cannot be reached at this port',
    cause: 'The port in {url} is reserved for another kind of service, and web clients never connect to it.',
    remedy:
      'Give the Druid service or the proxy before it another port, and enter it in Connections → Druid.',
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
      'Check addresses and ports in Connections → Druid: a Router (8888) or the Coordinator (8081), and the Broker (8082) or the same Router. Another server or a proxy may answer there.',
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
  'druid.no_sql': {
    kind: 'conflict',
    title: 'The Broker address is that of another Druid service',
    cause: '{url} takes no SQL; it answered {status}.',
    remedy:
      'Enter the address of the Broker (8082) or of a Router (8888) under “Broker address” in Connections → Druid. A Broker takes SQL unless “druid.sql.enable=false” is set.',
  },
  'druid.query_failed': {
    kind: 'unavailable',
    title: 'Druid could not compute the figures',
    cause: '{url} answered {status}: {answer}',
    remedy: 'Try again. If it comes back, the Broker’s log says more.',
  },
  'druid.s3_extension_missing': {
    kind: 'conflict',
    title: 'Druid was started without its S3 extension',
    cause: 'Druid answered {status}: {answer}',
    remedy:
      'Add "druid-s3-extensions" to “druid.extensions.loadList” in common.runtime.properties of every Druid service, and restart them.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_no_region': {
    kind: 'input',
    title: 'Druid does not know the region of the object store',
    cause: 'Druid answered: {answer}',
    remedy:
      'Set the environment variable AWS_REGION for every Druid service (any region will do for a store that is not Amazon’s), or “druid.s3.endpoint.url” together with “druid.s3.endpoint.signingRegion”, and restart them.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_no_credentials': {
    kind: 'permission',
    title: 'Druid has no credentials for the object store',
    cause: 'Task {taskId} found none: {answer}',
    remedy:
      'Set “druid.s3.accessKey” and “druid.s3.secretKey” (or give Druid’s machines a role) in common.runtime.properties of every Druid service, and restart them. Or set “Keys with which Druid reads S3” to “Send the keys with each task” in Connections → Druid; anybody who may see Druid’s tasks sees them then.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_no_endpoint': {
    kind: 'input',
    title: 'Druid looks for the object store at Amazon',
    cause: 'Task {taskId} asked for {host}, because Druid was not told another address: {answer}',
    remedy:
      'Set “druid.s3.endpoint.url” and “druid.s3.enablePathStyleAccess=true” in common.runtime.properties of every Druid service, and restart them. Or enter “Object store as Druid reaches it” in Connections → Druid.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_no_path_style': {
    kind: 'input',
    title: 'Druid asks the object store in the wrong form',
    cause: 'Task {taskId} asked for the host {host}: the bucket was put before the address. {answer}',
    remedy:
      'Set “druid.s3.enablePathStyleAccess=true” in common.runtime.properties of every Druid service, and restart them. When the keys travel with each task: switch “Path style” on in Connections → Object store.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_wrong_scheme': {
    kind: 'input',
    title: 'Druid mixes up http and https of the object store',
    cause: 'Task {taskId} spoke the one, and the store the other: {reason}',
    remedy:
      'Give “druid.s3.endpoint.url” the same http:// or https:// as the store has, and “druid.s3.protocol” the same word; with “Object store as Druid reaches it” in Connections → Druid, correct it there.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_tls': {
    kind: 'permission',
    title: 'Druid does not trust the certificate of the object store',
    cause: 'Task {taskId} was refused a secure connection: {reason}',
    remedy:
      'Import the certificate of the store’s authority into the Java trust store of Druid’s machines (“-Djavax.net.ssl.trustStore”), and use the host name that the certificate is made for in “druid.s3.endpoint.url”.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_unreachable': {
    kind: 'unavailable',
    title: 'Druid cannot reach the object store',
    cause: 'Task {taskId} got no answer from the store, although this computer may reach it: {answer}',
    remedy:
      'Enter the address under which Druid’s own machines reach the store as “Object store as Druid reaches it” in Connections → Druid (in Docker: the name of its service, not localhost), or correct “druid.s3.endpoint.url”; check firewalls between them.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_wrong_secret': {
    kind: 'permission',
    title: 'Druid has the wrong secret for the object store',
    cause: 'The store answered task {taskId} with {status} {reason}.',
    remedy:
      'Correct “druid.s3.secretKey” in common.runtime.properties of every Druid service, and restart them. When the keys travel with each task: enter the secret access key again in Connections → Object store.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_unknown_key': {
    kind: 'permission',
    title: 'The object store does not know Druid’s key',
    cause: 'The store answered task {taskId} with {status} {reason}.',
    remedy:
      'Correct “druid.s3.accessKey” in common.runtime.properties of every Druid service, and restart them. When the keys travel with each task: correct “Access key ID” in Connections → Object store.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_wrong_region': {
    kind: 'input',
    title: 'Druid names another region than the object store has',
    cause: 'The store answered task {taskId} with {status} {reason}.',
    remedy:
      'Set “druid.s3.endpoint.signingRegion” (or AWS_REGION) of every Druid service to the region of the store, and restart them. When the keys travel with each task: correct “Region” in Connections → Object store.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_no_bucket': {
    kind: 'notFound',
    title: 'Druid does not find the bucket {bucket}',
    cause:
      'The store answered task {taskId} with {status} {reason}. Mauzo may see another store than Druid does.',
    remedy:
      'Check that “druid.s3.endpoint.url” of Druid’s services and “Endpoint” in Connections → Object store are the same store, and the name of the bucket.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_no_object': {
    kind: 'notFound',
    title: 'Druid does not find a file that was just stored',
    cause:
      'The store answered task {taskId} with {status} {reason}. The file was there when the task began: Druid may look at another store, or something removes files.',
    remedy:
      'Check that “druid.s3.endpoint.url” of Druid’s services and “Endpoint” in Connections → Object store are the same store, and that no rule of the bucket removes what lies under “ingest/”.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_denied': {
    kind: 'permission',
    title: 'Druid may not read from the bucket {bucket}',
    cause: 'The store answered task {taskId} with {status} {reason}.',
    remedy:
      'Give the key that Druid uses (“druid.s3.accessKey”, or the role of its machines) the right s3:GetObject on the bucket.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_clock': {
    kind: 'conflict',
    title: 'The clocks of Druid and of the object store differ too much',
    cause: 'The store answered task {taskId} with {status} {reason}.',
    remedy: 'Have the administrator switch time synchronisation (NTP) on for Druid’s machines and the store.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.s3_refused': {
    kind: 'conflict',
    title: 'The object store refused Druid',
    cause: 'The store answered task {taskId} with {status} {reason}: {answer}',
    remedy: 'The store’s answer above says what is wrong; its log says more.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.deep_storage': {
    kind: 'conflict',
    title: 'Druid could not store what it computed',
    cause: 'Task {taskId} read the rows, but writing into Druid’s own storage failed ({reason}): {answer}',
    remedy:
      'Check “druid.storage.type”, “druid.storage.bucket” and “druid.storage.baseKey” of every Druid service, and that Druid’s key may write there (s3:PutObject). A store without access lists needs “druid.storage.disableAcl=true”.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.out_of_memory': {
    kind: 'limit',
    title: 'Druid ran out of memory',
    cause: 'Task {taskId} needed more memory than the worker has.',
    remedy:
      'Give the Indexer more memory (“-Xmx” and “druid.worker.globalIngestionHeapLimitBytes”), or the tasks of a MiddleManager (“druid.indexer.runner.javaOptsArray”); or lower “Tasks at once” in Connections → Druid.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.disk_full': {
    kind: 'limit',
    title: 'The disk of a Druid machine is full',
    cause: 'Task {taskId} had no room to work: {answer}',
    remedy: 'Make room in “druid.indexer.task.baseTaskDir” on the worker, then try again.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.rows_refused': {
    kind: 'bug',
    title: 'Druid could not read a row',
    cause: 'Task {taskId} took none of the rows, because one was not understood: {answer}',
    remedy: 'Copy this message and send it to support.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.rows_lost': {
    kind: 'bug',
    title: 'Druid did not take all rows of {chunk}',
    cause: 'Task {taskId} was given {expected} rows, read {processed} and left out {lost}.',
    remedy: 'Try again. If it comes back, copy this message and send it to support.',
    kept: 'The accepted files are safe; the figures of this month are not taken from Druid.',
  },
  'druid.ledger_differs': {
    kind: 'bug',
    title: 'The figures of {chunk} in Druid are not those of the accepted files',
    cause: 'Import {importId}: {check} is {actual} in Druid and {expected} in the files.',
    remedy: 'Publish again. If it comes back, copy this message and send it to support.',
    kept: 'The accepted files are safe; the figures of this month are not taken from Druid.',
  },
  'druid.lock_lost': {
    kind: 'unavailable',
    title: 'Another Druid task took the month away',
    cause: 'Task {taskId} lost its lock to a task of higher priority: {answer}',
    remedy:
      'It is tried again by itself. If it comes back, look for compaction or other tasks on this datasource in Druid.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.worker_lost': {
    kind: 'unavailable',
    title: 'The Druid machine that did the work went away',
    cause: 'Task {taskId} was lost with its worker: {answer}',
    remedy: 'It is tried again by itself. If it comes back, look at the log of the Indexer or MiddleManager.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.task_unknown': {
    kind: 'unavailable',
    title: 'Druid does not know a task that was given to it',
    cause: 'Task {taskId} never arrived, or Druid has forgotten it.',
    remedy: 'It is tried again by itself.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.task_stopped': {
    kind: 'unavailable',
    title: 'Somebody stopped the task in Druid',
    cause: 'Task {taskId} was ended from outside: {answer}',
    remedy: 'Try again.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.task_failed': {
    kind: 'conflict',
    title: 'A Druid task failed for a reason that Mauzo does not know',
    cause: 'Task {taskId} ended with: {answer}',
    remedy: 'The text above is Druid’s whole report; the log of the task in Druid says more.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.spec_refused': {
    kind: 'conflict',
    title: 'Druid did not accept a task',
    cause: 'Druid answered {status}: {answer}',
    remedy: 'The text above is Druid’s whole answer; copy it and send it to support.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.overlord_failed': {
    kind: 'unavailable',
    title: 'Druid could not take a task',
    cause: 'The Overlord answered {status}: {answer}',
    remedy: 'Try again. If it comes back, look at the log of the Overlord (part of the Coordinator).',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.no_free_slots': {
    kind: 'unavailable',
    title: 'Druid has no free place for a task',
    cause: 'Task {taskId} waits: {used} of {capacity} places are taken.',
    remedy:
      'Wait until other tasks are done. For more places raise “druid.worker.capacity” on Indexers or MiddleManagers, or add machines.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.chunk_locked': {
    kind: 'unavailable',
    title: 'Another Druid task works on the same month',
    cause: 'Task {taskId} waits until it is done.',
    remedy: 'Wait. If it takes long, look for compaction or other tasks on this datasource in Druid.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.task_not_stopped': {
    kind: 'timeout',
    title: 'An old Druid task does not end',
    cause: 'Task {taskId} was told to stop and still ran after {seconds} seconds.',
    remedy: 'Wait until it has ended, or look at the log of its worker in Druid; then publish again.',
    kept: 'The figures of before are still shown; the accepted files are safe.',
  },
  'druid.not_served': {
    kind: 'timeout',
    title: 'Druid has {chunk}, but does not serve it yet',
    cause: 'The month was stored in Druid, and after {seconds} seconds no Historical had loaded all of it.',
    remedy:
      'Check in Druid that the Historicals run and have room (“druid.segmentCache.locations”), and that no retention rule drops this month; then publish again.',
    kept: 'The accepted files are safe.',
  },
  'druid.not_emptied': {
    kind: 'timeout',
    title: 'Druid still serves rows of {chunk}',
    cause: 'The month was taken out, and after {seconds} seconds queries still see rows of it.',
    remedy: 'Check in Druid that Coordinator and Historicals run, then publish again.',
    kept: 'The accepted files are safe.',
  },
  'druid.segments_unavailable': {
    kind: 'unavailable',
    title: 'Druid does not serve all of {datasource}',
    cause:
      '{segments} parts of it are stored but loaded by no Historical, so that nobody can say what is in them.',
    remedy:
      'Check in Druid that the Historicals run and have room (“druid.segmentCache.locations”), and that no retention rule drops months of this datasource; then try again.',
    kept: 'Nothing was written.',
  },
  'druid.foreign_rows': {
    kind: 'conflict',
    title: 'The datasource {datasource} holds rows that are not from here',
    cause: '{problem}. Mauzo never writes into a datasource that it did not fill.',
    remedy:
      'Enter another name under “Datasource” in Connections → Druid. To use this one, first take the foreign rows out of it: mark each month that Mauzo is to take over as unused in Druid, then publish again.',
    kept: 'Nothing was written; the datasource is as it was.',
  },
  'druid.null_as_default': {
    kind: 'conflict',
    title: 'Druid takes blanks for zeros',
    cause:
      'This cluster runs with “druid.generic.useDefaultValueForNull=true”: a missing cost would become a cost of 0.',
    remedy:
      'Set “druid.generic.useDefaultValueForNull=false” in common.runtime.properties of every Druid service, and restart them.',
    kept: 'Nothing was written.',
  },
  'druid.no_historicals': {
    kind: 'unavailable',
    title: 'Druid has no Historical',
    cause: 'The Broker knows no server that serves data.',
    remedy: 'Start a Historical, and check that it finds the same ZooKeeper (“druid.zk.service.host”).',
  },
  'druid.task_keys_missing': {
    kind: 'input',
    title: 'There are no keys to send with each task',
    cause:
      'The object store is used with a profile or the environment, whose keys cannot travel in a Druid task.',
    remedy:
      'Set “Keys with which Druid reads S3” to “Druid’s own configuration” in Connections → Druid, or sign in with an access key in Connections → Object store.',
  },
  'druid.no_workers': {
    kind: 'unavailable',
    title: 'Druid has no machine that can load data',
    cause: 'The Overlord knows no Indexer and no MiddleManager that takes tasks.',
    remedy:
      'Start an Indexer or a MiddleManager, and check that it finds the same ZooKeeper (“druid.zk.service.host”).',
  },
  'druid.probe_differs': {
    kind: 'bug',
    title: 'Druid gave another row back than it was given',
    cause: 'The row of the test came back with {check} {actual} instead of {expected}.',
    remedy: 'Copy this message and send it to support.',
  },
  'druid.probe_slow': {
    kind: 'timeout',
    title: 'Druid did not load the row of the test in time',
    cause: 'The task was {state} after {seconds} seconds.',
    remedy: 'Look in Druid at the tasks and at the log of the Indexer or MiddleManager; then test again.',
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
      'Try again in a moment. If it stays so, check that all Historicals run and that no retention rule drops the month, then publish the month again: “mauzo publish --engine druid --chunk {month}” (“mauzo doctor” names all months that differ).',
    kept: 'Accepted imports are unchanged; no figure was computed from other rows.',
  },
});
