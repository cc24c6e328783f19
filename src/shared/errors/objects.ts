import { defineErrors } from './catalogue.ts';

/** What the object store can answer with. */
export const objectErrors = defineErrors({
  'objects.missing': {
    kind: 'notFound',
    title: 'A stored file is missing',
    cause: 'The object {key} is not in the store.',
    remedy: 'Put the objects folder back from a backup, or import the file again.',
  },
  'objects.altered': {
    kind: 'conflict',
    title: 'A file does not hold the bytes that it should',
    cause: 'The bytes for {key} have the fingerprint {found}, expected was {expected}.',
    remedy: 'Try again. If it comes back, check the disk for errors.',
    kept: 'Nothing was stored under this name.',
  },
  'objects.exists': {
    kind: 'conflict',
    title: 'Another file is already stored under this name',
    cause: 'The object {key} exists with other bytes, and stored objects are never changed.',
    remedy: 'Copy this message and send it to support.',
    kept: 'The stored object was left as it is.',
  },
  'objects.bad_key': {
    kind: 'bug',
    title: 'A name for a stored file was not valid',
    cause: 'The key {key} is not of the form that the object store uses.',
    remedy: 'Copy this message and send it to support.',
  },
  'objects.disk_full': {
    kind: 'limit',
    title: 'There is not enough room on the disk',
    cause: 'The object {key} needs {neededBytes} bytes in {folder}; {freeBytes} bytes are free.',
    remedy: 'Make room on this disk, then try again.',
    kept: 'Nothing partial was kept; the import goes on from this step.',
  },
  'objects.failed': {
    kind: 'unavailable',
    title: 'The objects folder did not answer',
    cause: 'Reading or writing {key} failed: {reason}.',
    remedy: 'Check that the drive is connected and that you may write in the folder, then try again.',
    kept: 'What was stored before is complete.',
  },
});
