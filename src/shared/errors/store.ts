import { defineErrors } from './catalogue.ts';

/** What the store of a data folder can answer with. */
export const storeErrors = defineErrors({
  'store.newer_schema': {
    kind: 'conflict',
    title: 'This data folder was used by a newer Mauzo',
    cause: 'Its store has version {found}; this Mauzo knows versions up to {known}.',
    remedy: 'Install the newest version of Mauzo, or choose another data folder.',
    kept: 'Nothing in the data folder was changed.',
  },
  'store.corrupt': {
    kind: 'unavailable',
    title: 'The store of the data folder is damaged',
    cause: 'The file {path} cannot be read as a database: {reason}.',
    remedy: 'Put back a backup of this file, or start with a new data folder and import the files again.',
    kept: 'Imported files in the objects folder were not touched.',
  },
  'store.disk_full': {
    kind: 'limit',
    title: 'The disk is full',
    cause: 'Mauzo could not write to {path}; {freeBytes} bytes are free.',
    remedy: 'Make room on this disk, then try again.',
    kept: 'What was stored before is complete; running imports go on from their last step.',
  },
  'store.not_writable': {
    kind: 'permission',
    title: 'The data folder cannot be written',
    cause: 'The file {path} cannot be opened for writing: {reason}.',
    remedy: 'Give your user the right to write in this folder, or choose another data folder.',
  },
  'store.io_failed': {
    kind: 'unavailable',
    title: 'The disk did not answer',
    cause: 'Reading or writing {path} failed: {reason}.',
    remedy: 'Check that the drive is connected and healthy, then try again.',
    kept: 'What was stored before is complete.',
  },
  'store.busy': {
    kind: 'unavailable',
    title: 'The store is in use',
    cause: 'Another program holds {path} and did not let go of it in time.',
    remedy: 'Close other programs that use this file (backup or synchronisation), then try again.',
  },
  'store.failed': {
    kind: 'bug',
    title: 'The store refused a change',
    cause: '{reason}',
    remedy: 'Try again. If it comes back, copy this message and send it to support.',
    kept: 'The change was rolled back as a whole; what was stored before is complete.',
  },
  'store.unreadable_record': {
    kind: 'bug',
    title: 'A stored record cannot be read',
    cause: 'The {column} of {table} {id} does not have the expected form: {problem}.',
    remedy: 'Copy this message and send it to support.',
    kept: 'The record was left as it is.',
  },
  'store.no_such_job': {
    kind: 'notFound',
    title: 'The job is not in the store',
    cause: 'No job with the id {jobId} is stored in this data folder.',
    remedy: 'Open the list of jobs again.',
  },
  'store.log_moved': {
    kind: 'conflict',
    title: 'Something else was accepted in the meantime',
    cause: 'The decision was made for entry {expected} of the activation log, which is now at entry {found}.',
    remedy: 'Look at the overlaps again and accept once more.',
    kept: 'Nothing was changed.',
  },
  'store.already_active': {
    kind: 'conflict',
    title: 'This import already counts',
    cause: 'The same file, read in the same way, was accepted before and is active.',
    remedy: 'Undo it first if it is to be accepted again.',
    kept: 'Nothing was counted twice.',
  },
  'store.not_active': {
    kind: 'conflict',
    title: 'This import does not count now',
    cause: 'It has no active entry in the activation log: it was undone before, or never accepted.',
    remedy: 'Open the history again to see its present state.',
    kept: 'Nothing was changed.',
  },
});
