import { defineErrors } from './catalogue.ts';

/** What connection settings and the keychain can answer with. */
export const connectionsErrors = defineErrors({
  'connections.invalid': {
    kind: 'input',
    title: 'A connection cannot be set like this',
    cause: '{field}: {problem}.',
    remedy: 'Correct the field that is named, then save again.',
    kept: 'Nothing was changed.',
  },
  'connections.from_environment': {
    kind: 'conflict',
    title: '{what} cannot be changed here',
    cause: 'It is set where Mauzo is started, by environment variables: {variables}.',
    remedy: 'Change these variables and start Mauzo again, or remove them to set it here.',
    kept: 'Nothing was changed.',
  },
  'connections.environment_invalid': {
    kind: 'input',
    title: 'The environment variable {variable} cannot be used',
    cause: '{problem}.',
    remedy:
      'Correct or remove it where Mauzo is started, then start Mauzo again. docs/environment.md lists all.',
    kept: 'Nothing was changed, and nothing was sent anywhere.',
  },
  'connections.secret_missing': {
    kind: 'input',
    title: 'The {label} is missing',
    cause:
      'None is stored for {place}. A secret belongs to the address and user that it was typed for, and is never sent to others.',
    remedy:
      'Type it on the Connections page, or set {variable} where Mauzo is started. One from the environment belongs to the first address it was used for: after a change of address start Mauzo again.',
    kept: 'Nothing was sent.',
  },
  'connections.not_configured': {
    kind: 'notFound',
    title: 'There is no connection to {name}',
    cause: 'Mauzo was not told where it is.',
    remedy: 'Set it on the Connections page, or with “mauzo connections set”.',
  },
  'connections.no_answer': {
    kind: 'timeout',
    title: '{name} does not answer',
    cause: 'Nothing came back within {seconds} seconds.',
    remedy: 'Check that the service runs and that no firewall stands between, then test the connection.',
  },
  'keychain.unavailable': {
    kind: 'unavailable',
    title: 'This computer offers no keychain',
    cause: 'The system said: {reason}.',
    remedy:
      'Without one a password lasts until Mauzo is closed, and on the command line it cannot be kept at all. Install and unlock a keychain (on Linux for example gnome-keyring), or set passwords as environment variables where Mauzo is started.',
    kept: 'No password was written to a file.',
  },
  'keychain.refused': {
    kind: 'permission',
    title: 'The keychain of this computer said no',
    cause: 'The system said: {reason}.',
    remedy: 'Unlock the keychain and allow Mauzo to use it, then try again.',
    kept: 'No password was written to a file.',
  },
  'keychain.no_answer': {
    kind: 'timeout',
    title: 'The keychain of this computer does not answer',
    cause: 'It said nothing for {seconds} seconds. It may wait for you to unlock it.',
    remedy: 'Look for a window that asks for your keychain password, answer it, then try again.',
    kept: 'No password was written to a file.',
  },
});
