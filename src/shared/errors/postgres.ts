import { defineErrors } from './catalogue.ts';

const GOES_ON =
  'Files are still read and checked here; what was accepted is shared as soon as PostgreSQL answers.';
const ROLLED_BACK = 'Nothing was changed: PostgreSQL rolled it back as a whole.';

/** What the PostgreSQL store can answer with. Fields are named as on the Connections page. */
export const postgresErrors = defineErrors({
  'postgres.refused': {
    kind: 'unavailable',
    title: 'PostgreSQL is not running at {address}',
    cause: 'The computer answers, but nothing accepts connections on this port: {reason}.',
    remedy:
      'Start PostgreSQL, or correct “Server” and “Port” of the PostgreSQL connection. On the server, “listen_addresses” in postgresql.conf must name an address that this computer can reach.',
    kept: GOES_ON,
  },
  'postgres.host_unknown': {
    kind: 'unavailable',
    title: 'There is no computer with the name {host}',
    cause: 'The name could not be resolved: {reason}.',
    remedy:
      'Check that this computer is on the network (VPN), or correct “Server” of the PostgreSQL connection.',
    kept: GOES_ON,
  },
  'postgres.unreachable': {
    kind: 'unavailable',
    title: 'PostgreSQL cannot be reached at {address}',
    cause: 'The network has no way to it: {reason}.',
    remedy: 'Check that this computer is on the network (VPN), and that a firewall lets {address} through.',
    kept: GOES_ON,
  },
  'postgres.timeout': {
    kind: 'timeout',
    title: 'PostgreSQL does not answer at {address}',
    cause: 'No connection within {seconds} seconds: a firewall drops it, or the server is overloaded.',
    remedy: 'Check “Server” and “Port” of the PostgreSQL connection, the network (VPN) and the firewall.',
    kept: GOES_ON,
  },
  'postgres.connection_lost': {
    kind: 'unavailable',
    title: 'The connection to PostgreSQL broke off',
    cause: 'It ended before PostgreSQL had answered: {reason}.',
    remedy: 'Nothing: Mauzo connects again and goes on by itself.',
    kept: ROLLED_BACK,
  },
  'postgres.outcome_unknown': {
    kind: 'unavailable',
    title: 'It is not known whether PostgreSQL stored the change',
    cause:
      'The connection broke off after the change was sent and before PostgreSQL had confirmed it: {reason}.',
    remedy: 'Nothing: Mauzo looks at what is stored when the connection is back, and goes on from there.',
    kept: 'Nothing is counted twice: the change is known by its own mark.',
  },
  'postgres.shutting_down': {
    kind: 'unavailable',
    title: 'PostgreSQL is starting or stopping',
    cause: 'It said: {reason}.',
    remedy: 'Wait a moment: Mauzo tries again by itself. If it stays, ask who runs the server.',
    kept: GOES_ON,
  },
  'postgres.too_many_connections': {
    kind: 'unavailable',
    title: 'PostgreSQL has no free connection',
    cause: 'It said: {reason}.',
    remedy:
      'Mauzo tries again by itself. If it stays, raise “max_connections” in postgresql.conf, or the connection limit of the role {user} or the database {database}.',
    kept: GOES_ON,
  },
  'postgres.disk_full': {
    kind: 'unavailable',
    title: 'The disk of PostgreSQL is full',
    cause: 'It said: {reason}.',
    remedy: 'Make room on the disk of the server that holds the database. Mauzo goes on by itself.',
    kept: ROLLED_BACK,
  },
  'postgres.out_of_resources': {
    kind: 'unavailable',
    title: 'PostgreSQL has run out of something',
    cause: 'It said: {reason}.',
    remedy: 'Give the server more of what it names (mostly memory). Mauzo goes on by itself.',
    kept: ROLLED_BACK,
  },
  'postgres.read_only': {
    kind: 'unavailable',
    title: 'PostgreSQL takes no changes at the moment',
    cause: 'It said: {reason}. This is a standby, or it was set to read only.',
    remedy:
      'Set “Server” of the PostgreSQL connection to the primary, or switch “default_transaction_read_only” off. After a failover Mauzo goes on by itself.',
    kept: GOES_ON,
  },
  'postgres.statement_timeout': {
    kind: 'timeout',
    title: 'PostgreSQL took too long',
    cause: 'A request was not answered in time and was called off: {reason}.',
    remedy: 'Mauzo tries again by itself. If it stays, ask who runs the server what keeps it busy.',
    kept: ROLLED_BACK,
  },
  'postgres.busy': {
    kind: 'unavailable',
    title: 'Somebody else is writing',
    cause: 'Another installation of Mauzo changed the same at the same time: {reason}.',
    remedy: 'Nothing: Mauzo tries again by itself.',
    kept: ROLLED_BACK,
  },
  'postgres.password_missing': {
    kind: 'permission',
    title: 'PostgreSQL asks for a password',
    cause: 'None is known for user {user} at {address}.',
    remedy: 'Type “Password” of the PostgreSQL connection on the Connections page.',
  },
  'postgres.password_wrong': {
    kind: 'permission',
    title: 'PostgreSQL did not accept the password',
    cause: 'User {user} at {address}: {reason}. PostgreSQL says the same when there is no such user.',
    remedy:
      'Correct “User” or “Password” of the PostgreSQL connection, or set the password of this role on the server.',
    kept: GOES_ON,
  },
  'postgres.user_refused': {
    kind: 'permission',
    title: 'PostgreSQL does not let the user {user} in',
    cause: 'It said: {reason}.',
    remedy: 'Correct “User” of the PostgreSQL connection, or create this role with the right to log in.',
    kept: GOES_ON,
  },
  'postgres.not_admitted': {
    kind: 'permission',
    title: 'PostgreSQL does not admit this computer',
    cause: 'It said: {reason}.',
    remedy:
      'Add a line to pg_hba.conf on the server that lets user {user} into database {database} from this computer, and reload PostgreSQL.',
    kept: GOES_ON,
  },
  'postgres.tls_required': {
    kind: 'permission',
    title: 'PostgreSQL wants an encrypted connection',
    cause: 'It said: {reason}.',
    remedy:
      'Set “On the way” of the PostgreSQL connection to “Encrypted and checked” (or “Encrypted”). If it stays, pg_hba.conf on the server does not let user {user} into database {database} from this computer.',
    kept: GOES_ON,
  },
  'postgres.tls_unavailable': {
    kind: 'unavailable',
    title: 'PostgreSQL offers no encryption',
    cause: 'The server at {address} answered that it does not speak TLS.',
    remedy:
      'Set “ssl = on” with a certificate in postgresql.conf. On a network that you trust, “On the way” can be set to “Open”.',
    kept: 'No password was sent.',
  },
  'postgres.tls_name_mismatch': {
    kind: 'permission',
    title: 'The certificate of the server is for another name',
    cause: 'The name {host} is not in it: {reason}.',
    remedy:
      'Set “Server” of the PostgreSQL connection to a name that the certificate holds, or give the server a certificate for {host}.',
    kept: 'No password was sent.',
  },
  'postgres.tls_untrusted': {
    kind: 'permission',
    title: 'The certificate of the server cannot be trusted',
    cause: 'Nobody that this computer trusts has signed it: {reason}.',
    remedy:
      'Set “Certificate authority” of the PostgreSQL connection to the PEM file of the authority that signed it. Who runs the server has this file.',
    kept: 'No password was sent.',
  },
  'postgres.tls_expired': {
    kind: 'permission',
    title: 'The certificate of the server does not hold today',
    cause: 'It said: {reason}.',
    remedy: 'Check date and time of this computer; else who runs the server must renew its certificate.',
    kept: 'No password was sent.',
  },
  'postgres.tls_failed': {
    kind: 'unavailable',
    title: 'No encrypted connection came about',
    cause: 'At {address}: {reason}.',
    remedy:
      'Check that PostgreSQL itself listens at “Server” and “Port” of the PostgreSQL connection, with TLS 1.2 or newer.',
    kept: 'No password was sent.',
  },
  'postgres.ca_unreadable': {
    kind: 'input',
    title: 'The file of the certificate authority cannot be used',
    cause: '{path}: {reason}.',
    remedy: 'Set “Certificate authority” of the PostgreSQL connection to a PEM file that Mauzo may read.',
    kept: 'No password was sent.',
  },
  'postgres.not_postgres': {
    kind: 'input',
    title: 'What answers at {address} is not PostgreSQL',
    cause: 'Its answer was not understood: {reason}.',
    remedy: 'Correct “Server” and “Port” of the PostgreSQL connection (the port is usually 5432).',
  },
  'postgres.database_missing': {
    kind: 'notFound',
    title: 'There is no database {database}',
    cause: 'PostgreSQL at {address} said: {reason}.',
    remedy:
      'Correct “Database” of the PostgreSQL connection, or create it on the server: CREATE DATABASE {database}.',
    kept: GOES_ON,
  },
  'postgres.no_right': {
    kind: 'permission',
    title: 'The user {user} may not do this in PostgreSQL',
    cause: 'It said: {reason}.',
    remedy:
      'As owner of the database, run: CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION "{user}" – or grant this user USAGE and CREATE on the schema {schema} and all rights on its tables.',
    kept: GOES_ON,
  },
  'postgres.tables_missing': {
    kind: 'unavailable',
    title: 'The tables of Mauzo are gone',
    cause: 'The schema {schema} of the database {database} does not hold them any more: {reason}.',
    remedy:
      'If the database was put back from a backup, close and open Mauzo. Else correct “Schema” of the PostgreSQL connection.',
    kept: 'The objects of accepted files were not touched.',
  },
  'postgres.version_too_old': {
    kind: 'conflict',
    title: 'This PostgreSQL is too old',
    cause: 'The server has version {found}; Mauzo needs {needed} or newer.',
    remedy: 'Use a newer server, or let its administrator update it.',
  },
  'postgres.encoding': {
    kind: 'conflict',
    title: 'The database cannot hold every character',
    cause: 'Database {database} was created with the encoding {found}.',
    remedy:
      "Create a database with UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and set “Database” to it.",
    kept: 'Nothing was changed.',
  },
  'postgres.newer_schema': {
    kind: 'conflict',
    title: 'A newer Mauzo uses this database',
    cause: 'The tables in schema {schema} have version {found}; this Mauzo knows versions up to {known}.',
    remedy: 'Install the newest version of Mauzo on this computer.',
    kept: 'Nothing was changed in the database.',
  },
  'postgres.character_refused': {
    kind: 'input',
    title: 'PostgreSQL cannot store a character of this file',
    cause: 'It said: {reason}.',
    remedy:
      'Remove the character (mostly an invisible one) from the names in the file, then import it again.',
    kept: ROLLED_BACK,
  },
  'postgres.failed': {
    kind: 'bug',
    title: 'PostgreSQL refused something',
    cause: '{reason} ({sqlState})',
    remedy: 'Try again. If it comes back, copy this message and send it to support.',
    kept: ROLLED_BACK,
  },
});
