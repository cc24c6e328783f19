import { defineErrors } from './catalogue.ts';

export const analyticsErrors = defineErrors({
  'analytics.unknown_metric': {
    kind: 'input',
    title: 'There is no metric "{name}"',
    cause: 'A question named a metric that is not in the catalogue.',
    remedy: 'Check the spelling; the nearest name is "{nearest}". The list of metrics shows all of them.',
  },
  'analytics.unknown_column': {
    kind: 'input',
    title: 'There is no column "{name}" to group, filter or sort by',
    cause: 'A question named a column that the data or the answer does not have.',
    remedy:
      'Check the spelling; the nearest name is "{nearest}". An answer is sorted by its own columns only.',
  },
  'analytics.bad_period': {
    kind: 'input',
    title: 'The period {from} to {to} is not possible',
    cause: 'A day does not exist, or the first day is after the last one.',
    remedy: 'Choose a first day that is not after the last day, and days that exist, such as 2025-02-28.',
  },
  'analytics.engine_failed': {
    kind: 'unavailable',
    title: 'The figures could not be computed',
    cause: 'The local engine stopped with: {message}',
    remedy: 'Try again. If it happens again, run “mauzo doctor”.',
    kept: 'Accepted imports and published figures are unchanged.',
  },
  'analytics.engine_closed': {
    kind: 'unavailable',
    title: 'The figures could not be computed',
    cause: 'The local engine is closed or closing.',
    remedy: 'Wait until Mauzo has started again, then try again.',
    kept: 'Accepted imports and published figures are unchanged.',
  },
  'analytics.chunk_unreadable': {
    kind: 'conflict',
    title: 'A stored data file cannot be used',
    cause: 'The file "{path}" is not as it was written: {problem}',
    remedy:
      'If it lies in the folder “local”, close Mauzo, delete that folder and open Mauzo again: it is built anew. Otherwise run “mauzo doctor”, which names the import.',
    kept: 'Other months are unchanged.',
  },
  'analytics.chunk_not_written': {
    kind: 'unavailable',
    title: 'A month could not be prepared for the figures',
    cause: 'Writing "{path}" failed: {problem}',
    remedy: 'Check that the data folder can be written to and has room, then try again.',
    kept: 'The accepted rows are stored; the figures still show the earlier state.',
  },
  'analytics.disk_full': {
    kind: 'limit',
    title: 'The disk is full',
    cause: 'There was no room to write "{path}".',
    remedy: 'Free some space on the disk that holds the data folder, then try again.',
    kept: 'The accepted rows are stored; the figures still show the earlier state.',
  },
});
