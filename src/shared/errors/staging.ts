import { defineErrors } from './catalogue.ts';

/** What copying a file into the staging folder can answer with. */
export const stagingErrors = defineErrors({
  'staging.changed': {
    kind: 'conflict',
    title: 'The file changed while it was being read',
    cause: '“{fileName}” was saved, replaced or is still being written by another program.',
    remedy: 'Wait until the other program has finished and close the file there, then import it again.',
    kept: 'Nothing of the file was taken.',
  },
  'staging.gone': {
    kind: 'notFound',
    title: 'The file is not there any more',
    cause: '“{fileName}” was moved, renamed or deleted, or its drive was removed.',
    remedy: 'Find the file and import it again.',
    kept: 'Nothing of the file was taken.',
  },
  'staging.unreadable': {
    kind: 'permission',
    title: 'The file cannot be read',
    cause: '“{fileName}” could not be opened or read: {reason}.',
    remedy: 'Check that you may read the file and that its drive is connected, then try again.',
    kept: 'Nothing of the file was taken.',
  },
  'staging.locked': {
    kind: 'unavailable',
    title: 'Another program holds the file',
    cause: '“{fileName}” is open in another program, such as Excel, that does not share it.',
    remedy: 'Close the file in the other program, then try again.',
    kept: 'Nothing of the file was taken.',
  },
  'staging.lock_file': {
    kind: 'input',
    title: 'This is not a table, but a marker of an open file',
    cause: '“{fileName}” is a small file that Excel or LibreOffice writes while a workbook is open.',
    remedy: 'Import the workbook itself: its name is the same without the first characters.',
  },
  'staging.not_a_file': {
    kind: 'input',
    title: 'This is not a file',
    cause: '“{fileName}” is a {what}.',
    remedy: 'Choose the files themselves.',
  },
  'staging.empty': {
    kind: 'input',
    title: 'The file is empty',
    cause: '“{fileName}” holds 0 bytes.',
    remedy: 'Export it again from where it came from, and look whether the download had finished.',
  },
  'staging.too_large': {
    kind: 'limit',
    title: 'The file is too large',
    cause: '“{fileName}” has {sizeBytes} bytes; files up to {limitBytes} bytes can be imported.',
    remedy: 'Split it, for example by month or by branch, and import the parts.',
    kept: 'Nothing was copied.',
  },
  'staging.disk_full': {
    kind: 'limit',
    title: 'There is not enough room on the disk',
    cause: '“{fileName}” needs {neededBytes} bytes in {folder}; {freeBytes} bytes are free.',
    remedy: 'Make room on this disk, then try again.',
    kept: 'The file itself was not touched, and nothing partial was kept.',
  },
  'staging.incomplete': {
    kind: 'unavailable',
    title: 'The upload broke off',
    cause: '{receivedBytes} bytes of “{fileName}” arrived, {announcedBytes} were announced.',
    remedy: 'Drop the file again.',
    kept: 'Nothing of the file was taken.',
  },
  'staging.not_writable': {
    kind: 'permission',
    title: 'The staging folder cannot be written',
    cause: 'Writing in {folder} failed: {reason}.',
    remedy: 'Give your user the right to write in this folder, or choose another data folder.',
    kept: 'The file itself was not touched.',
  },
});
