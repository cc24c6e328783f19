import { defineErrors } from './catalogue.ts';

/** What the S3 object store can answer with. Fields are named as on the Connections page. */
export const s3Errors = defineErrors({
  's3.credentials_missing': {
    kind: 'permission',
    title: 'The key for the object store is not complete',
    cause: 'The field “{field}” of the S3 connection is empty.',
    remedy:
      'Fill in “{field}” on the Connections page, or choose a profile or the environment as the source of the credentials.',
    kept: 'Nothing was sent.',
  },
  's3.profile_unusable': {
    kind: 'permission',
    title: 'The AWS profile gives no credentials',
    cause: 'The profile “{profile}” of the AWS configuration files could not be used: {reason}',
    remedy:
      'Check the name in the field “Profile” and that ~/.aws/credentials or ~/.aws/config holds it; sign in again if it uses single sign-on.',
    kept: 'Nothing was sent.',
  },
  's3.environment_missing': {
    kind: 'permission',
    title: 'The environment gives no credentials for S3',
    cause: 'None of the places where AWS programs look for credentials holds any: {reason}',
    remedy:
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY before Mauzo starts, or choose keys or a profile on the Connections page.',
    kept: 'Nothing was sent.',
  },
  's3.wrong_key_id': {
    kind: 'permission',
    title: 'The object store does not know this access key',
    cause: '{endpoint} has no user with the access key ID {keyId}. It says: {message}',
    remedy:
      'Correct the field “Access key ID”, or ask whoever runs the object store whether the key was deleted or switched off.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.wrong_secret': {
    kind: 'permission',
    title: 'The secret does not belong to this access key',
    cause: '{endpoint} knows the access key ID {keyId}, but the signature made with the secret is not right.',
    remedy:
      'Enter “Secret access key” again, without blanks at either end. If it is right, “Access key ID” belongs to another secret.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.token_expired': {
    kind: 'permission',
    title: 'The sign-in to the object store has expired',
    cause: 'The temporary credentials are no longer valid. {endpoint} says: {message}',
    remedy:
      'Sign in again and enter the new “Access key ID”, “Secret access key” and “Session token”; for a profile, renew it with the tool that made it. Then try again.',
    kept: 'What was uploaded before stays; the same upload goes on.',
  },
  's3.token_invalid': {
    kind: 'permission',
    title: 'The object store does not accept the session token',
    cause: '{endpoint} says: {message}',
    remedy:
      'Enter “Session token” again together with the two keys that came with it. Leave it empty for keys that do not expire.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.wrong_region': {
    kind: 'input',
    title: 'The bucket is in another region',
    cause: 'The field “Region” says {region}, but the bucket {bucket} is in {expectedRegion}.',
    remedy: 'Set “Region” to {expectedRegion}.',
    kept: 'Nothing was uploaded.',
  },
  's3.no_such_bucket': {
    kind: 'notFound',
    title: 'The bucket does not exist',
    cause: '{endpoint} has no bucket with the name {bucket}.',
    remedy: 'Correct the field “Bucket”, or create the bucket. Mauzo never creates one.',
    kept: 'Nothing was uploaded.',
  },
  's3.no_right': {
    kind: 'permission',
    title: 'The object store does not allow this',
    cause: 'The access key {keyId} may not do {operation} in the bucket {bucket}. {endpoint} says: {message}',
    remedy:
      'Ask whoever runs the object store to give this key the right {right} on the bucket {bucket}, or enter a key that has it.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.path_style': {
    kind: 'input',
    title: 'This object store needs “Path style”',
    cause:
      'Mauzo asked {host}, with the bucket in the name of the server, as Amazon does it; {endpoint} does not work that way.',
    remedy:
      'Switch “Path style” on. Only if the bucket really has an address of its own, correct “Endpoint”.',
    kept: 'Nothing was uploaded.',
  },
  's3.scheme': {
    kind: 'input',
    title: 'http and https are mixed up',
    cause: 'The endpoint {endpoint} begins with {used}://, but the server there speaks {spoken}.',
    remedy: 'Change the beginning of the field “Endpoint” to {spoken}://.',
    kept: 'Nothing was uploaded.',
  },
  's3.port_closed': {
    kind: 'unavailable',
    title: 'Nothing answers at the address of the object store',
    cause: 'The computer at {endpoint} is there, but no program listens on this port.',
    remedy: 'Check the port in the field “Endpoint”, and that the object store is running.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.unknown_host': {
    kind: 'unavailable',
    title: 'The address of the object store is not known',
    cause: 'No computer with the name {host} can be found from here.',
    remedy:
      'Check the name in the field “Endpoint” (for Amazon, “Region”), and that this computer is online, with VPN where one is needed.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.unreachable': {
    kind: 'unavailable',
    title: 'The object store cannot be reached',
    cause: 'The network gives no way to {endpoint}: {reason}.',
    remedy: 'Check that this computer is online, with VPN where one is needed, then try again.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.certificate_name': {
    kind: 'input',
    title: 'The certificate is for another name',
    cause: 'The server at {host} shows a certificate for other names: {names}.',
    remedy:
      'Write one of these names into the field “Endpoint”, or have the certificate made for {host}. If it is {host} only with the bucket before it, switch “Path style” on.',
    kept: 'Nothing was sent.',
  },
  's3.certificate_untrusted': {
    kind: 'input',
    title: 'The certificate of the object store is not trusted',
    cause: 'The certificate at {endpoint} was not signed by an authority that this computer knows: {reason}.',
    remedy:
      'Have the authority that signed it installed among the trusted certificates of this computer, then start Mauzo again.',
    kept: 'Nothing was sent.',
  },
  's3.certificate_expired': {
    kind: 'input',
    title: 'The certificate of the object store is not valid today',
    cause: 'The certificate at {endpoint} has expired or is not yet valid: {reason}.',
    remedy:
      'Check the date of this computer. If it is right, ask whoever runs the object store for a new certificate.',
    kept: 'Nothing was sent.',
  },
  's3.tls_failed': {
    kind: 'unavailable',
    title: 'No encrypted connection came about',
    cause: 'The server at {endpoint} and this computer did not agree on https: {reason}.',
    remedy:
      'Check whether the server really speaks https on this port (“Endpoint”), and whether something in between inspects connections.',
    kept: 'Nothing was sent.',
  },
  's3.clock_skew': {
    kind: 'input',
    title: 'The clock of this computer is wrong',
    cause: 'The object store refuses requests because its clock shows {serverTime} and this one {ownTime}.',
    remedy:
      'Set date, time and time zone of this computer to automatic. If they are right, the clock of the server is wrong.',
    kept: 'Nothing was uploaded.',
  },
  's3.checksum_refused': {
    kind: 'input',
    title: 'The object store does not know how to check uploads',
    cause:
      '{endpoint} refused {operation} with a header that Mauzo needs (x-amz-checksum-sha256). It says: {message}',
    remedy:
      'Update the object store, or set “Endpoint” to one whose S3 interface knows SHA-256 checksums (Amazon’s has since 2022).',
    kept: 'Nothing was uploaded.',
  },
  's3.corrupted': {
    kind: 'unavailable',
    title: 'Bytes change on the way to the object store',
    cause: '{endpoint} received other bytes than were sent, several times: {message}',
    remedy:
      'Try again over another network. A proxy, virus scanner or failing network device in between changes what passes.',
    kept: 'Nothing wrong was stored.',
  },
  's3.slow_down': {
    kind: 'unavailable',
    title: 'The object store is busy',
    cause: '{endpoint} asked to be left alone for a while, several times: {message}',
    remedy: 'Try again later.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.unavailable': {
    kind: 'unavailable',
    title: 'The object store has a fault',
    cause: '{endpoint} answered {operation} with HTTP {status}, several times: {message}',
    remedy: 'Try again. If it stays, ask whoever runs the object store to look into its log.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.connection_lost': {
    kind: 'unavailable',
    title: 'The connection to the object store broke off',
    cause: 'The connection to {endpoint} ended in the middle of {operation}, several times: {reason}.',
    remedy: 'Check the network and that the object store is running, then try again.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.timeout': {
    kind: 'timeout',
    title: 'The object store does not answer',
    cause: '{endpoint} left {operation} without an answer, several times: {reason}',
    remedy:
      'Check address and port in the field “Endpoint”; a firewall may swallow the connection. Otherwise try again.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.storage_full': {
    kind: 'limit',
    title: 'The object store is full',
    cause: '{endpoint} has no room left, or the quota is used up: {message}',
    remedy: 'Ask whoever runs the object store for more room, then try again.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
  's3.not_s3': {
    kind: 'input',
    title: 'This is not the address of an S3 object store',
    cause: 'What answers at {endpoint} is another kind of server. HTTP {status}, it says: {message}',
    remedy:
      'Correct the field “Endpoint”: often the web console and the S3 interface of an object store have different ports.',
    kept: 'Nothing was uploaded.',
  },
  's3.redirected': {
    kind: 'input',
    title: 'The object store sends requests to another address',
    cause:
      '{endpoint} answered that the bucket is at {location}. Mauzo sends no credentials to another server.',
    remedy: 'If you know that address, write it into the field “Endpoint”.',
    kept: 'Nothing was sent to the other address.',
  },
  's3.upload_gone': {
    kind: 'unavailable',
    title: 'The object store threw a started upload away',
    cause: 'The parts of {key} that were sent before are gone, several times in a row.',
    remedy:
      'Try again. If it stays, ask whoever runs the object store for a rule that ends unfinished uploads too early.',
    kept: 'The file is complete on this computer.',
  },
  's3.object_altered': {
    kind: 'conflict',
    title: 'A stored object was changed by somebody else',
    cause:
      'The object {key} in the bucket {bucket} has the fingerprint {found}; it was stored with {expected}.',
    remedy:
      'Put the object back from an earlier version or a backup of the bucket, or undo the import and import the file again. Find out who else may write in the bucket.',
    kept: 'Nothing of the changed object was used.',
  },
  's3.already_there': {
    kind: 'unavailable',
    title: 'Somebody else writes the same object',
    cause: 'Another computer was writing {key} at the same moment.',
    remedy: 'Try again.',
    kept: 'Nothing was overwritten.',
  },
  's3.not_confirmed': {
    kind: 'unavailable',
    title: 'The object store did not keep what it accepted',
    cause: '{endpoint} took {key}, but does not show it with the right size and fingerprint: {found}.',
    remedy: 'Try again. If it stays, check that “Endpoint” and “Bucket” are those of an S3 object store.',
    kept: 'The file is complete on this computer.',
  },
  's3.unexpected': {
    kind: 'unavailable',
    title: 'The object store answered with an error that Mauzo does not know',
    cause: '{operation}: {name}, HTTP {status}. {message}',
    remedy: 'Show this text to whoever runs the object store.',
    kept: 'What was uploaded before stays; the import goes on from this step.',
  },
});
