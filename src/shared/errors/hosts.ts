import { defineErrors } from './catalogue.ts';

/** What the browser host and the command line can answer with. */
export const hostErrors = defineErrors({
  'hosts.forbidden': {
    kind: 'permission',
    title: 'This page may not talk to Mauzo',
    cause: 'The request did not come from a window that was opened with the link that Mauzo printed.',
    remedy: 'Open Mauzo again with a new link: the program that serves it prints one when you press Enter.',
  },
  'hosts.request_too_large': {
    kind: 'limit',
    title: 'The request is too large',
    cause: 'It has {sizeBytes} bytes; requests up to {limitBytes} bytes are taken.',
    remedy: 'Ask for less at once. Files are uploaded, not sent in requests.',
  },
  'hosts.not_found': {
    kind: 'notFound',
    title: 'There is nothing at this address',
    cause: 'The address {path} is not one that Mauzo serves.',
    remedy: 'Go back to the start page.',
  },
  'hosts.method_not_allowed': {
    kind: 'input',
    title: 'The request is of the wrong kind',
    cause: '{method} is not possible at {path}.',
    remedy: 'Use the window of Mauzo.',
  },
  'hosts.bad_upload': {
    kind: 'input',
    title: 'The upload could not be understood',
    cause: '{problem}',
    remedy: 'Drop the file again.',
  },
  'hosts.download_gone': {
    kind: 'notFound',
    title: 'The download is not there any more',
    cause: 'It was made by an earlier start of Mauzo, or was cleaned up.',
    remedy: 'Make the export again.',
  },
  'hosts.port_in_use': {
    kind: 'conflict',
    title: 'The port is in use',
    cause: 'Another program listens on port {port} of this machine.',
    remedy: 'Choose another port with --port, or leave it out to take a free one.',
  },
  'hosts.page_missing': {
    kind: 'unavailable',
    title: 'The pages of Mauzo are not built',
    cause: 'The folder {folder} holds no index.html.',
    remedy: 'Run “npm start”, which builds what is missing, or install Mauzo again.',
  },
  'cli.usage': {
    kind: 'input',
    title: '{problem}',
    cause: 'The command line could not be understood.',
    remedy: '{hint} All commands: “mauzo help”.',
  },
  'cli.not_available': {
    kind: 'input',
    title: '“{name}” is not available yet',
    cause: '{reason}',
    remedy: '{hint} What there is: “mauzo help”.',
  },
  'cli.bad_file': {
    kind: 'input',
    title: 'The file given with {option} cannot be used',
    cause: '{path}: {problem}',
    remedy: 'Correct the file and run the command again.',
  },
  'cli.not_written': {
    kind: 'permission',
    title: 'The output cannot be written',
    cause: '{path}: {reason}',
    remedy: 'Choose another place, or make room and check your rights there.',
  },
});
